package stillpoint.kernel.watch

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

/** The soft lockup watchdog's arithmetic is Linux's. Method: the watchdog alone, its samples taken when they are due. */
@RunWith(classOf[JUnitRunner])
class SoftLockupWatchdogSpec extends AnyWordSpec with Matchers {
  private val second = 1_000_000_000L

  /** (time in ns, seconds) of each report of a CPU that is stuck from {@code begin} on, its lines on a serial console. */
  private def reports(thresh: Long, begin: Long, until: Long, console: Boolean = true): Seq[(Long, Long)] = {
    val watchdog = new SoftLockupWatchdog(thresh, 0)
    val period = thresh * 2 / 5
    for {
      at <- period to until by period
      seconds = { watchdog.sampleDue(at) shouldBe true; watchdog.sample(at) }
      _ = if (at < begin) watchdog.stopperCouldRun(at)
      _ = if (seconds >= 0 && console) watchdog.consoleWrote()
      if seconds >= 0
    } yield (at, seconds)
  }

  "The soft lockup watchdog" should {
    "report 8, 16, 25, 34 and 42 s with watchdog_thresh = 3, as measured, for a lockup that begins at a fitting time" in {
      val all = (1 to 60).map(n => reports(3 * second, n * second, 120 * second).map(_._2).take(5))
      all should contain(Seq(8, 16, 25, 34, 42))
      for (found <- all) {
        found.head should (be >= 7L and be <= 8L)
        found.zip(found.tail).foreach { case (a, b) => b - a should (be >= 7L and be <= 9L) }
      }
    }
    "report at the first sample that is beyond the limit in its coarse seconds, never before" in {
      for (begin <- 1 to 60) {
        val (at, _) = reports(3 * second, begin * second, 120 * second).head
        val touched = (at - 1_200_000_000L * 12 to at by 1_200_000_000L).filter(t => t > 0 && t < begin * second).lastOption.getOrElse(0L)
        val unit = 1L << 30
        (at / unit - touched / unit) should be > 6L
        ((at - 1_200_000_000L) / unit - touched / unit) should be <= 6L
      }
    }
    "begin the limit anew at the report itself where no console touches it" in {
      val found = reports(3 * second, 30 * second, 120 * second, console = false).map(_._2)
      found.zip(found.tail).foreach { case (a, b) => b - a should (be >= 7L and be <= 8L) }
    }
    "scale: a thousandth of watchdog_thresh gives reports a thousand times sooner" in {
      val found = reports(10_000_000, 1_000_000, 100_000_000).map(_._1)
      found.head should (be > 20_000_000L and be <= 28_000_000L)
      found.size should be >= 3
    }
    "stay silent while its work can run" in {
      reports(3 * second, Long.MaxValue, 300 * second) shouldBe empty
    }
    "never sample when it is turned off" in {
      new SoftLockupWatchdog(0, 0).sampleDue(Long.MaxValue - 1) shouldBe false
    }
  }
}
