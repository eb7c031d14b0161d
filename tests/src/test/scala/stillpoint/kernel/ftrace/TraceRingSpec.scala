package stillpoint.kernel.ftrace

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.system.Machines._

/** The trace ring loses its oldest entries, and says how many were written. */
@RunWith(classOf[JUnitRunner])
class TraceRingSpec extends AnyWordSpec with Matchers {
  private def filled(capacity: Int, entries: Int, readings: Long*): TraceRing = {
    val ring = new TraceRing(readings.toArray, capacity)
    for (n <- 0 until entries) ring.add(new TraceEntry(n, 100 + n, 0))
    ring
  }
  private def cycles(view: TraceRing.View): Seq[Long] = view.asScala.toSeq.map(_.cycle)

  "A trace ring" should {
    "hold all entries until it is full" in {
      for (n <- Seq(0, 1, 7, 8)) {
        cycles(filled(8, n).view) shouldBe (0 until n)
        filled(8, n).view.written shouldBe n
      }
    }
    "hold exactly the newest once it is, however often it has gone round" in {
      for (n <- Seq(9, 15, 16, 17, 24, 100)) {
        cycles(filled(8, n).view) shouldBe (n - 8 until n)
        filled(8, n).view.written shouldBe n
      }
    }
    "still tell what it held when a reader came whose coming was announced" in {
      for (reading <- 0 until 60 by 7) {
        val then = filled(8, 100, reading).view.at(reading)
        then.written shouldBe reading + 1
        cycles(then) shouldBe (math.max(0, reading - 7) to reading)
      }
    }
  }

  "cat trace after the rings have gone round" should {
    "show the newest lines, and in its header both numbers" in {
      // 225 calls a pass of ten thousand instructions: the ring of 65,536 entries is full after three million
      val line = "cat /debug/tracing/trace"
      val run = simulate(Plan("upstream", 1, machine = "clock-mhz = 100", limits = "virtual-time = 100s",
        script = Some(Seq(Typed("100us", 0, EnableLine), Typed("110ms", 0, line)))))
      val shown = run.report.console.asScala.toSeq.dropWhile(!_.endsWith("# " + line)).tail
      val written = """# entries-in-buffer/entries-written: (\d+)/(\d+)   #P:1""".r
      val (held, all) = shown(2) match { case written(a, b) => (a.toLong, b.toLong) }
      held shouldBe TraceRing.CAPACITY
      all should be > held
      shown.count(_.contains(" <-")) shouldBe held
      // the first call of all was lost: tracing began at 100 us
      val first = shown.find(_.contains(" <-")).get
      """ (\d+\.\d+): """.r.findFirstMatchIn(first).get.group(1).toDouble should be > 0.001
    }
  }
}
