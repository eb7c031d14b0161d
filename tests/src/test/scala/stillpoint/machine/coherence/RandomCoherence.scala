package stillpoint.machine.coherence

import java.nio.ByteBuffer
import java.util.SplittableRandom
import scala.collection.mutable
import scala.jdk.CollectionConverters._
import stillpoint.machine.board.{Board, Interconnect}
import stillpoint.machine.board.Board.InterruptControllerKind
import stillpoint.machine.coherence.CoherenceProtocol.{DmaData, DmaDone, DmaRead, DmaWrite}
import stillpoint.machine.interconnect.{EgressProcess, MachineMap, OwnedMemory, RouterProcess}
import stillpoint.machine.l1.{CacheGeometry, L1State}
import stillpoint.machine.time.{BrokenInvariant, LogicalProcess, Message, Outbox, Report, StateHash}

/** What the tables are for one run: the real ones, or broken ones. */
final case class Tables(
    l1: TransitionTable[L1State, L1Mesi.Event, L1Mesi.Action] = L1Mesi.TABLE,
    home: TransitionTable[HomeState, HomeMesi.Event, HomeMesi.Action] = HomeMesi.TABLE)

/** A device that reads and writes hot lines by DMA, up to three at a time. */
final class RandomDevice(
    id: Int, map: MachineMap, lines: Lines, operations: Int, random: SplittableRandom, judge: Judge)
    extends LogicalProcess {
  private val reads = mutable.Map.empty[Long, mutable.Queue[Long]] // line -> steps at which it asked
  private val writes = mutable.Map.empty[Long, mutable.Queue[Long]] // line -> values
  private var wakeCycle = if (operations > 0) random.nextLong(100) else LogicalProcess.NEVER
  private var values = 0x40000000L
  var left: Int = operations
  var underway = 0

  override def run(untilCycle: Long, outbox: Outbox): Unit = {
    val now = wakeCycle
    val line = lines.hot(random.nextInt(lines.hot.size))
    val home = map.homeOf(line)
    val message = if (random.nextBoolean()) {
      reads.getOrElseUpdate(line, mutable.Queue.empty) += judge.step
      new DmaRead(line)
    } else {
      values += 1
      judge.deviceWrites(line, values)
      writes.getOrElseUpdate(line, mutable.Queue.empty) += values
      new DmaWrite(line, 0, ByteBuffer.allocate(4).putInt(values.toInt).array)
    }
    outbox.send(home, now + map.latencyCycles(id, home), message)
    underway += 1
    left -= 1
    sleep(now)
  }

  private def sleep(now: Long): Unit =
    wakeCycle = if (left > 0 && underway < 3) now + 1 + random.nextInt(150) else LogicalProcess.NEVER

  override def handle(cycle: Long, sender: Int, message: Message, outbox: Outbox): Unit = {
    underway -= 1
    message match {
      case done: DmaDone => judge.deviceWrote(done.line, writes(done.line).dequeue())
      case data: DmaData =>
        val since = reads(data.line).dequeue()
        val bytes = ByteBuffer.wrap(data.data)
        if (!judge.heldSince(data.line, bytes.getInt(0).toLong, since) ||
            !judge.heldSince(data.line + 8, bytes.getLong(8), since))
          throw new Violation(f"the device read from 0x${data.line}%x what was not there since it asked")
      case other => throw new Violation(s"the device got $other")
    }
    if (wakeCycle == LogicalProcess.NEVER) sleep(cycle)
  }

  override def nextOwnCycle: Long = wakeCycle
  override def inspect(cycle: Long): Report = new Report {}
  override def foldState(hash: StateHash): Unit = hash.fold(left.toLong).fold(underway.toLong)
}

/**
 * One random machine with one random program; `run` throws when memory did not behave.
 *
 * @param topology what lies between so many CPUs; on boards, every CPU is home to a line
 * @param flitBytes that a link carries in a cycle; 0 for as many as it takes
 */
final class RandomCoherence(
    seed: Long, tables: Tables = Tables(), operations: Int = 120, contended: Boolean = false,
    topology: Option[(Int, SplittableRandom) => Interconnect] = None, flitBytes: Int = 0, cpus64: Boolean = false) {
  private val random = new SplittableRandom(seed)
  val cpuCount: Int =
    if (contended) 16 else if (cpus64) 64 else if (topology.isEmpty && seed % 16 == 0) 1 else random.nextInt(2, 9)
  private val geometry = new CacheGeometry(1 << random.nextInt(2), random.nextInt(1, 3), 16)
  private val interconnect = topology.fold(Interconnect.CROSSBAR)(_(cpuCount, new SplittableRandom(seed)))
  private val board = new Board(
    "random", cpuCount, 1000, true, geometry, geometry, interconnect.boards * random.nextInt(1, 4),
    InterruptControllerKind.XLR_PIC, interconnect.boards,
    math.max(random.nextInt(1, 20), if (flitBytes > 0) 2 else 1), if (random.nextBoolean()) 0 else random.nextInt(80), 5, 5, false, 0, interconnect, flitBytes)
  val map = new MachineMap(board, java.util.List.of(new OwnedMemory(0x1000, 16, cpuCount)))
  val judge = new Judge
  private val lines = Lines((0 until (if (contended) 1 else random.nextInt(1, 7))).map(0x1000L + 16 * _))
  val cpus: IndexedSeq[RandomCpu] = (0 until cpuCount).map { id =>
    new RandomCpu(id, map, geometry, lines, operations, contended, random.split(), judge, tables, () => cpus, memoryOf)
  }
  val slices: IndexedSeq[DirectorySlice] =
    (0 until board.directorySlices).map(i => new DirectorySlice(map.directorySlice(i), map, tables.home))
  val device =
    new RandomDevice(map.console, map, lines, if (contended) 0 else operations / 2, random.split(), judge)
  // in the place of the interrupt controller
  private val silent = (0 until board.interruptSlices).map(_ => new DirectorySlice(map.directorySlice(0), map))
  private val routers =
    (map.console + 1 until map.size).map(id => new RouterProcess(id, map): LogicalProcess)
  val loop = new EventLoop(
    (cpus ++ silent ++ slices :+ device).zipWithIndex.map { case (process, id) =>
      if (flitBytes > 0) new EgressProcess(process, id, map) else process
    } ++ routers, Seq(0, random.nextInt(1, 60), random.nextInt(1, 200))(random.nextInt(3)), random.split())

  def report(slice: DirectorySlice): SliceReport = slice.inspect(loop.cycle).asInstanceOf[SliceReport]

  private def homeOf(line: Long) = slices(map.indexOfDirectorySlice(map.homeOf(line)))
  /** What memory has of a line that no cache owns. */
  private def memoryOf(line: Long): Option[Array[Byte]] =
    Some(report(homeOf(line)).memory).filter(_.ownerOf(line) == MemorySnapshot.NOBODY).map(_.memoryLine(line))

  def run(afterEachStep: () => Unit = () => ()): this.type = {
    val limit = 1000L * cpuCount * operations
    while (loop.step()) {
      judge.step += 1
      checkCopies()
      afterEachStep()
      if (judge.step > limit) throw new Violation(
        s"no end after $limit steps, cycle ${loop.cycle}: " + cpus.map(_.progress).mkString("; "))
    }
    checkEnd()
    this
  }

  private def check(who: String, line: Long, word: Long => Long): Unit =
    if (line == lines.thrownAway) {
      if (!judge.everHeld(line, word(0))) throw new Violation(s"$who has ${word(0)}, which nobody stored")
    } else for (offset <- Seq(0, 8)) judge.loaded(who, line + offset, word(offset.toLong))

  /** One writer or many readers, every readable copy holds what was last stored, and every CPU knows what it has. */
  private def checkCopies(): Unit = {
    lines.cached.foreach { line =>
      val copies = for (cpu <- cpus; slot = cpu.cache.find(line) if slot >= 0 && cpu.cache.state(slot).readable)
        yield (cpu, slot)
      if (copies.size > 1)
        copies.find { case (cpu, slot) => cpu.cache.state(slot).writable }.foreach { case (cpu, _) =>
          throw new Violation(f"cpu${cpu.id} may write 0x$line%x, which ${copies.size}%d CPUs may read")
        }
      for ((cpu, slot) <- copies)
        check(s"cpu${cpu.id} (without loading it)", line, offset =>
          cpu.cache.read(slot, line + offset, if (offset == 0) 4 else 8))
    }
    cpus.foreach(_.checkTold())
  }

  private def checkEnd(): Unit = {
    cpus.find(_.left > 0).foreach { cpu =>
      throw new Violation(s"cpu${cpu.id} is stuck: ${cpu.stuckOn}")
    }
    if (device.left + device.underway > 0 || !judge.nothingUnderway) throw new Violation("the device is stuck")
    if (cpus.exists(_.writebacksPending > 0)) throw new Violation("a writeback was never acknowledged")
    if (slices.exists(slice => !report(slice).busyLines.isEmpty))
      throw new Violation(slices.flatMap(report(_).busyLines.asScala).mkString("still busy: ", ", ", ""))
    for (line <- lines.cached) {
      val memory = report(homeOf(line)).memory
      val word: Long => Long = memory.ownerOf(line) match {
        case MemorySnapshot.NOBODY =>
          val bytes = ByteBuffer.wrap(memory.memoryLine(line))
          offset => if (offset == 0) bytes.getInt(0).toLong else bytes.getLong(8)
        case owner =>
          val cache = cpus(owner).cache
          val slot = cache.find(line)
          if (slot < 0 || !cache.state(slot).writable) throw new Violation(s"cpu$owner does not own $line at the end")
          offset => cache.read(slot, line + offset, if (offset == 0) 4 else 8)
      }
      check("the end", line, word)
    }
    val counted = lines.hot.map(line => judge.current(line + 8)).sum
    if (counted != cpus.map(_.increments).sum) throw new Violation("an increment was lost")
  }
}

object RandomCoherence {
  /** What the judge says of a run: nothing, or what went wrong. */
  def verdict(seed: Long, tables: Tables): Option[String] = verdictOf(new RandomCoherence(seed, tables))

  /** A broken table may also break the arrays of a cache or a buffer; a sound one must not. */
  def verdictOf(machine: => RandomCoherence): Option[String] =
    try { machine.run(); None }
    catch {
      case e @ (_: Violation | _: BrokenInvariant) => Some(e.getMessage)
      case e: RuntimeException => Some(e.toString)
    }
}
