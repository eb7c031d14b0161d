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
    "report again at each further check, until it is silenced, then need no timer" in {
      val watch = new HungTaskWatch(timeout)
      watch.fallsAsleep(SHELL, 0)
      val reports = Seq.fill(12) { val at = watch.nextCheckNanos; (at, watch.check(at), watch.blockedNanos(SHELL, at)) }
      reports shouldBe (1 to 12).map(n => (n * timeout, SHELL.wakeBit, n * timeout))
      watch.silence()
      watch.nextCheckNanos shouldBe Long.MaxValue
      watch.fallsAsleep(STOPPER, 5000)
      watch.nextCheckNanos shouldBe Long.MaxValue
    }
    "count how long a task has slept from the check that first found it asleep" in {
      val watch = new HungTaskWatch(timeout)
      watch.fallsAsleep(SHELL, 7)
      watch.nextCheckNanos shouldBe 240
      watch.check(241) shouldBe SHELL.wakeBit
      watch.blockedNanos(SHELL, 241) shouldBe 120
      watch.check(362)
      watch.blockedNanos(SHELL, 362) shouldBe 240
    }
    "report everybody who sleeps" in {
      val watch = new HungTaskWatch(timeout)
      watch.fallsAsleep(SHELL, 0)
      watch.fallsAsleep(STOPPER, 1)
      watch.check(121) shouldBe SHELL.wakeBit // the other was first found at 120
      watch.check(241) shouldBe (SHELL.wakeBit | STOPPER.wakeBit)
    }
    "never look when it is turned off" in {
      val watch = new HungTaskWatch(0)
      watch.fallsAsleep(SHELL, 0)
      watch.nextCheckNanos shouldBe Long.MaxValue
    }
  }
}
