package stillpoint.machine.coherence

import scala.collection.mutable

/** The protocol did what no memory may do. */
final class Violation(what: String) extends RuntimeException(what)

/**
 * Says what memory holds, from outside the protocol: it sees loads and stores as CPUs and devices perform them, in the
 * order in which the loop runs, and knows nothing of messages, homes or states. No value is stored twice in one place.
 *
 * CPUs' stores are in order at once. A device's write takes effect at some time between its beginning and its end: when
 * somebody has seen it, or at its end; who stores over it has seen it.
 */
final class Judge {
  private final class Uncached(val value: Long, val began: Long) { var ended: Long = Long.MaxValue }

  private val histories = mutable.Map.empty[Long, mutable.ArrayBuffer[(Long, Long)]]
  private val underway = mutable.Map.empty[Long, mutable.ArrayBuffer[Long]]
  private val past = mutable.Map.empty[Long, mutable.ArrayBuffer[Uncached]]
  var step = 0L
  var staleExecutions = 0L

  private def history(address: Long) = histories.getOrElseUpdate(address, mutable.ArrayBuffer((0L, 0L)))
  private def pending(address: Long) = underway.getOrElseUpdate(address, mutable.ArrayBuffer.empty[Long])

  def current(address: Long): Long = history(address).last._2

  /** A device's writes take effect in the order in which it began them. */
  private def seen(address: Long, value: Long): Unit = {
    val writes = pending(address)
    val at = writes.indexOf(value)
    if (at >= 0) {
      writes.take(at + 1).foreach(write => history(address) += ((step, write)))
      writes.remove(0, at + 1)
    }
  }

  def stored(address: Long, value: Long): Unit = history(address) += ((step, value))

  def loaded(who: String, address: Long, value: Long): Unit = {
    seen(address, value)
    if (value != current(address))
      throw new Violation(f"$who has $value%d at 0x$address%x, which holds ${current(address)}%d")
  }

  def deviceWrites(address: Long, value: Long): Unit = pending(address) += value
  def deviceWrote(address: Long, value: Long): Unit = seen(address, value)
  def nothingUnderway: Boolean = underway.values.forall(_.isEmpty)

  /** Whether memory held a value at some time from a step on. */
  def heldSince(address: Long, value: Long, since: Long): Boolean = {
    seen(address, value)
    val all = history(address)
    val at = all.lastIndexWhere(_._2 == value)
    at >= 0 && (at == all.size - 1 || all(at + 1)._1 >= since)
  }

  /** Whether a value was ever stored there: all that can be said where caches are bypassed or thrown away. */
  def everHeld(address: Long, value: Long): Boolean = { seen(address, value); history(address).exists(_._2 == value) }

  /** The same of words that are only ever stored uncached. */
  def everStoredPast(address: Long, value: Long): Boolean =
    value == 0 || past.get(address).exists(_.exists(_.value == value))

  def storesPast(address: Long, value: Long): Unit =
    past.getOrElseUpdate(address, mutable.ArrayBuffer.empty) += new Uncached(value, step)

  def storedPast(address: Long, value: Long): Unit = past(address).find(_.value == value).get.ended = step

  /** A load of a word that is only ever reached uncached sees no store that another has wholly replaced before it began. */
  def loadedPast(who: String, address: Long, value: Long, began: Long): Unit = {
    val all = past.getOrElse(address, mutable.ArrayBuffer.empty)
    val store = all.find(_.value == value)
    if (value != 0 && store.isEmpty) throw new Violation(f"$who loaded $value%d past the caches from 0x$address%x: nobody stored it")
    val ended = store.fold(-1L)(_.ended)
    if (all.exists(other => other.began > ended && other.ended < began))
      throw new Violation(f"$who loaded $value%d past the caches from 0x$address%x, which was replaced before")
  }
}
