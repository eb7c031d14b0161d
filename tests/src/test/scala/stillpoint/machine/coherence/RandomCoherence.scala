package stillpoint.machine.coherence

import java.util.SplittableRandom
import scala.collection.mutable
import scala.jdk.CollectionConverters._
import scala.jdk.OptionConverters._
import stillpoint.machine.board.{Board, Interconnect}
import stillpoint.machine.board.Board.InterruptControllerKind
import stillpoint.machine.coherence.CoherenceProtocol.ToL1
import stillpoint.machine.interconnect.{EgressProcess, MachineMap, OwnedMemory}
import stillpoint.machine.l1.{CacheGeometry, DataCache, L1State}
import stillpoint.machine.time.{BrokenInvariant, LogicalProcess, Message, Outbox, Report, StateHash}

/** The protocol did what no memory may do. */
final class Violation(what: String) extends RuntimeException(what)

/** What the tables are for one run: the real ones, or broken ones. */
final case class Tables(
    l1: TransitionTable[L1State, L1Mesi.Event, L1Mesi.Action] = L1Mesi.TABLE,
    home: TransitionTable[HomeState, HomeMesi.Event, HomeMesi.Action] = HomeMesi.TABLE)

/**
 * Says what memory holds, from outside the protocol: it sees loads and stores as CPUs perform them, in the one order in
 * which the loop runs, and nothing else. Two words a line matter: one of unique values at 0, a counter at 8.
 */
final class Judge {
  private val histories = mutable.Map.empty[Long, mutable.ArrayBuffer[(Long, Long)]]
  var step = 0L
  var staleExecutions = 0L

  private def history(address: Long) = histories.getOrElseUpdate(address, mutable.ArrayBuffer((0L, 0L)))

  def current(address: Long): Long = history(address).last._2

  def stored(address: Long, value: Long): Unit = history(address) += ((step, value))

  def loaded(who: String, address: Long, value: Long): Unit =
    if (value != current(address))
      throw new Violation(f"$who loaded $value%d from 0x$address%x, which holds ${current(address)}%d")

  /** Whether memory held a value at some time from a step on. */
  def heldSince(address: Long, value: Long, since: Long): Boolean = {
    val all = history(address)
    val at = all.lastIndexWhere(_._2 == value)
    at >= 0 && (at == all.size - 1 || all(at + 1)._1 >= since)
  }
}

/** A CPU that does random accesses to a few hot lines. */
final class RandomCpu(
    val id: Int, map: MachineMap, geometry: CacheGeometry, lines: IndexedSeq[Long], operations: Int,
    incrementsOnly: Boolean, random: SplittableRandom, judge: Judge, tables: Tables, everybody: () => Seq[RandomCpu])
    extends LogicalProcess with L1Controller.Listener {
  private sealed trait Operation
  private case class Load(address: Long) extends Operation
  private case class Store(address: Long) extends Operation
  private case class Increment(address: Long) extends Operation
  private case class Fetch(line: Long) extends Operation
  private case class FlushEverywhere(line: Long) extends Operation

  val cache = new DataCache(geometry, true)
  val instructions = mutable.Map.empty[Long, Long] // line -> its word 0 as fetched
  private val controller = new L1Controller(id, map, cache, this, tables.l1)
  private var operation: Operation = Load(lines.head)
  private var linkedValue: Option[Long] = None
  private var link = -1L
  private var aside = -1L // address of a load between ll and sc, or -1
  private var requestedAtStep = 0L
  private var wakeCycle = random.nextLong(20)
  private var now = 0L
  private var out: Outbox = _
  var left: Int = operations
  var increments = 0

  begin()

  private def begin(): Unit = {
    val line = lines(random.nextInt(lines.size))
    operation = random.nextInt(20) match {
      case _ if incrementsOnly => Increment(line + 8)
      case n if n < 6  => Load(line + 8 * random.nextInt(2))
      case n if n < 11 => Store(line)
      case n if n < 15 => Increment(line + 8)
      case n if n < 19 => Fetch(line)
      case _           => FlushEverywhere(line)
    }
  }

  override def run(untilCycle: Long, outbox: Outbox): Unit = {
    now = wakeCycle
    out = outbox
    wakeCycle = LogicalProcess.NEVER
    go()
  }

  override def nextOwnCycle: Long = wakeCycle

  override def handle(cycle: Long, sender: Int, message: Message, outbox: Outbox): Unit = {
    now = cycle
    out = outbox
    controller.handle(cycle, message.asInstanceOf[ToL1], outbox)
  }

  private def request(kind: AccessKind, address: Long): Unit = {
    requestedAtStep = judge.step
    controller.request(kind, address, now, out)
  }

  private def readable(address: Long) = Option(cache.find(address)).filter(s => s >= 0 && cache.state(s).readable)
  private def writable(address: Long) = readable(address).filter(s => cache.state(s).writable)

  private def go(): Unit = operation match {
    case Load(address) => readable(address).fold(request(AccessKind.LOAD, address))(_ => perform())
    case Store(address) => writable(address).fold(request(AccessKind.STORE, address))(_ => perform())
    case Increment(_) if aside >= 0 => readable(aside).fold(request(AccessKind.LOAD, aside))(_ => perform())
    case Increment(address) if linkedValue.isEmpty =>
      readable(address).fold(request(AccessKind.LOAD, address))(_ => perform())
    case Increment(_) if link < 0 => linkedValue = None; go() // ll was lost: from the start
    case Increment(address) =>
      if (writable(address).isDefined) perform() else controller.requestStoreConditional(address, now, out)
    case Fetch(line) => instructions.get(line) match {
      case Some(word) =>
        if (word != judge.current(line)) judge.staleExecutions += 1
        finish()
      case None => request(AccessKind.FETCH, line)
    }
    case FlushEverywhere(line) =>
      instructions.remove(line)
      request(AccessKind.GLOBAL_INVALIDATE_I, line)
  }

  private def read(address: Long): Long = {
    val slot = readable(address).getOrElse(throw new Violation(s"$id told to read what it cannot"))
    cache.touch(slot)
    val value = cache.read(slot, address, 8)
    judge.loaded(s"cpu$id", address, value)
    value
  }

  private def write(address: Long, value: Long): Unit = {
    val slot = writable(address).getOrElse(throw new Violation(s"$id told to write what it cannot"))
    cache.touch(slot)
    cache.write(slot, address, 8, value)
    judge.stored(address, value)
  }

  private def perform(): Unit = operation match {
    case Load(address) => read(address); finish()
    case Store(address) => write(address, judge.step * 64 + id + 1); finish()
    case Increment(_) if aside >= 0 =>
      read(aside)
      aside = -1
      wakeCycle = now + random.nextInt(1, 20)
    case Increment(address) => linkedValue match {
      case None =>
        if (!incrementsOnly && random.nextInt(3) == 0) aside = lines(random.nextInt(lines.size))
        linkedValue = Some(read(address))
        link = geometry.lineAddress(address)
        wakeCycle = now + random.nextInt(1, 20)
      case Some(value) =>
        linkedValue = None
        if (link < 0) wakeCycle = now + random.nextInt(1, 40)
        else {
          link = -1
          write(address, value + 1)
          increments += 1
          finish()
        }
    }
    case Fetch(_) | FlushEverywhere(_) => throw new Violation("not a data access")
  }

  private def finish(): Unit = {
    left -= 1
    if (left > 0) {
      begin()
      val think = random.nextInt(6) match {
        case 0 => 0
        case 1 => random.nextInt(200)
        case _ => random.nextInt(20)
      }
      if (think == 0 && !controller.stalled) go() else wakeCycle = now + 1 + think
    }
  }

  override def accessReady(kind: AccessKind, line: Long, words: Array[Byte]): Unit = operation match {
    case Fetch(wanted) if kind == AccessKind.FETCH && wanted == line =>
      val word = java.nio.ByteBuffer.wrap(words).getLong(0)
      if (!judge.heldSince(line, word, requestedAtStep))
        throw new Violation(f"cpu$id fetched $word%d from 0x$line%x, not held since it asked")
      instructions(line) = word
      finish()
    case FlushEverywhere(wanted) if kind == AccessKind.GLOBAL_INVALIDATE_I && wanted == line =>
      for (other <- everybody(); word <- other.instructions.get(line))
        if (!judge.heldSince(line, word, requestedAtStep))
          throw new Violation(f"cpu${other.id} still holds $word%d of 0x$line%x after the flush")
      finish()
    case _ => perform()
  }

  override def lineLost(line: Long): Unit = if (line == link) link = -1

  override def invalidateInstructionLine(line: Long): Unit = instructions.remove(line)

  def stuckOn: Option[String] = controller.outstanding.toScala.map(_.describe(map))
  def progress: String = s"cpu$id has $left left, $operation, $increments increments"
  def writebacksPending: Int = controller.writebacksPending

  override def inspect(cycle: Long): Report = new Report {}

  override def foldState(hash: StateHash): Unit = {
    cache.foldState(hash)
    controller.foldState(hash)
  }
}

/**
 * One random machine with one random program; `run` throws when memory did not behave.
 *
 * @param topology what lies between so many CPUs; on boards, every CPU is home to a line
 * @param flitBytes that a link carries in a cycle; 0 for as many as it takes
 */
final class RandomCoherence(
    seed: Long, tables: Tables = Tables(), operations: Int = 120, contended: Boolean = false,
    topology: (Int, SplittableRandom) => Interconnect = (_, _) => Interconnect.CROSSBAR, flitBytes: Int = 0) {
  private val random = new SplittableRandom(seed)
  val cpuCount: Int = if (contended) 16 else random.nextInt(2, 9)
  private val geometry = new CacheGeometry(1 << random.nextInt(2), random.nextInt(1, 3), 16)
  private val interconnect = topology(cpuCount, new SplittableRandom(seed))
  private val board = new Board(
    "random", cpuCount, 1000, true, geometry, geometry, interconnect.boards * random.nextInt(1, 4),
    InterruptControllerKind.XLR_PIC, interconnect.boards,
    random.nextInt(1, 20), if (random.nextBoolean()) 0 else random.nextInt(80), 5, 5, false, 0, interconnect, flitBytes)
  val map = new MachineMap(board, java.util.List.of(new OwnedMemory(0x1000, 16, cpuCount)))
  val judge = new Judge
  private val lines = (0 until (if (contended) 1 else random.nextInt(1, 7))).map(0x1000L + 16 * _)
  val cpus: IndexedSeq[RandomCpu] = (0 until cpuCount).map { id =>
    new RandomCpu(id, map, geometry, lines, operations, contended, random.split(), judge, tables, () => cpus)
  }
  val slices: IndexedSeq[DirectorySlice] =
    (0 until board.directorySlices).map(i => new DirectorySlice(map.directorySlice(i), map, tables.home))
  // in the place of the interrupt controller
  private val silent = (0 until board.interruptSlices).map(_ => new DirectorySlice(map.directorySlice(0), map))
  val loop = new EventLoop(
    (cpus ++ silent ++ slices).zipWithIndex.map { case (process, id) =>
      if (flitBytes > 0) new EgressProcess(process, id, map) else process
    }, if (random.nextBoolean()) 0 else random.nextInt(1, 60), random.split())

  def report(slice: DirectorySlice): SliceReport = slice.inspect(loop.cycle).asInstanceOf[SliceReport]

  private def homeOf(line: Long) = slices(map.indexOfDirectorySlice(map.homeOf(line)))

  def run(afterEachStep: () => Unit = () => ()): this.type = {
    val limit = 4000L * cpuCount * operations
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

  /** One writer or many readers, and every readable copy holds what was last stored. */
  private def checkCopies(): Unit = lines.foreach { line =>
    val copies = for (cpu <- cpus; slot = cpu.cache.find(line) if slot >= 0 && cpu.cache.state(slot).readable)
      yield (cpu, slot)
    if (copies.size > 1)
      copies.find { case (cpu, slot) => cpu.cache.state(slot).writable }.foreach { case (cpu, _) =>
        throw new Violation(f"cpu${cpu.id} may write 0x$line%x, which ${copies.size}%d CPUs may read")
      }
    for ((cpu, slot) <- copies; address <- Seq(line, line + 8))
      judge.loaded(s"cpu${cpu.id} (without loading it)", address, cpu.cache.read(slot, address, 8))
  }

  private def checkEnd(): Unit = {
    cpus.find(_.left > 0).foreach { cpu =>
      throw new Violation(s"cpu${cpu.id} is stuck: ${cpu.stuckOn}")
    }
    if (cpus.exists(_.writebacksPending > 0)) throw new Violation("a writeback was never acknowledged")
    if (slices.exists(slice => !report(slice).busyLines.isEmpty))
      throw new Violation(slices.flatMap(report(_).busyLines.asScala).mkString("still busy: ", ", ", ""))
    for (line <- lines; address <- Seq(line, line + 8)) {
      val memory = report(homeOf(line)).memory
      val value = memory.ownerOf(line) match {
        case MemorySnapshot.NOBODY => java.nio.ByteBuffer.wrap(memory.memoryLine(line)).getLong((address - line).toInt)
        case owner => cpus(owner).cache.read(cpus(owner).cache.find(line), address, 8)
      }
      judge.loaded("the end", address, value)
    }
    val counted = lines.map(line => judge.current(line + 8)).sum
    if (counted != cpus.map(_.increments).sum) throw new Violation("an increment was lost")
  }
}

object RandomCoherence {
  /** What the judge says of a run: nothing, or what went wrong. */
  def verdict(seed: Long, tables: Tables): Option[String] = verdictOf(new RandomCoherence(seed, tables))

  def verdictOf(machine: => RandomCoherence): Option[String] =
    try { machine.run(); None }
    catch { case e @ (_: Violation | _: BrokenInvariant) => Some(e.getMessage) }
}
