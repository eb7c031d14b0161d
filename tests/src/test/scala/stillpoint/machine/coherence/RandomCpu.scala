package stillpoint.machine.coherence

import java.nio.ByteBuffer
import java.util.SplittableRandom
import scala.collection.mutable
import scala.jdk.OptionConverters._
import stillpoint.machine.coherence.CoherenceProtocol.ToL1
import stillpoint.machine.interconnect.MachineMap
import stillpoint.machine.l1.{CacheGeometry, DataCache}
import stillpoint.machine.time.{LogicalProcess, Message, Outbox, Report, StateHash}

/**
 * The lines of a random program. Of each hot line 4 bytes at 0 take values, 4 bytes at 4 are stored to uncached only, and 8
 * at 8 are a counter. One line more is thrown away now and then, and one is only reached uncached.
 */
final case class Lines(hot: IndexedSeq[Long]) {
  val thrownAway = 0x1060L
  val uncached = 0x1070L
  val cached: IndexedSeq[Long] = hot :+ thrownAway
}

/** A CPU that does random accesses to a few hot lines. */
final class RandomCpu(
    val id: Int, map: MachineMap, geometry: CacheGeometry, lines: Lines, operations: Int,
    incrementsOnly: Boolean, random: SplittableRandom, judge: Judge, tables: Tables, everybody: () => Seq[RandomCpu],
    memoryOf: Long => Option[Array[Byte]])
    extends LogicalProcess with L1Controller.Listener {
  private sealed trait Operation
  private case class Load(address: Long) extends Operation
  private case class Store(address: Long) extends Operation
  private case class Increment(address: Long) extends Operation
  private case class Fetch(line: Long) extends Operation
  private case class DropInstructions(line: Long) extends Operation
  private case class FlushEverywhere(line: Long) extends Operation
  private case class Maintain(operation: DataCacheOperation, line: Long) extends Operation
  private case class LoadPast(address: Long) extends Operation
  private case class StorePast(address: Long, value: Long) extends Operation

  val cache = new DataCache(geometry, true)
  val instructions = mutable.Map.empty[Long, Long] // line -> its word 0 as fetched
  private val controller = new L1Controller(id, map, cache, this, tables.l1)
  private val afterHandle = random.nextBoolean()
  private val told = mutable.Map.empty[Long, (Boolean, Boolean)] // line -> (readable, writable), as this CPU knows
  private var operation: Operation = Load(lines.hot.head)
  private var readyWords: Option[Option[Array[Byte]]] = None
  private var linkedValue: Option[Long] = None
  private var link = -1L
  private var lost: Option[Long] = None // the line last lost
  private var aside = -1L // address of a load between ll and sc, or -1
  private var requestedAtStep = 0L
  private var wakeCycle = random.nextLong(20)
  private var now = 0L
  private var out: Outbox = _
  var left: Int = operations
  var increments = 0

  begin()

  private def pick[T](all: IndexedSeq[T]): T = all(random.nextInt(all.size))

  private def begin(): Unit = {
    // a line just lost is on its way home still
    val again = lost.filter(_ => !incrementsOnly && random.nextInt(3) == 0)
    val hottest = random.nextInt(3) == 0
    val line = again.filter(_ != lines.thrownAway).getOrElse(if (hottest) lines.hot.head else pick(lines.hot))
    operation = random.nextInt(26) match {
      case _ if incrementsOnly => Increment(line + 8)
      case n if again.contains(lines.thrownAway) => n % 7 match {
        case 0 => Load(lines.thrownAway)
        case 1 => Store(lines.thrownAway)
        case 2 => LoadPast(lines.thrownAway)
        case 3 => FlushEverywhere(lines.thrownAway)
        case 4 => Maintain(DataCacheOperation.WRITEBACK, lines.thrownAway)
        case 5 => Maintain(DataCacheOperation.WRITEBACK_INVALIDATE, lines.thrownAway)
        case _ => Maintain(DataCacheOperation.INVALIDATE, lines.thrownAway)
      }
      case n if n < 5   => Load(line + 8 * random.nextInt(2))
      case n if n < 9   => Store(line)
      case n if n < 13  => Increment(line + 8)
      case 13           => if (random.nextBoolean()) DropInstructions(line) else Fetch(line)
      case n if n < 16  => Fetch(line)
      case 16 | 17      => FlushEverywhere(line)
      case 18 | 19      => Maintain(if (random.nextBoolean()) DataCacheOperation.WRITEBACK_INVALIDATE else DataCacheOperation.WRITEBACK, line)
      case 20           => LoadPast(line + 4 * random.nextInt(2))
      case 21           => StorePast(line + 4, uniqueValue)
      case 22           => if (random.nextBoolean()) LoadPast(lines.uncached) else StorePast(lines.uncached, uniqueValue)
      case 23           => Maintain(DataCacheOperation.INVALIDATE, lines.thrownAway)
      case 24           => Load(lines.thrownAway)
      case _            => Store(lines.thrownAway)
    }
  }

  private def uniqueValue: Long = judge.step * 64 + id + 1

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
    if (readyWords.isDefined) {
      val words = readyWords.get
      readyWords = None
      perform(words)
      controller.answerDeferred(cycle + random.nextInt(10), outbox)
    }
  }

  private def request(kind: AccessKind, address: Long): Unit = {
    requestedAtStep = judge.step
    controller.request(kind, address, now, out)
  }

  private def readable(address: Long) = Option(cache.find(address)).filter(s => s >= 0 && cache.state(s).readable)
  private def writable(address: Long) = readable(address).filter(s => cache.state(s).writable)

  private def go(): Unit = operation match {
    case Load(address) => readable(address).fold(request(AccessKind.LOAD, address))(_ => perform(None))
    case Store(address) => writable(address).fold(request(AccessKind.STORE, address))(_ => perform(None))
    case Increment(_) if aside >= 0 => readable(aside).fold(request(AccessKind.LOAD, aside))(_ => perform(None))
    case Increment(address) if linkedValue.isEmpty =>
      readable(address).fold(request(AccessKind.LOAD, address))(_ => perform(None))
    case Increment(_) if link < 0 => linkedValue = None; go() // ll was lost: from the start
    case Increment(address) =>
      if (writable(address).isDefined) perform(None) else controller.requestStoreConditional(address, now, out)
    case DropInstructions(line) => instructions.remove(line); finish()
    case Fetch(line) => instructions.get(line) match {
      case Some(word) =>
        if (word != judge.current(line)) judge.staleExecutions += 1
        finish()
      case None => request(AccessKind.FETCH, line)
    }
    case FlushEverywhere(line) =>
      instructions.remove(line)
      request(AccessKind.GLOBAL_INVALIDATE_I, line)
    case Maintain(operation, line) =>
      requestedAtStep = judge.step
      val slot = cache.find(line)
      if (slot < 0 || random.nextBoolean()) controller.requestOperation(operation, line + random.nextInt(16), now, out)
      else if (!controller.requestIndexOperation(operation, slot, now, out))
        throw new Violation(s"slot $slot of cpu$id holds nothing")
    case LoadPast(address) =>
      requestedAtStep = judge.step
      controller.requestUncachedLoad(address, 4, now, out)
    case StorePast(address, value) =>
      judge.storesPast(address, value)
      controller.requestUncachedStore(address, ByteBuffer.allocate(4).putInt(value.toInt).array, now, out)
  }

  private def bytesAt(address: Long) = if (address % 16 == 8) 8 else 4

  private def checkOld(slot: Int, address: Long): Long = {
    val value = cache.read(slot, address, bytesAt(address))
    if (geometry.lineAddress(address) != lines.thrownAway) judge.loaded(s"cpu$id", address, value)
    else if (!judge.everHeld(address, value)) throw new Violation(s"cpu$id has $value, which nobody stored")
    value
  }

  private def read(address: Long): Long = {
    val slot = readable(address).getOrElse(throw new Violation(s"$id told to read what it cannot"))
    cache.touch(slot)
    checkOld(slot, address)
  }

  private def write(address: Long, value: Long): Unit = {
    val slot = writable(address).getOrElse(throw new Violation(s"$id told to write what it cannot"))
    cache.touch(slot)
    checkOld(slot, address)
    cache.write(slot, address, bytesAt(address), value)
    judge.stored(address, value)
  }

  private def perform(words: Option[Array[Byte]]): Unit = operation match {
    case Load(address) => read(address); finish()
    case Store(address) => write(address, uniqueValue); finish()
    case Increment(_) if aside >= 0 =>
      read(aside)
      aside = -1
      wakeCycle = now + random.nextInt(1, 20)
    case Increment(address) => linkedValue match {
      case None =>
        if (!incrementsOnly && random.nextInt(3) == 0) aside = pick(lines.hot)
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
    case Fetch(line) =>
      val word = ByteBuffer.wrap(words.get).getInt(0).toLong
      if (!judge.heldSince(line, word, requestedAtStep))
        throw new Violation(f"cpu$id fetched $word%d from 0x$line%x, not held since it asked")
      instructions(line) = word
      finish()
    case FlushEverywhere(line) =>
      for (other <- everybody(); word <- other.instructions.get(line))
        if (!judge.heldSince(line, word, requestedAtStep))
          throw new Violation(f"cpu${other.id} still holds $word%d of 0x$line%x after the flush")
      finish()
    case Maintain(operation, line) =>
      if (operation != DataCacheOperation.WRITEBACK && readable(line).isDefined)
        throw new Violation(f"cpu$id still has 0x$line%x, which it invalidated")
      if (line != lines.thrownAway) memoryOf(line).map(ByteBuffer.wrap).foreach { memory =>
        if (!judge.heldSince(line, memory.getInt(0).toLong, requestedAtStep) ||
            !judge.heldSince(line + 8, memory.getLong(8), requestedAtStep))
          throw new Violation(f"cpu$id wrote 0x$line%x back, nobody has it, and memory is older")
      }
      finish()
    case LoadPast(address) =>
      val value = ByteBuffer.wrap(words.get).getInt(0).toLong
      if (address == lines.thrownAway) {
        if (!judge.everHeld(address, value)) throw new Violation(s"cpu$id read $value past the caches, which nobody stored")
      } else if (address == lines.uncached) judge.loadedPast(s"cpu$id", address, value, requestedAtStep)
      else if (!(if (address % 16 == 0) judge.everHeld(address, value) else judge.everStoredPast(address, value)))
        throw new Violation(s"cpu$id read $value past the caches, which nobody stored")
      finish()
    case StorePast(address, value) => judge.storedPast(address, value); finish()
    case DropInstructions(_) => throw new Violation("nobody is asked to drop the own instructions")
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

  override def accessesAfterHandle: Boolean = afterHandle

  override def accessReady(kind: AccessKind, line: Long, words: Array[Byte]): Unit = {
    note(line)
    val wanted = operation match {
      case Load(_) | Increment(_)   => Set(AccessKind.LOAD, AccessKind.STORE)
      case Store(_)                 => Set(AccessKind.STORE)
      case Fetch(_)                 => Set(AccessKind.FETCH)
      case FlushEverywhere(_)       => Set(AccessKind.GLOBAL_INVALIDATE_I)
      case Maintain(_, _)           => Set(AccessKind.CACHE_OPERATION)
      case DropInstructions(_)      => Set.empty[AccessKind]
      case LoadPast(_) | StorePast(_, _) => Set(AccessKind.UNCACHED)
    }
    if (!wanted(kind)) throw new Violation(s"cpu$id hears that a $kind is ready, and wants $operation")
    if (afterHandle && kind != AccessKind.CACHE_OPERATION) readyWords = Some(Option(words)) else perform(Option(words))
  }

  /** What the CPU knows of a line: what it was told. */
  private def note(line: Long): Unit = told(line) = (readable(line).isDefined, writable(line).isDefined)

  /** A line that it believes to have is there; only its own store makes it writable unheard. */
  def checkTold(): Unit = told.foreach { case (line, (read, write)) =>
    if (read && readable(line).isEmpty || write && writable(line).isEmpty)
      throw new Violation(f"cpu$id was not told that it lost 0x$line%x")
  }

  override def lineLost(line: Long): Unit = {
    note(line)
    if (readable(line).isEmpty) lost = Some(line)
    if (line == link && readable(line).isEmpty) link = -1
  }

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
