package stillpoint.console

import java.nio.file.Path
import java.util.{List => JList, Optional}

import scala.collection.mutable
import scala.jdk.CollectionConverters._

import stillpoint.actors.checkpoint.{Checkpoint, CheckpointFolder, RunIdentity}
import stillpoint.actors.snapshot.CborSnapshots
import stillpoint.clusterconfig.Scenario
import stillpoint.kernel.system.{EmulatedMachine, MachineJudge, ReportBuilder}
import stillpoint.machine.time._

/**
 * A scenario, run through once in the sequential engine, and checkpoints of it that lie so late that little is left to be done: a
 * run from one of them comes to the scenario's own end, verdict and digest, in as many windows as somebody can afford.
 */
class LateCheckpoints(scenario: Scenario) {
  private val setup = scenario.setup

  /** The start of each stretch, of so many cycles, in which something happened; ascending. */
  private class Activity(val stretchCycles: Long) {
    private val starts = mutable.HashSet.empty[Long]
    private var last = -1L
    def at(cycle: Long): Unit = if (cycle < last || cycle >= last + stretchCycles || last < 0) {
      last = cycle / stretchCycles * stretchCycles
      starts += last
    }
    lazy val all: Seq[Long] = starts.toSeq.sorted
  }

  private class Watched(machine: EmulatedMachine, activities: Seq[Activity]) extends Model {
    def size: Int = machine.size
    def nameOf(id: Int): String = machine.nameOf(id)
    def lookaheadCycles: Long = machine.lookaheadCycles
    def places: Int = machine.places
    def placeOf(id: Int): Int = machine.placeOf(id)
    override def lookaheadBetween(a: PlaceRange, b: PlaceRange): Long = machine.lookaheadBetween(a, b)
    override def boards: Int = machine.boards
    override def firstPlaceOfBoard(index: Int): Int = machine.firstPlaceOfBoard(index)
    override def constants: JList[Object] = machine.constants
    def create(id: Int): LogicalProcess = {
      val process = machine.create(id)
      new LogicalProcess {
        def handle(cycle: Long, sender: Int, message: Message, outbox: Outbox): Unit = {
          activities.foreach(_.at(cycle))
          process.handle(cycle, sender, message, outbox)
        }
        def run(untilCycle: Long, outbox: Outbox): Unit = {
          activities.foreach(_.at(process.nextOwnCycle))
          process.run(untilCycle, outbox)
        }
        def nextOwnCycle: Long = process.nextOwnCycle
        override def lastOwnCycle: Long = process.lastOwnCycle
        override def blockedSince: Long = process.blockedSince
        def inspect(cycle: Long): Report = process.inspect(cycle)
        def foldState(hash: StateHash): Unit = process.foldState(hash)
      }
    }
  }

  /** The same judge, with one cut more at each of some cycles, at which it is not asked. */
  private class CutMore(judge: MachineJudge, more: Seq[Long]) extends CutJudge {
    def nextCutAfter(cycle: Long): Long = (more.filter(_ > cycle) :+ judge.nextCutAfter(cycle)).min
    def wantsReports(cut: CutJudge.Cut, blockedSince: Long): Boolean =
      !more.contains(cut.cycle) && judge.wantsReports(cut, blockedSince)
    def judge(cut: CutJudge.Cut, reports: CutReports): CutJudge.Decision = judge.judge(cut, reports)
    override def limitCycle: Long = judge.limitCycle
    override def posture: Long = judge.posture
    override def follow(posture: Long): Unit = judge.follow(posture)
  }

  private def finished(machine: EmulatedMachine, judge: MachineJudge, outcome: RunOutcome): Finished =
    new Finished(
      new ReportBuilder(machine.shared, judge.ending.get, outcome.finalReports).build(),
      outcome.digest, outcome.events, outcome.windows, 0, 0)

  /** How often nodes hear of each other where the machine is cut over {@code nodes}: once in so many cycles, about. */
  private def roundCycles(machine: EmulatedMachine, nodes: Int): Long = {
    val crossing = Placement.of(machine, Seq.fill(nodes)(new Placement.Node(1024, 1)).asJava).crossingCycles
    if (nodes > 1 && crossing / 8 >= machine.lookaheadCycles) crossing / 2 else machine.lookaheadCycles
  }

  private val plain = new EmulatedMachine(setup)
  private val windows = new Activity(plain.lookaheadCycles)
  private val stretches = mutable.Map(windows.stretchCycles -> windows)
  private def rounds(nodes: Int): Activity = {
    val cycles = roundCycles(plain, nodes)
    stretches.getOrElseUpdate(cycles, new Activity(cycles))
  }

  /**
   * What the scenario comes to, and for each number of nodes the checkpoint from which they have no more rounds and windows left,
   * about, than they can afford; none where all of it takes no more.
   *
   * @param folder gets the checkpoints
   * @param budget by number of nodes: rounds
   * @param mostWindows for each
   */
  def run(folder: Path, budget: Map[Int, Int], mostWindows: Int): (Finished, Map[Int, Checkpoints]) = {
    budget.keys.foreach(rounds)
    val judge = new MachineJudge(setup)
    val outcome = SequentialEngine.run(new Watched(plain, stretches.values.toSeq), judge)
    val expected = finished(plain, judge, outcome)
    val starts = for ((nodes, most) <- budget; start <- (cutBefore(rounds(nodes), most) ++ cutBefore(windows, mostWindows)).maxOption)
      yield nodes -> start
    if (starts.nonEmpty) write(folder, starts.values.toSeq.distinct.sorted, expected)
    (expected, budget.map { case (nodes, _) =>
      nodes -> starts.get(nodes).fold(Checkpoints.NONE)(cycle =>
        new Checkpoints(Optional.empty, Optional.of(Checkpoint.newest(at(folder, cycle), Versions.stillpoint))))
    })
  }

  private def at(folder: Path, cycle: Long): Path = folder.resolve(s"from-$cycle")

  /**
   * A cut behind which so many stretches are left: one of the judge's own that lies in the silence before them, or one more where
   * they begin. Where the judge's own cuts are so near that they might be jumped over because of it, the next stretch will do.
   */
  private def cutBefore(activity: Activity, left: Int): Option[Long] = {
    val judge = new MachineJudge(setup)
    val stretch = activity.stretchCycles
    def cutsWithin(from: Long, until: Long) = judge.nextCutAfter(from - 1) < until
    val all = activity.all
    if (all.size <= left) None
    else all.zip(all.tail).drop(all.size - left - 1).collectFirst {
      case (before, start) if judge.nextCutAfter(before + stretch - 1) <= start => judge.nextCutAfter(before + stretch - 1)
      case (before, start) if !cutsWithin(before, before + stretch) && !cutsWithin(start, start + stretch) => start
    }
  }

  private def write(folder: Path, cycles: Seq[Long], expected: Finished): Unit = {
    val machine = new EmulatedMachine(setup)
    val judge = new MachineJudge(setup)
    val cbor = new CborSnapshots(machine)
    val only = new Snapshots {
      def save(state: RunnerState, process: LogicalProcess): Array[Byte] =
        if (cycles.contains(state.cutCycle)) cbor.save(state, process) else Array.emptyByteArray
      def load(snapshot: Array[Byte], process: LogicalProcess): RunnerState = cbor.load(snapshot, process)
      def save(judge: CutJudge): Array[Byte] = Array.emptyByteArray
      def load(snapshot: Array[Byte], judge: CutJudge): Unit = cbor.load(snapshot, judge)
    }
    val identity = new RunIdentity(
      Versions.stillpoint, scenario.name, scenario.effective, Array.emptyByteArray, setup.seed, s"./stillpoint run ${scenario.name}")
    val more = cycles.filter(cycle => new MachineJudge(setup).nextCutAfter(cycle - 1) != cycle)
    val outcome = SequentialEngine.run(machine, new CutMore(judge, more), new SnapshotSchedule(1), only, { taken =>
      if (cycles.contains(taken.at.cycle)) {
        val to = java.nio.file.Files.createDirectories(at(folder, taken.at.cycle))
        val store = new CheckpointFolder(to, identity, machine.size)
        val states = taken.processes.asScala.toArray
        // the other cuts that were added are none for who goes on from here
        val progress = new CutProgress(taken.at.cycle, taken.at.window, judge.nextCutAfter(taken.at.cycle))
        store.complete(progress, cbor.save(judge), JList.of(store.put(progress, 0, states.indices.toArray, states)))
      }
    })
    val same = finished(machine, judge, outcome)
    if (same.digest != expected.digest || same.report != expected.report) {
      throw new IllegalStateException(s"${scenario.name} ends otherwise with one cut more, at $more")
    }
  }
}
