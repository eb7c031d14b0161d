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
<<<<<<< HEAD
            new FiniteDuration(
                config.getDuration("shutdown-timeout", TimeUnit.MILLISECONDS),
=======
            new FiniteDuration(config.getDuration("shutdown-timeout", TimeUnit.MILLISECONDS),
>>>>>>> 10a15a38af1746c7ca78386a8213856eac8d318a
                TimeUnit.MILLISECONDS),
            config.getDuration("spin", TimeUnit.NANOSECONDS));
  }

  @Override
  public MessageDispatcher dispatcher() {
    return dispatcher;
  }
}
