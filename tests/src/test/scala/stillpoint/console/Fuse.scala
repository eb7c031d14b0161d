package stillpoint.console

import java.util.concurrent.atomic.AtomicInteger
import stillpoint.actors.cluster.Workload
import stillpoint.actors.snapshot.Checkpointing
import stillpoint.machine.packed.Codec
import stillpoint.machine.time._

/**
 * A process of a machine that throws, from a cycle on and so many times in all, as a fault of the host or of the simulator would
 * make it; in all else the machine is the same.
 */
class Fuse(process: Int, fromCycle: Long, times: Int) {
  private val left = new AtomicInteger(times)

  def struck: Int = times - math.max(0, left.get)

  private def at(cycle: Long): Unit =
    if (cycle >= fromCycle && left.getAndDecrement() > 0) throw new IllegalStateException("the fuse has blown")

  def model(inner: Model): Model = new Model {
    override def size: Int = inner.size
    override def create(id: Int): LogicalProcess = if (id == process) new Fused(inner.create(id)) else inner.create(id)
    override def nameOf(id: Int): String = inner.nameOf(id)
    override def lookaheadCycles: Long = inner.lookaheadCycles
    override def places: Int = inner.places
    override def placeOf(id: Int): Int = inner.placeOf(id)
    override def lookaheadBetween(a: PlaceRange, b: PlaceRange): Long = inner.lookaheadBetween(a, b)
    override def boards: Int = inner.boards
    override def firstPlaceOfBoard(index: Int): Int = inner.firstPlaceOfBoard(index)
    override def constants: java.util.List[Object] = inner.constants
  }

  private class Fused(val inner: LogicalProcess) extends LogicalProcess {
    override def handle(cycle: Long, sender: Int, message: Message, outbox: Outbox): Unit = {
      at(cycle)
      inner.handle(cycle, sender, message, outbox)
    }
    override def run(untilCycle: Long, outbox: Outbox): Unit = {
      at(nextOwnCycle)
      inner.run(untilCycle, outbox)
    }
    override def nextOwnCycle: Long = inner.nextOwnCycle
    override def lastOwnCycle: Long = inner.lastOwnCycle
    override def blockedSince: Long = inner.blockedSince
    override def inspect(cycle: Long): Report = inner.inspect(cycle)
    override def foldState(hash: StateHash): Unit = inner.foldState(hash)
  }

  private def bare(process: LogicalProcess): LogicalProcess = process match {
    case fused: Fused => fused.inner
    case other => other
  }

  /** Snapshots are of the machine alone. */
  def checkpointing(of: Checkpointing): Checkpointing = {
    val inner = of.snapshots
    val snapshots = new Snapshots {
      override def save(state: RunnerState, process: LogicalProcess): Array[Byte] = inner.save(state, bare(process))
      override def load(snapshot: Array[Byte], process: LogicalProcess): RunnerState = inner.load(snapshot, bare(process))
      override def save(judge: CutJudge): Array[Byte] = inner.save(judge)
      override def load(snapshot: Array[Byte], judge: CutJudge): Unit = inner.load(snapshot, judge)
    }
    new Checkpointing(of.schedule, of.store, snapshots, of.from)
  }

  def workload(inner: Workload): Workload = new Workload {
    private val fused = Fuse.this.model(inner.model)
    override def model: Model = fused
    override def newJudge: CutJudge = inner.newJudge
    override def messages: Codec[Message] = inner.messages
    override def reads(id: Int): Boolean = inner.reads(id)
    override def reportsAtCut: Codec[Report] = inner.reportsAtCut
    override def reportsAtEnd: Codec[Report] = inner.reportsAtEnd
    override def checkpointing(again: Boolean): Checkpointing = Fuse.this.checkpointing(inner.checkpointing(again))
    override def result(judge: CutJudge, outcome: RunOutcome, nanos: Long): Array[Byte] = inner.result(judge, outcome, nanos)
    override def close(): Unit = inner.close()
  }
}
