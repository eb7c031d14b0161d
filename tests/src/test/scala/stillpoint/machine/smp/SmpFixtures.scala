package stillpoint.machine.smp

import java.util.OptionalLong

import scala.jdk.CollectionConverters._
import scala.jdk.OptionConverters._

import stillpoint.actors.{RunOptions, Simulation}
import stillpoint.machine.board.{Board, Interconnect, MemoryOrder}
import stillpoint.machine.isa.{Assembler, RegisterNames}
import stillpoint.machine.l1.CacheGeometry
import stillpoint.machine.time.{RunOutcome, SequentialEngine}

/** Bare multiprocessors with small caches, and what guests leave in them. */
trait SmpFixtures {
  val Text = 0xffffffff80100000L
  val Uart = 0x180003f8L
  val Exit = 0x1f000500L

  def board(cpus: Int, way: Interconnect = Interconnect.CROSSBAR, jitter: Int = 0, flits: Int = 0, slices: Int = 2, bigEndian: Boolean = true,
      order: MemoryOrder = MemoryOrder.SC): Board = {
    val cache = new CacheGeometry(16, 2, 32)
    new Board("test", cpus, 1000, bigEndian, cache, cache, slices, Board.InterruptControllerKind.XLR_PIC, way.boards, 7, 20, 9, 11,
      false, jitter, way, flits, order)
  }

  def setup(source: String, board: Board, most: Long = 1000000): SmpSetup = {
    val program = Assembler.program(source, new Assembler.Settings(board.bigEndian, true, Text, 0))
    val image = program.sections.asScala.map(one => new SmpSetup.Piece(one.address & 0x1fffffff, one.content))
    val start = new SmpSetup.Start(0, Option(program.labels.get("_start")).fold(Text)(_.longValue), 0xe0, java.util.List.of())
    new SmpSetup(board, 42, 1L << 28, image.asJava, java.util.List.of(start), most,
      OptionalLong.of(Uart), OptionalLong.of(Exit), false, false)
  }

  def run(setup: SmpSetup): RunOutcome = SequentialEngine.run(new SmpMachine(setup), new SmpJudge(5000))

  def digestOn(threads: Int, setup: SmpSetup): String =
    Simulation.run(new SmpMachine(setup), new SmpJudge(5000), RunOptions.onThreads(threads)).digest

  def cpus(outcome: RunOutcome): Seq[SmpReport.Cpu] = outcome.finalReports.asScala.collect { case cpu: SmpReport.Cpu => cpu }.toSeq
  def exit(outcome: RunOutcome): Option[Long] =
    outcome.finalReports.asScala.collectFirst { case it: SmpReport.Devices => it.exit.toScala.map(_.longValue) }.flatten
  def register(cpu: SmpReport.Cpu, name: String): Long = cpu.registers.general()(RegisterNames.numberOf(name))
}
