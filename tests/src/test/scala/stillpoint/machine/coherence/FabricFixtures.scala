package stillpoint.machine.coherence

import scala.collection.mutable.ArrayBuffer
import stillpoint.machine.board.Board
import stillpoint.machine.board.Board.InterruptControllerKind
import stillpoint.machine.interconnect.MachineMap
import stillpoint.machine.l1.CacheGeometry
import stillpoint.machine.time.{Message, Outbox}

/** Something that was sent. */
final case class Sent(target: Int, arrivalCycle: Long, message: Message)

/** Keeps what is sent until it is asked for. */
final class Recorder extends Outbox {
  private val sent = ArrayBuffer.empty[Sent]

  override def send(target: Int, arrivalCycle: Long, message: Message): Unit =
    sent += Sent(target, arrivalCycle, message)

  /** Everything since the last call. */
  def take(): Seq[Sent] = { val all = sent.toSeq; sent.clear(); all }

  def takeMessages(): Seq[Message] = take().map(_.message)
}

object FabricFixtures {
  val HomeLatency = 20
  val MemoryLatency = 50
  val LineBytes = 16

  /** A data cache of two lines, which every other line shares a set with. */
  val TwoLines = new CacheGeometry(2, 1, LineBytes)

  def mapOf(cpus: Int, slices: Int = 1): MachineMap = new MachineMap(new Board(
    "small", cpus, 1000, true, TwoLines, TwoLines, slices, InterruptControllerKind.XLR_PIC, 1, HomeLatency,
    MemoryLatency, 7, 9))

  /** A line of equal bytes. */
  def lineOf(byte: Int): Array[Byte] = Array.fill(LineBytes)(byte.toByte)
}
