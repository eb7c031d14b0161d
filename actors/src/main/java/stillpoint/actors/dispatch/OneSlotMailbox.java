package stillpoint.actors.dispatch;

import akka.actor.ActorRef;
import akka.actor.ActorSystem;
import akka.dispatch.Envelope;
import akka.dispatch.MailboxType;
import akka.dispatch.MessageQueue;
import akka.dispatch.ProducesMessageQueue;
import akka.dispatch.UnboundedMessageQueueSemantics;
import com.typesafe.config.Config;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentLinkedQueue;
import scala.Option;

/**
 * A mailbox for actors that rarely hold more than one message: one slot, and a queue behind it that
 * is only made when a second message comes. 24 bytes while empty. Unbounded; the messages of one
 * sender keep their order.
 */
public final class OneSlotMailbox
    implements MailboxType, ProducesMessageQueue<OneSlotMailbox.Queue> {
  /** Called by Akka, by reflection. */
  public OneSlotMailbox(ActorSystem.Settings settings, Config config) {}

  @Override
  public MessageQueue create(Option<ActorRef> owner, Option<ActorSystem> system) {
    return new Queue();
  }

  /**
   * Any number of senders, one receiver at a time. Order: a sender whose earlier message went
   * behind the slot sees the queue not empty until that message is taken, so its later ones go
   * behind it too.
   */
  public static final class Queue implements MessageQueue, UnboundedMessageQueueSemantics {
    private static final VarHandle SLOT;
    private static final VarHandle BEHIND;

    static {
      try {
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        SLOT = lookup.findVarHandle(Queue.class, "slot", Envelope.class);
        BEHIND = lookup.findVarHandle(Queue.class, "behind", ConcurrentLinkedQueue.class);
      } catch (ReflectiveOperationException impossible) {
        throw new ExceptionInInitializerError(impossible);
      }
    }

    private volatile Envelope slot;
    private volatile ConcurrentLinkedQueue<Envelope> behind;

    @Override
    public void enqueue(ActorRef receiver, Envelope envelope) {
      ConcurrentLinkedQueue<Envelope> queue = behind;
      if ((queue == null || queue.isEmpty())
          && slot == null
          && SLOT.compareAndSet(this, null, envelope)) {
        return;
      }
      if (queue == null) {
        BEHIND.compareAndSet(this, null, new ConcurrentLinkedQueue<Envelope>());
        queue = behind;
      }
      queue.add(envelope);
    }

    @Override
    public Envelope dequeue() {
      Envelope first = slot;
      if (first != null) {
        slot = null;
        return first;
      }
      ConcurrentLinkedQueue<Envelope> queue = behind;
      return queue == null ? null : queue.poll();
    }

    @Override
    public int numberOfMessages() {
      ConcurrentLinkedQueue<Envelope> queue = behind;
      return (slot == null ? 0 : 1) + (queue == null ? 0 : queue.size());
    }

    @Override
    public boolean hasMessages() {
      ConcurrentLinkedQueue<Envelope> queue = behind;
      return slot != null || (queue != null && !queue.isEmpty());
    }

    @Override
    public void cleanUp(ActorRef owner, MessageQueue deadLetters) {
      Envelope envelope;
      while ((envelope = dequeue()) != null) {
        deadLetters.enqueue(owner, envelope);
      }
    }
  }
}
