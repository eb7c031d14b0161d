package stillpoint.machine.interrupt

import scala.collection.mutable
import scala.util.Random

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.machine.board.Board.InterruptControllerKind._

/**
 * Goal: no interrupt is lost or made up, whatever devices and programs do. Method: random lines and register accesses, after each of
 * which what a controller shows is compared with a model kept here that knows interrupts one by one, not as bits of words.
 */
@RunWith(classOf[JUnitRunner])
class RandomControllersSpec extends AnyWordSpec with Matchers {

  /** An interrupt of a GIC as the manual describes one. */
  private final class Line {
    var high, edge, seen = false // the input, the edge register, whether anybody drives it
    var edgeTriggered, risingOrHigh, both, unmasked = false
    var pin = Option.empty[Int]
    var processors = Set.empty[Int]
    def drive(level: Boolean): Unit = {
      if (edgeTriggered && level != high && (both || level == risingOrHigh)) edge = true
      high = level
      seen = true
    }
    def pending: Boolean = if (edgeTriggered) edge else seen && high == risingOrHigh
  }

  "A GIC" should {
    "show each interrupt at the pins that it is routed to while it is pending and unmasked, over random accesses" in {
      for (seed <- 1 to 8) {
        val random = new Random(seed)
        val vps = 1 + random.nextInt(8)
        val it = MappedController.of(GIC, vps)
        val lines = Array.fill(256)(new Line)
        val busy = Array.fill(12)(random.nextInt(256)) // few, so that things meet
        def change(offset: Int, n: Int, value: Boolean): Unit = {
          val at = offset + n / 32 * 4
          val old = it.read(0, 0, at, 4)
          it.write(0, 0, at, 4, if (value) old | 1L << n % 32 else old & ~(1L << n % 32))
        }
        for (step <- 1 to 3000) {
          val n = busy(random.nextInt(busy.length))
          val line = lines(n)
          val flag = random.nextBoolean()
          random.nextInt(11) match {
            case 0 | 1 | 2 => line.drive(flag); it.input(n, flag)
            case 3 => if (flag || line.edge) line.edge = flag; it.write(0, 0, 0x280, 4, (if (flag) 1L << 31 else 0) | n)
            case 4 => line.unmasked = flag; it.write(0, 0, (if (flag) 0x380 else 0x300) + n / 64 * 8, 8, 1L << n % 64)
            case 5 => line.edgeTriggered = flag; change(0x180, n, flag)
            case 6 => line.risingOrHigh = flag; change(0x100, n, flag)
            case 7 => line.both = flag; change(0x200, n, flag)
            case 8 | 9 =>
              line.pin = if (flag) Some(random.nextInt(6)) else None
              it.write(0, 0, 0x500 + 4 * n, 4, line.pin.fold(0L)(_ | 1L << 31))
            case _ =>
              line.processors = Set(random.nextInt(vps))
              it.write(0, 0, 0x2000 + 32 * n, 4, 1L << line.processors.head)
          }
          withClue(s"seed $seed, step $step, interrupt $n: ") {
            (it.read(0, 0, 0x480 + n / 32 * 4, 4) >> n % 32 & 1) shouldBe (if (line.pending) 1 else 0)
            for (vp <- 0 until vps) {
              val expected = lines.filter(l => l.pending && l.unmasked && l.processors(vp)).flatMap(_.pin).distinct.map(1 << _).sum
              if (it.levels(vp) != expected) fail(s"vp $vp has pins ${it.levels(vp)}, not $expected")
            }
          }
        }
      }
    }
  }

  "A CIU" should {
    "raise a core's lines exactly while an enabled source or mailbox bit is there, over random accesses" in {
      for (seed <- 1 to 8) {
        val random = new Random(seed)
        val cores = 1 + random.nextInt(8)
        val it = MappedController.of(OCTEON_CIU, cores)
        val mail = Array.fill(cores)(mutable.Set.empty[Int])
        val up, edges = mutable.Set.empty[Int]
        val enabled = Array.fill(2 * cores)(Set.empty[Int])
        val kept = (16 to 31).toSet ++ (52 to 55)
        def word(bits: Iterable[Int]): Long = bits.foldLeft(0L)((w, bit) => w | 1L << bit)
        for (step <- 1 to 3000) {
          val core = random.nextInt(cores)
          val bits = Set.fill(2)(random.nextInt(32))
          val source = Seq(0, 16, 20, 34, 40, 52, 55, 63)(random.nextInt(8))
          random.nextInt(6) match {
            case 0 => mail(core) ++= bits; it.write(0, 0, 0x600 + 8 * core, 8, word(bits))
            case 1 => mail(core) --= bits; it.write(0, 0, 0x680 + 8 * core, 8, word(bits))
            case 2 =>
              if (up.add(source) && kept(source)) edges += source
              it.input(source, true)
            case 3 => up -= source; it.input(source, false)
            case 4 => edges -= source; it.write(0, 0, 16 * core, 8, 1L << source)
            case _ =>
              val line = random.nextInt(2 * cores)
              enabled(line) = Set.fill(3)(random.nextInt(64)) ++ (if (random.nextBoolean()) Set(32, 33) else Set.empty)
              it.write(0, 0, 0x200 + 16 * line, 8, word(enabled(line)))
          }
          for (c <- 0 until cores) {
            val pending = (up.toSet -- kept) ++ edges ++ mail(c).map(bit => if (bit < 16) 32 else 33)
            val expected = (0 to 1).filter(l => (enabled(2 * c + l) & pending).nonEmpty).map(1 << _).sum
            if (it.levels(c) != expected) fail(s"seed $seed, step $step: core $c has ${it.levels(c)}, not $expected")
            it.read(0, 0, 0x600 + 8 * c, 8) shouldBe word(mail(c))
          }
        }
      }
    }
  }

  "A PIC" should {
    "deliver every edge that comes, those that come together or before an acknowledgement as one, over random accesses" in {
      for (seed <- 1 to 8) {
        val random = new Random(seed)
        val threads = 1 + random.nextInt(8)
        val it = MappedController.of(XLR_PIC, threads)
        // all sources are valid edges with a vector and a thread of their own
        for (source <- 0 until 32) {
          it.write(0, 0, 4 * (0x40 + source), 4, 1L << source % threads)
          it.write(0, 0, 4 * (0x80 + source), 4, 1L << 31 | source + 8)
        }
        val up, waiting, inService = mutable.Set.empty[Int]
        val raised = Array.fill(threads)(mutable.Set.empty[Int])
        def deliver(source: Int): Unit = if (!inService(source) && waiting.remove(source)) {
          inService += source
          raised(source % threads) += source + 8
        }
        for (step <- 1 to 3000) {
          val source = random.nextInt(6)
          random.nextInt(5) match {
            case 0 | 1 => if (up.add(source)) waiting += source; deliver(source); it.input(source, true)
            case 2 => up -= source; it.input(source, false)
            case 3 => inService -= source; deliver(source); it.write(0, 0, 4 * 6, 4, 1L << source)
            case _ =>
              val thread = random.nextInt(threads)
              it.write(0, 0, 0x800 + 16 * thread, 8, it.read(0, 0, 0x800 + 16 * thread, 8))
              raised(thread).clear()
          }
          for (thread <- 0 until threads) {
            val expected = raised(thread).foldLeft(0L)((word, vector) => word | 1L << vector)
            val shown = it.read(0, 0, 0x800 + 16 * thread, 8)
            if (shown != expected) fail(f"seed $seed, step $step: thread $thread has $shown%x, not $expected%x")
          }
        }
      }
    }
  }
}
