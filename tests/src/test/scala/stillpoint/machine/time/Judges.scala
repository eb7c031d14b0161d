package stillpoint.machine.time

import stillpoint.machine.time.CutJudge.{Cut, Decision}

/** Judges for specs. */
object Judges {
  /** Lets the machine run until nothing is left, or until {@code limit}. */
  def patient(limit: Long = LogicalProcess.NEVER): CutJudge = new Recording(LogicalProcess.NEVER, limit)

  /** A cut every {@code period} cycles; writes down what it is asked. Stops at the first cut at or after {@code stop}. */
  class Recording(
      period: Long,
      limit: Long = LogicalProcess.NEVER,
      stop: Long = LogicalProcess.NEVER,
      wanted: Cut => Boolean = _ => true)
      extends CutJudge {
    private var judgements = Vector.empty[(Cut, Vector[Report])]

    private var changes = Vector.empty[Vector[Int]]

    /** By judgement: whose reports were new. */
    def changed: Vector[Vector[Int]] = synchronized(changes)

    def judged: Vector[(Cut, Vector[Report])] = synchronized(judgements)

    override def nextCutAfter(cycle: Long): Long =
      if (period == LogicalProcess.NEVER) LogicalProcess.NEVER else (cycle / period + 1) * period

    override def limitCycle: Long = limit

    override def wantsReports(cut: Cut, blockedSince: Long): Boolean = wanted(cut)

    override def judge(cut: Cut, reports: CutReports): Decision = synchronized {
      changes :+= reports.changed.toVector
      judgements :+= ((cut, reports.all.toArray(Array.empty[Report]).toVector))
      if (cut.cycle >= stop) Decision.STOP else Decision.GO_ON
    }
  }

  /** A cut every {@code period} cycles, every {@code looks}-th time with everybody's report; its state is in snapshots. */
  class Counting(period: Long, limit: Long, looks: Int) extends CutJudge {
    private var left = looks

    override def nextCutAfter(cycle: Long): Long = (cycle / period + 1) * period
    override def limitCycle: Long = limit
    override def wantsReports(cut: Cut, blockedSince: Long): Boolean = (cut.cycle / period) % looks == 0
    override def judge(cut: Cut, reports: CutReports): Decision = {
      left -= 1
      Decision.GO_ON
    }
  }
}
