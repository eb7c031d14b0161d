package stillpoint.console

import scala.util.Random

/** What is done to a member of a cluster during a run, to whom and when; made of a seed. */
case class Hurt(act: Hurt.Act, victim: Int, moment: Hurt.Moment)

object Hurt {
  sealed trait Act {
    /** Whether the others go on without the victim. */
    def loses: Boolean
  }
  case object Kill extends Act { def loses = true }
  /** Stopped until the others have given it up, then continued. */
  case object LongPause extends Act { def loses = true }
  /** Stopped for less than the others' patience. */
  case class ShortPause(millis: Int) extends Act { def loses = false }
  /** Cut off until it has ended itself. */
  case object LongCut extends Act { def loses = true }
  case class ShortCut(millis: Int) extends Act { def loses = false }
  /** Half of the nodes, or the smaller half, are cut off from the others until they have ended themselves. */
  case object Split extends Act { def loses = true }

  sealed trait Moment
  /** As soon as the nodes are told to begin. */
  case object AtStart extends Moment
  /** When files for the checkpoint of a cycle are there, maybe not all. */
  case class AtCheckpoint(cycle: Long) extends Moment
  /** As soon as the others go on without the victim before; the first time, as [[AtStart]]. */
  case object InRecovery extends Moment

  /** Pauses end well before the others' patience, so that even a busy host is not taken for a dead one. */
  private val MostShortMillis = 1200

  /**
   * What happens in one run, in this order. At most two victims are lost.
   *
   * @param victim 0 is the eldest member, who has the coordinator; every third time at least
   * @param lastCycle no moment is later
   */
  def plan(random: Random, everyCycles: Long, lastCycle: Long, canCut: Boolean): Seq[Hurt] = {
    val hurts = Seq.fill(1 + random.nextInt(3))(one(random, everyCycles, lastCycle, canCut))
    val ordered = hurts.sortBy(_.moment match {
      case AtStart => 0L
      case AtCheckpoint(cycle) => cycle
      case InRecovery => random.nextLong(lastCycle)
    })
    val (kept, _) = ordered.foldLeft((Seq.empty[Hurt], 0)) { case ((some, lost), hurt) =>
      if (hurt.act.loses && lost == 2) (some, lost) else (some :+ hurt, lost + (if (hurt.act.loses) 1 else 0))
    }
    kept
  }

  /** A member is cut off for a moment, and then for good. */
  def cuts(random: Random, everyCycles: Long, lastCycle: Long): Seq[Hurt] = {
    val moments = Seq.fill(2)(everyCycles * (1 + random.nextInt((lastCycle / everyCycles).toInt))).sorted.map(AtCheckpoint)
    Seq(
      Hurt(ShortCut(50 + random.nextInt(MostShortMillis)), random.nextInt(1000), moments.head),
      Hurt(LongCut, random.nextInt(1000), moments.last))
  }

  /** The network falls apart into halves. */
  def split(random: Random, everyCycles: Long, lastCycle: Long): Seq[Hurt] =
    Seq(Hurt(Split, random.nextInt(1000), AtCheckpoint(everyCycles * (1 + random.nextInt((lastCycle / everyCycles).toInt)))))

  private def one(random: Random, everyCycles: Long, lastCycle: Long, canCut: Boolean): Hurt = {
    def millis = 50 + random.nextInt(MostShortMillis)
    val act = random.nextInt(if (canCut) 7 else 5) match {
      case 0 | 1 => Kill
      case 2 | 3 => LongPause
      case 4 => ShortPause(millis)
      case 5 => LongCut
      case 6 => ShortCut(millis)
    }
    val victim = if (random.nextInt(3) == 0) 0 else random.nextInt(1000)
    val moment = random.nextInt(8) match {
      case 0 => AtStart
      case 1 | 2 => InRecovery
      case _ => AtCheckpoint(everyCycles * (1 + random.nextInt((lastCycle / everyCycles).toInt)))
    }
    Hurt(act, victim, moment)
  }
}
