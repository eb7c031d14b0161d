package stillpoint.machine.interrupt

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.machine.board.Board.InterruptControllerKind
import stillpoint.machine.board.Board.InterruptControllerKind._
import stillpoint.machine.time.StateHash

/** The registers of each controller, by the offsets that public documentation gives, and the rules behind them. */
@RunWith(classOf[JUnitRunner])
class MappedControllersSpec extends AnyWordSpec with Matchers {

  /** A controller with its accesses, as virtual processor `vp` at a cycle. */
  private class Bench(kind: InterruptControllerKind, vps: Int = 4) {
    val it: MappedController = MappedController.of(kind, vps)
    var cycle = 0L
    def read(offset: Int, bytes: Int = 4, vp: Int = 0): Long = it.read(cycle, vp, offset, bytes)
    def write(offset: Int, value: Long, bytes: Int = 4, vp: Int = 0): Unit = it.write(cycle, vp, offset, bytes, value)
    def levels: Seq[Int] = (0 until vps).map(it.levels)
    def hash: Long = { val h = new StateHash; it.foldState(h); h.value }
    def pulse(source: Int): Unit = { it.input(source, true); it.input(source, false) }
  }

  "Any controller" should {
    "read 0 and ignore writes where no register is, in every size and for CPUs of other slices" in {
      for (kind <- InterruptControllerKind.values) withClue(kind) {
        val bench = new Bench(kind)
        for (offset <- 0 until bench.it.windowBytes by 4; bytes <- Seq(4, 8); vp <- Seq(-1, 3)) {
          bench.it.read(0, vp, offset, bytes)
          bench.it.write(0, vp, offset, bytes, 0x8000000180000001L)
        }
        bench.levels.foreach(level => (level & ~0x3f) shouldBe 0)
      }
    }
    "refuse more CPUs than its registers can name" in {
      for (kind <- InterruptControllerKind.values) withClue(kind) {
        val most = MappedController.of(kind, 1).mostVps
        MappedController.of(kind, most).mostVps shouldBe most
        an[IllegalArgumentException] should be thrownBy MappedController.of(kind, most + 1)
      }
    }
    "have its state in its hash" in {
      for (kind <- InterruptControllerKind.values) withClue(kind) {
        val bench = new Bench(kind)
        val before = bench.hash
        bench.it.input(5, true)
        bench.it.input(5, false)
        bench.it.input(3, kind != GIC)
        bench.hash should not be before
      }
    }
  }

  // shared section: bits of 64 interrupts
  private val Pol = 0x100; private val Trig = 0x180; private val Dual = 0x200; private val Wedge = 0x280
  private val Rmask = 0x300; private val Smask = 0x380; private val Mask = 0x400; private val Pend = 0x480
  private def mapPin(interrupt: Int) = 0x500 + 4 * interrupt
  private def mapVp(interrupt: Int) = 0x2000 + 32 * interrupt
  private val Local = 0x8000; private val Other = 0xc000

  /** An edge interrupt of a processor and pin, unmasked. */
  private def routed(bench: Bench, interrupt: Int, vp: Int, pin: Int, edge: Boolean = true): Unit = {
    val (at, bit) = (interrupt / 64 * 8, 1L << interrupt % 64)
    bench.write(Pol + at, bench.read(Pol + at, 8) | bit, 8)
    if (edge) bench.write(Trig + at, bench.read(Trig + at, 8) | bit, 8)
    bench.write(mapPin(interrupt), 1L << 31 | pin)
    bench.write(mapVp(interrupt), 1L << vp)
    bench.write(Smask + at, bit, 8)
  }

  "GIC_SH_CONFIG" should {
    "say how many interrupts and processors there are, that the counter has 64 bits, and stop it" in {
      val bench = new Bench(GIC, 6)
      bench.read(0) shouldBe (8 << 24 | 31 << 16 | 5)
      bench.cycle = 100
      bench.read(0x10, 8) shouldBe 100
      bench.write(0, 1 << 28)
      bench.read(0) shouldBe (1 << 28 | 8 << 24 | 31 << 16 | 5)
      bench.cycle = 200
      bench.read(0x10, 8) shouldBe 100
      bench.write(0, 0)
      bench.cycle = 250
      (bench.read(0x10), bench.read(0x14), bench.read(0x10000, 8)) shouldBe ((150, 0, 150))
    }
  }

  "GIC_SH_COUNTER" should {
    "be written in halves and wholly" in {
      val bench = new Bench(GIC)
      bench.write(0x14, 7)
      bench.write(0x10, 9)
      bench.read(0x10, 8) shouldBe (7L << 32 | 9)
      bench.write(0x10, 5, 8)
      (bench.read(0x10), bench.read(0x14)) shouldBe ((5, 0))
      bench.write(0x10000, 77, 8) // the user's view is for reading
      bench.read(0x10, 8) shouldBe 5
    }
  }

  "GIC masks" should {
    "be set by SMASK and cleared by RMASK, bit by bit, in words and doublewords" in {
      val bench = new Bench(GIC)
      bench.write(Smask, 0xff)
      bench.write(Smask + 4, 0xf0)
      bench.write(Smask + 24, 1L << 63, 8)
      bench.write(Rmask, 0x0f)
      bench.read(Mask, 8) shouldBe 0xf0000000f0L
      bench.read(Mask + 4) shouldBe 0xf0
      bench.read(Mask + 28) shouldBe 0x80000000L
      bench.write(Mask, 0) // for reading only
      bench.read(Mask) shouldBe 0xf0
      bench.write(Rmask + 4, 0xf0)
      bench.read(Mask, 8) shouldBe 0xf0
    }
    "hide what is pending from the pins, not from GIC_SH_PEND" in {
      val bench = new Bench(GIC)
      routed(bench, 40, 2, 1)
      bench.write(Rmask + 4, 1 << 8)
      bench.write(Wedge, 1L << 31 | 40)
      (bench.levels, bench.read(Pend, 8)) shouldBe ((Seq(0, 0, 0, 0), 1L << 40))
      bench.write(Smask + 4, 1 << 8)
      bench.levels shouldBe Seq(0, 0, 2, 0)
    }
  }

  "GIC_SH_WEDGE" should {
    "set and clear the edge of an interrupt, and count clears of nothing" in {
      val bench = new Bench(GIC)
      routed(bench, 255, 3, 5)
      bench.write(Wedge, 1L << 31 | 255)
      (bench.levels, bench.read(Pend + 24, 8)) shouldBe ((Seq(0, 0, 0, 0x20), Long.MinValue))
      bench.write(Wedge, 255)
      (bench.levels, bench.it.spurious) shouldBe ((Seq(0, 0, 0, 0), 0))
      bench.write(Wedge, 255)
      bench.it.spurious shouldBe 1
    }
    "make no level interrupt pending" in {
      val bench = new Bench(GIC)
      routed(bench, 7, 0, 0, edge = false)
      bench.write(Wedge, 1L << 31 | 7)
      bench.read(Pend) & 0x80 shouldBe 0
    }
  }

  "A GIC input" should {
    "be an interrupt while its level is that of POL, if it is level-triggered" in {
      val bench = new Bench(GIC)
      routed(bench, 9, 1, 0, edge = false)
      bench.it.input(9, false)
      bench.levels shouldBe Seq(0, 0, 0, 0)
      bench.it.input(9, true)
      bench.levels shouldBe Seq(0, 1, 0, 0)
      bench.write(Wedge, 9) // acknowledging changes nothing: the device does
      bench.levels shouldBe Seq(0, 1, 0, 0)
      bench.it.input(9, false)
      bench.levels shouldBe Seq(0, 0, 0, 0)
      bench.write(Pol, 0)
      bench.levels shouldBe Seq(0, 1, 0, 0)
    }
    "be an interrupt from its edge to a WEDGE write, if it is edge-triggered" in {
      val bench = new Bench(GIC)
      routed(bench, 9, 1, 0)
      bench.it.input(9, false)
      bench.it.input(9, true)
      bench.it.input(9, false)
      bench.levels shouldBe Seq(0, 1, 0, 0)
      bench.write(Wedge, 9)
      bench.levels shouldBe Seq(0, 0, 0, 0)
    }
    "look at the falling edge, or at both" in {
      val bench = new Bench(GIC)
      routed(bench, 9, 1, 0)
      bench.it.input(9, false)
      bench.write(Pol, 0)
      bench.it.input(9, true)
      bench.levels(1) shouldBe 0
      bench.it.input(9, false)
      bench.levels(1) shouldBe 1
      bench.write(Wedge, 9)
      bench.write(Dual, 1 << 9)
      bench.it.input(9, true)
      bench.levels(1) shouldBe 1
      bench.write(Wedge, 9)
      bench.it.input(9, false)
      bench.levels(1) shouldBe 1
    }
  }

  "GIC routing" should {
    "move an interrupt to another processor and pin while it is pending" in {
      val bench = new Bench(GIC)
      routed(bench, 20, 0, 0)
      bench.write(Wedge, 1L << 31 | 20)
      bench.write(mapVp(20), 1 << 3)
      bench.levels shouldBe Seq(0, 0, 0, 1)
      bench.write(mapPin(20), 1L << 31 | 4)
      bench.levels shouldBe Seq(0, 0, 0, 0x10)
      (bench.read(mapVp(20)), bench.read(mapPin(20))) shouldBe ((8, 1L << 31 | 4))
      bench.write(mapPin(20), 4) // to no pin
      bench.levels shouldBe Seq(0, 0, 0, 0)
      bench.write(mapVp(20), 0xffffffffL)
      bench.read(mapVp(20), 8) shouldBe 0xf
    }
  }

  "GIC local interrupts" should {
    "come from the counter when it meets Compare, to the pin that is mapped, until Compare is written" in {
      val bench = new Bench(GIC)
      bench.write(Local + 0xa0, 50, 8, vp = 2)
      bench.write(Local + 0x44, 1L << 31 | 3, vp = 2)
      bench.it.nextCycle(10) shouldBe 50
      bench.it.advance(50)
      (bench.read(Local + 4, vp = 2), bench.levels) shouldBe ((2, Seq(0, 0, 0, 0)))
      bench.write(Local + 0x10, 2, vp = 2)
      (bench.read(Local + 8, vp = 2), bench.levels) shouldBe ((2, Seq(0, 0, 8, 0)))
      bench.it.nextCycle(50) shouldBe Long.MaxValue
      bench.write(Local + 0xa0, 90, vp = 2)
      (bench.levels, bench.it.nextCycle(50)) shouldBe ((Seq(0, 0, 0, 0), 90))
      bench.write(Local + 0xc, 2, vp = 2)
      bench.read(Local + 8, vp = 2) shouldBe 0
      (bench.read(Local + 0xa0, vp = 2), bench.read(Local + 0xa4, vp = 2)) shouldBe ((90, 0))
    }
    "not come from a counter that is stopped" in {
      val bench = new Bench(GIC)
      bench.write(Local + 0xa0, 50, 8)
      bench.write(0, 1 << 28)
      bench.it.nextCycle(10) shouldBe Long.MaxValue
    }
    "be another processor's through the redirected section" in {
      val bench = new Bench(GIC)
      bench.write(Local + 0x80, 2, vp = 1)
      (bench.read(Local + 0x80, vp = 1), bench.read(Other + 0x88, vp = 1), bench.read(Local + 0x88, vp = 1)) shouldBe ((2, 2, 1))
      bench.write(Other + 0x10, 0x7f, vp = 1)
      (bench.read(Local + 8, vp = 2), bench.read(Local + 8, vp = 1)) shouldBe ((0x7f, 0))
      for (map <- 0x40 to 0x58 by 4) {
        bench.write(Local + map, 0x80000000L | map & 31, vp = 2)
        bench.read(Local + map, vp = 2) shouldBe (0x80000000L | map & 31)
      }
      bench.write(Local + 0x80, 9, vp = 1)
      bench.read(Other + 0x88, vp = 1) shouldBe 0 // there is no ninth
    }
  }

  "The CIU's mailboxes" should {
    "be set and cleared bit by bit, read at either address, and show in SUM0's bits 32 and 33" in {
      val bench = new Bench(OCTEON_CIU)
      bench.write(0x600 + 8 * 2, 0x10005, 8, vp = 0)
      bench.write(0x600 + 8 * 2, 2, 8, vp = 1)
      (bench.read(0x610, 8), bench.read(0x690, 8)) shouldBe ((0x10007, 0x10007))
      (bench.read(16 * 2, 8), bench.read(16 * 2 + 8, 8), bench.read(0, 8)) shouldBe ((3L << 32, 3L << 32, 0))
      bench.levels shouldBe Seq(0, 0, 0, 0)
      bench.write(0x200 + 32 * 2, 1L << 33, 8)
      bench.levels shouldBe Seq(0, 0, 1, 0)
      bench.write(0x200 + 32 * 2 + 16, 1L << 32, 8)
      bench.levels shouldBe Seq(0, 0, 3, 0)
      bench.write(0x680 + 8 * 2, 0x10000, 8)
      (bench.levels, bench.read(0x610, 8), bench.it.spurious) shouldBe ((Seq(0, 0, 2, 0), 7, 0))
      bench.write(0x680 + 8 * 2, 0x10000, 8)
      bench.it.spurious shouldBe 1
      bench.read(0x200 + 32 * 2 + 16, 8) shouldBe 1L << 32
    }
  }

  "The CIU's sources" should {
    "be levels, but for GPIO and timers, whose edges are kept until a one is written" in {
      val bench = new Bench(OCTEON_CIU)
      for (core <- 0 until 4) bench.write(0x200 + 32 * core, if (core < 2) -1L else 0, 8)
      bench.it.input(34, true) // a UART
      bench.levels shouldBe Seq(1, 1, 0, 0)
      bench.write(0, 1L << 34, 8)
      bench.levels shouldBe Seq(1, 1, 0, 0)
      bench.it.input(34, false)
      bench.levels shouldBe Seq(0, 0, 0, 0)
      for (source <- Seq(16, 31, 52, 55)) {
        bench.pulse(source)
        (bench.read(0, 8), bench.levels) shouldBe ((1L << source, Seq(1, 1, 0, 0)))
        bench.write(0, 1L << source, 8)
        bench.levels shouldBe Seq(0, 0, 0, 0)
      }
      val before = bench.it.spurious
      bench.write(0, 1L << 16, 8)
      bench.it.spurious shouldBe before + 1
      bench.it.input(32, true) // the mailboxes' bits are theirs
      bench.read(0, 8) shouldBe 0
    }
    "be registers of 64 bits only" in {
      val bench = new Bench(OCTEON_CIU)
      bench.write(0x600, 1)
      (bench.read(0x600, 8), bench.read(0x600)) shouldBe ((0, 0))
    }
  }

  private def table0(source: Int) = 4 * (0x40 + source)
  private def table1(source: Int) = 4 * (0x80 + source)
  private def eirr(thread: Int) = 0x800 + 16 * thread
  private def eimr(thread: Int) = 0x808 + 16 * thread

  "PIC_IPI" should {
    "raise a vector at a thread of a core, which merges with one that is pending" in {
      val bench = new Bench(XLR_PIC, 8)
      for (thread <- 0 until 8) bench.write(eimr(thread), -1, 8)
      bench.write(4 * 4, 1 << 20 | 2 << 16 | 35)
      bench.write(4 * 4, 1 << 20 | 2 << 16 | 35)
      (bench.read(eirr(6), 8), bench.levels) shouldBe ((1L << 35, Seq(0, 0, 0, 0, 0, 0, 1, 0)))
      bench.write(eirr(6), 1L << 35, 8)
      bench.levels.sum shouldBe 0
      bench.write(4 * 4, 7 << 20 | 3 << 16 | 1) // no such thread
      bench.levels.sum shouldBe 0
    }
    "count acknowledgements of vectors that are not pending" in {
      val bench = new Bench(XLR_PIC)
      bench.write(4 * 4, 1 << 16 | 35)
      bench.write(eirr(1), 1L << 35, 8)
      bench.it.spurious shouldBe 0
      bench.write(eirr(1), 1L << 35, 8)
      bench.write(eirr(2), -1, 8)
      bench.it.spurious shouldBe 2
    }
    "wait at the thread while EIMR masks it" in {
      val bench = new Bench(XLR_PIC)
      bench.write(4 * 4, 1 << 16 | 63)
      bench.levels shouldBe Seq(0, 0, 0, 0)
      bench.write(eimr(1), Long.MinValue, 8)
      (bench.levels, bench.read(eimr(1), 8)) shouldBe ((Seq(0, 1, 0, 0), Long.MinValue))
    }
  }

  "The PIC's table" should {
    "deliver an edge once to the lowest thread of its mask, and another one that came meanwhile after INT_ACK" in {
      val bench = new Bench(XLR_PIC)
      bench.write(table0(9), 0xc)
      bench.pulse(9)
      bench.read(eirr(2), 8) shouldBe 0 // not valid yet: it waits
      bench.write(table1(9), 1L << 31 | 1 << 6 | 17)
      (bench.read(eirr(2), 8), bench.read(eirr(3), 8)) shouldBe ((1L << 17, 0))
      (bench.read(table0(9)), bench.read(table1(9))) shouldBe ((0xc, 1L << 31 | 1 << 6 | 17))
      bench.write(eirr(2), -1, 8)
      bench.pulse(9)
      bench.pulse(9)
      bench.read(eirr(2), 8) shouldBe 0
      bench.write(4 * 6, 1 << 9)
      bench.read(eirr(2), 8) shouldBe 1L << 17
      bench.write(eirr(2), -1, 8)
      bench.write(4 * 6, 1 << 9)
      (bench.read(eirr(2), 8), bench.it.spurious) shouldBe ((0, 0))
      bench.write(4 * 6, 1 << 9)
      bench.it.spurious shouldBe 1
    }
    "deliver a level again after INT_ACK as long as it is up" in {
      val bench = new Bench(XLR_PIC)
      bench.write(table0(9), 1)
      bench.write(table1(9), 3L << 30 | 17)
      bench.it.input(9, true)
      bench.write(eirr(0), -1, 8)
      bench.write(4 * 6, 1 << 9)
      bench.read(eirr(0), 8) shouldBe 1L << 17
      bench.write(eirr(0), -1, 8)
      bench.it.input(9, false)
      bench.write(4 * 6, 1 << 9)
      bench.read(eirr(0), 8) shouldBe 0
    }
    "follow a change of the mask" in {
      val bench = new Bench(XLR_PIC)
      bench.write(table1(4), 1L << 31 | 5)
      bench.pulse(4) // to nobody: it waits
      bench.write(table0(4), 1 << 3)
      bench.read(eirr(3), 8) shouldBe 32
    }
  }

  "VSMP" should {
    "raise another processor's software interrupts, once, and show the core's lines to all" in {
      val bench = new Bench(VSMP, 2)
      bench.write(8, 0x300)
      (bench.it.takeSoftwareInterrupts(0), bench.it.takeSoftwareInterrupts(1), bench.it.takeSoftwareInterrupts(1)) shouldBe ((0, 3, 0))
      bench.write(0, 0x1fc7f)
      bench.it.takeSoftwareInterrupts(0) shouldBe 0
      bench.it.input(3, true)
      bench.levels shouldBe Seq(8, 8)
      bench.it.input(3, false)
      bench.levels shouldBe Seq(0, 0)
      bench.read(0) shouldBe 0
    }
    "see no acknowledgement, and so count none" in {
      val bench = new Bench(VSMP, 2)
      for (offset <- 0 until bench.it.windowBytes by 4) bench.write(offset, 0x300)
      bench.write(8, 0)
      bench.it.spurious shouldBe 0
    }
  }
}
