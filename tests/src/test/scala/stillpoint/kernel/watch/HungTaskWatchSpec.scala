package stillpoint.kernel.watch

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.sched.TaskKind.{SHELL, STOPPER}

/** khungtaskd wakes at multiples of its timeout and reports who has slept for one. */
@RunWith(classOf[JUnitRunner])
class HungTaskWatchSpec extends AnyWordSpec with Matchers {
  private val timeout = 120L

  "The hung task watch" should {
    "need no timer while nobody sleeps" in {
      val watch = new HungTaskWatch(timeout)
      watch.nextCheckNanos shouldBe Long.MaxValue
      watch.fallsAsleep(SHELL, 7)
      watch.wakes(SHELL, 8)
      watch.nextCheckNanos shouldBe Long.MaxValue
    }
    "look when the sleeper will have slept for the timeout, at a multiple of it" in {
      for ((asleep, check) <- Seq(0L -> 120L, 1L -> 240L, 119L -> 240L, 120L -> 240L, 121L -> 360L)) {
        val watch = new HungTaskWatch(timeout)
        watch.fallsAsleep(SHELL, asleep)
        watch.nextCheckNanos shouldBe check
      }
    }
    "report a sleeper at the timeout and not before" in {
      val watch = new HungTaskWatch(timeout)
      watch.fallsAsleep(SHELL, 120)
      watch.check(239) shouldBe 0
      watch.check(240) shouldBe SHELL.wakeBit
    }
    "report again at each further check, ten times in all, then need no timer" in {
      val watch = new HungTaskWatch(timeout)
      watch.fallsAsleep(SHELL, 0)
      val reports = Iterator.iterate(0L)(_ => 0L).map(_ => watch.nextCheckNanos).takeWhile(_ != Long.MaxValue)
        .map(at => (at, watch.check(at))).toSeq
      reports.map(_._1) shouldBe (1 to 10).map(_ * timeout)
      all(reports.map(_._2)) shouldBe SHELL.wakeBit
    }
    "report everybody who sleeps" in {
      val watch = new HungTaskWatch(timeout)
      watch.fallsAsleep(SHELL, 0)
      watch.fallsAsleep(STOPPER, 1)
      watch.check(121) shouldBe (SHELL.wakeBit | STOPPER.wakeBit)
    }
    "never look when it is turned off" in {
      val watch = new HungTaskWatch(0)
      watch.fallsAsleep(SHELL, 0)
      watch.nextCheckNanos shouldBe Long.MaxValue
    }
  }
}
