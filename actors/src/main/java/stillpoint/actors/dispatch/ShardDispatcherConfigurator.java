package stillpoint.actors.dispatch;

import akka.dispatch.DispatcherPrerequisites;
import akka.dispatch.MessageDispatcher;
import akka.dispatch.MessageDispatcherConfigurator;
import com.typesafe.config.Config;
import java.util.concurrent.TimeUnit;
import scala.concurrent.duration.FiniteDuration;

/**
 * Names {@link ShardDispatcher} in a configuration: {@code type =
 * stillpoint.actors.dispatch.ShardDispatcherConfigurator}, with {@code throughput}, {@code
 * shutdown-timeout} and {@code spin}. Every path configured so is a thread of its own.
 */
public final class ShardDispatcherConfigurator extends MessageDispatcherConfigurator {
  private final ShardDispatcher dispatcher;

  /** Called by Akka, by reflection. */
  public ShardDispatcherConfigurator(Config config, DispatcherPrerequisites prerequisites) {
    super(config, prerequisites);
    dispatcher =
        ShardDispatcher.create(
            this,
            config.getString("id"),
            config.getInt("throughput"),
            new FiniteDuration(
                config.getDuration("shutdown-timeout", TimeUnit.MILLISECONDS),
                TimeUnit.MILLISECONDS),
            config.getDuration("spin", TimeUnit.NANOSECONDS));
  }

  @Override
  public MessageDispatcher dispatcher() {
    return dispatcher;
  }
}
