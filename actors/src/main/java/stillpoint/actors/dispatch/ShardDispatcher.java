package stillpoint.actors.dispatch;

import akka.actor.ActorCell;
import akka.dispatch.Dispatcher;
import akka.dispatch.Envelope;
import akka.dispatch.Mailbox;
import akka.dispatch.MessageDispatcherConfigurator;
import akka.dispatch.MonitorableThreadFactory;
import java.util.concurrent.ThreadFactory;
import scala.concurrent.duration.Duration;
import scala.concurrent.duration.FiniteDuration;

/**
 * Akka's dispatcher on one {@link ShardThread}, with a short cut: told something by an actor on
 * this very thread, an actor with an empty mailbox may run at once, inside the {@code tell}. Short
 * cuts do not nest. In every other case the message is enqueued as always, so nobody may count on
 * it: right after a spawn, for instance, the mailbox still holds Akka's own first message.
 */
final class ShardDispatcher extends Dispatcher {
  private final Binding binding;

  /** Of who works for the shard alone. */
  private boolean nested;

  private ShardDispatcher(
      MessageDispatcherConfigurator configurator,
      String id,
      int throughput,
      FiniteDuration shutdownTimeout,
      Binding binding) {
    super(
        configurator,
        id,
        throughput,
        Duration.Zero(),
        (dispatcherId, threads) -> () -> binding.bind(named(threads, dispatcherId)),
        shutdownTimeout);
    this.binding = binding;
  }

  static ShardDispatcher create(
      MessageDispatcherConfigurator configurator,
      String id,
      int throughput,
      FiniteDuration shutdownTimeout,
      long spinNanos) {
    return new ShardDispatcher(
        configurator, id, throughput, shutdownTimeout, new Binding(spinNanos));
  }

  private static ThreadFactory named(ThreadFactory threads, String id) {
    return threads instanceof MonitorableThreadFactory akkas
        ? akkas.withName(akkas.name() + "-" + id)
        : threads;
  }

  @Override
  public void dispatch(ActorCell receiver, Envelope envelope) {
    ShardThread thread = binding.thread;
    if (thread != null && thread.isCurrent() && !nested && runAtOnce(receiver, envelope)) {
      return;
    }
    super.dispatch(receiver, envelope);
  }

  private boolean runAtOnce(ActorCell receiver, Envelope envelope) {
    Mailbox mailbox = receiver.mailbox();
    if (mailbox.hasMessages() || mailbox.hasSystemMessages() || !mailbox.setAsScheduled()) {
      return false;
    }
    if (!mailbox.shouldProcessMessage()) {
      mailbox.setAsIdle();
      registerForExecution(mailbox, false, false);
      return false;
    }
    nested = true;
    try {
      receiver.invoke(envelope);
    } finally {
      nested = false;
      mailbox.setAsIdle();
      // does nothing if nothing has come meanwhile
      registerForExecution(mailbox, false, false);
    }
    return true;
  }

  /**
   * The thread that serves now; Akka may end an idle dispatcher's thread and start another one
   * later.
   */
  private static final class Binding {
    private final long spinNanos;
    private volatile ShardThread thread;

    Binding(long spinNanos) {
      this.spinNanos = spinNanos;
    }

    ShardThread bind(ThreadFactory threads) {
      thread = new ShardThread(threads, spinNanos);
      return thread.start();
    }
  }
}
