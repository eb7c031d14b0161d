package stillpoint.machine.coherence

import java.util.SplittableRandom
import scala.collection.mutable
import stillpoint.machine.coherence.CoherenceProtocol.{ToDevice, ToHome, ToL1}
import stillpoint.machine.interconnect.Routed
import stillpoint.machine.time.{LogicalProcess, Message, Outbox, StateHash}

final case class Event(arrivalCycle: Long, sender: Int, sequence: Long, target: Int, message: Message)

/**
 * The total order of events over a handful of processes, in the plainest way: one priority queue. With `jitter`, every
 * message takes up to so many cycles longer, or eight times as many, and stays in order only with those of the same link about the same line:
 * all the order that the protocol may lean on.
 */
final class EventLoop(processes: IndexedSeq[LogicalProcess], jitterCycles: Int, random: SplittableRandom) {
  private val calendar = mutable.PriorityQueue.empty[Event](
    Ordering.by((e: Event) => (e.arrivalCycle, e.sender.toLong, e.sequence)).reverse)
  private val sequences = new Array[Long](processes.size)
  private val lastOnLink = mutable.Map.empty[(Int, Int, Long), Long]
  private val outboxes: IndexedSeq[Outbox] = processes.indices.map(id => outboxOf(id))

  var cycle = 0L
  var events = 0L

  /** Most a little, one in eight much: so that one message may be overtaken by whole conversations. */
  private def delay(): Int =
    if (jitterCycles == 0) 0
    else if (random.nextInt(8) == 0) random.nextInt(8 * jitterCycles)
    else random.nextInt(jitterCycles)

  private def outboxOf(sender: Int): Outbox = (target: Int, arrivalCycle: Long, message: Message) => {
    require(arrivalCycle > cycle && target != sender, s"$message at $arrivalCycle")
    val link = (sender, target, lineOf(message))
    val late = arrivalCycle + delay()
    val inOrder = math.max(late, lastOnLink.getOrElse(link, 0L))
    lastOnLink(link) = inOrder
    sequences(sender) += 1
    calendar.enqueue(Event(inOrder, sender, sequences(sender), target, message))
  }

  private def lineOf(message: Message): Long = message match {
    case m: ToHome   => m.line
    case m: ToL1     => m.line
    case m: ToDevice => m.line
    case m: Routed   => lineOf(m.message)
    case _           => -1L
  }

  /** One event, or one process's own activity at one cycle; false when there is neither. */
  def step(): Boolean = {
    val active = processes.indices.minBy(id => (processes(id).nextOwnCycle, id))
    val ownCycle = processes(active).nextOwnCycle
    if (calendar.nonEmpty && calendar.head.arrivalCycle <= ownCycle) {
      val event = calendar.dequeue()
      cycle = event.arrivalCycle
      events += 1
      processes(event.target).handle(cycle, event.sender, event.message, outboxes(event.target))
      true
    } else if (ownCycle != LogicalProcess.NEVER) {
      cycle = ownCycle
      processes(active).run(cycle + 1, outboxes(active))
      true
    } else false
  }

  def digest: Long = {
    val hash = new StateHash
    processes.foreach(_.foldState(hash))
    hash.fold(cycle).fold(events).value
  }
}
