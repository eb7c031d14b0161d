package stillpoint.machine.smp

import java.util.OptionalLong

import scala.jdk.CollectionConverters._
import scala.jdk.OptionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.actors.{RunOptions, Simulation}
import stillpoint.machine.board.{Board, Interconnect}
import stillpoint.machine.board.Board.InterruptControllerKind
import stillpoint.machine.board.Board.InterruptControllerKind._
import stillpoint.machine.isa.Assembler
import stillpoint.machine.l1.CacheGeometry
import stillpoint.machine.time.{RunOutcome, SequentialEngine}

/**
 * Bare-metal guests that interrupt each other through a controller's registers. CPU 0 interrupts CPU 1 sixteen times, each time
 * after it has seen the answer in memory; CPU 1 waits, and its handler acknowledges and counts.
 */
@RunWith(classOf[JUnitRunner])
class MappedInterruptsSpec extends AnyWordSpec with Matchers {
  private val Text = 0xffffffff80100000L
  private val Exit = 0x1f000500L
  private val Controller = 0x1bdc0000L

  /** `prepare` by CPU 1, with s0 the registers; `send` by CPU 0; `acknowledge` by the handler, which may use k0 and k1. */
  private def guest(prepare: String, send: String, acknowledge: String, mask: Int) =
    s"""_start: b start
       |nop
       |.org 0x180
       |  dla   k0, $Controller + 0xffffffffa0000000
       |$acknowledge
       |  sync
       |  dla   k0, count
       |  lw    k1, 0(k0)
       |  addiu k1, k1, 1
       |  sw    k1, 0(k0)
       |  eret
       |start: dla t0, _start
       |  mtc0  t0, $$15, 1
       |  dla   s0, $Controller + 0xffffffffa0000000
       |  dla   s1, count
       |  mfc0  t0, $$15, 1
       |  andi  t0, t0, 0x3ff
       |  bnez  t0, receiver
       |  nop
       |1: lw   t0, 4(s1)          # the receiver is ready
       |  beqz  t0, 1b
       |  li    s2, 1
       |2:
       |$send
       |3: lw   t0, 0(s1)
       |  bne   t0, s2, 3b
       |  nop
       |  addiu s2, s2, 1
       |  slti  t0, s2, 17
       |  bnez  t0, 2b
       |  nop
       |  dla   t0, $Exit + 0xffffffffa0000000
       |  lw    t1, 0(s1)
       |  sw    t1, 0(t0)
       |4: b    4b
       |  nop
       |receiver:
       |$prepare
       |  li    t0, ${0xe1 | mask}
       |  mtc0  t0, $$12
       |  li    t0, 1
       |  sw    t0, 4(s1)
       |5: wait
       |  b     5b
       |  nop
       |.data
       |.align 6
       |count: .word 0, 0
       |""".stripMargin

  private val gic = guest(
    // interrupt 40: rising edges, to CPU 1's pin 2, unmasked
    """  li t0, 0x100
      |  sw t0, 0x104(s0)
      |  sw t0, 0x184(s0)
      |  lui t1, 0x8000
      |  addiu t1, t1, 2
      |  sw t1, 0x5a0(s0)
      |  li t1, 2
      |  sw t1, 0x2500(s0)
      |  sw t0, 0x384(s0)""".stripMargin,
    "  lui t1, 0x8000\n  addiu t1, t1, 40\n  sw t1, 0x280(s0)",
    "  li k1, 40\n  sw k1, 0x280(k0)", 0x1000)

  private val ciu = guest("  dli t0, 0x100000000\n  sd t0, 0x220(s0)", "  li t1, 4\n  sd t1, 0x608(s0)", "  li k1, 4\n  sd k1, 0x688(k0)", 0x400)

  private val pic = guest("  dli t0, 0x20000\n  sd t0, 0x818(s0)", "  lui t1, 1\n  ori t1, t1, 17\n  sw t1, 0x10(s0)",
    "  dli k1, 0x20000\n  sd k1, 0x810(k0)", 0x400)

  private val vsmp = guest("", "  li t1, 0x200\n  sw t1, 8(s0)", "  mtc0 zero, $13", 0x200)

  private def setup(kind: InterruptControllerKind, source: String, way: Interconnect = Interconnect.CROSSBAR, slices: Int = 1): SmpSetup = {
    val cache = new CacheGeometry(16, 2, 32)
    val board = new Board("test", 2, 1000, true, cache, cache, 2, kind, slices, 7, 20, 9, 11, false, 0, way, 0)
    val program = Assembler.program(source, Text)
    val image = program.sections.asScala.map(one => new SmpSetup.Piece(one.address & 0x1fffffff, one.content))
    val start = new SmpSetup.Start(0, Text, 0xe0, java.util.List.of())
    new SmpSetup(board, 42, 1L << 28, image.asJava, java.util.List.of(start), 1000000,
      OptionalLong.empty, OptionalLong.of(Exit), OptionalLong.of(Controller), false, false)
  }

  private def exit(outcome: RunOutcome) = outcome.finalReports.asScala.collectFirst { case it: SmpReport.Devices => it.exit.toScala }.flatten

  "Guests on bare CPUs" should {
    for ((kind, source) <- Seq(GIC -> gic, OCTEON_CIU -> ciu, XLR_PIC -> pic, VSMP -> vsmp))
      s"interrupt each other by $kind, with one digest on any number of threads" in {
        val outcome = SequentialEngine.run(new SmpMachine(setup(kind, source)), new SmpJudge(5000))
        exit(outcome) shouldBe Some(16L)
        outcome.finalReports.asScala.collect { case it: SmpReport.Controller => it.spurious }.sum shouldBe 0
        Simulation.run(new SmpMachine(setup(kind, source)), new SmpJudge(5000), RunOptions.onThreads(2)).digest shouldBe outcome.digest
      }
  }

  "A local interrupt of the GIC" should {
    "wake its processor when the counter meets Compare" in {
      val source =
        s"""_start: b start
           |nop
           |.org 0x180
           |  dla k0, $Exit + 0xffffffffa0000000
           |  li k1, 7
           |  sw k1, 0(k0)
           |1: b 1b
           |  nop
           |start: dla t0, _start
           |  mtc0 t0, $$15, 1
           |  dla s0, $Controller + 0xffffffffa0008000
           |  mfc0 t0, $$15, 1
           |  andi t0, t0, 1
           |  beqz t0, 2f
           |  li t0, 5000
           |  sd t0, 0xa0(s0)
           |  lui t0, 0x8000
           |  addiu t0, t0, 1
           |  sw t0, 0x44(s0)
           |  li t0, 2
           |  sw t0, 0x10(s0)
           |2: li t0, 0x8e1
           |  mtc0 t0, $$12
           |3: wait
           |  b 3b
           |  nop
           |""".stripMargin
      val outcome = SequentialEngine.run(new SmpMachine(setup(GIC, source)), new SmpJudge(5000))
      exit(outcome) shouldBe Some(7L)
      val cycles = outcome.finalReports.asScala.collect { case cpu: SmpReport.Cpu => cpu.registers }
      cycles should have size 2
    }
  }
}
