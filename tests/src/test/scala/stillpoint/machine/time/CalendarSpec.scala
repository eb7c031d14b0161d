package stillpoint.machine.time

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

@RunWith(classOf[JUnitRunner])
class CalendarSpec extends AnyWordSpec with Matchers {
  /** Runs a calendar beside a plain map through random windows; {@code jump}: how far ahead things are planned. */
  private def compare(size: Int, lookahead: Long, jump: Int, seed: Long): Unit = {
    val random = SeededRandom.ofSeed(seed)
    val calendar = new Calendar(size, lookahead)
    var oracle = Map.empty[Int, Long]
    val active = new Array[Int](size)
    var now = 0L
    def plan(index: Int, cycle: Long): Unit = {
      calendar.schedule(index, cycle)
      oracle = oracle.updated(index, math.min(cycle, oracle.getOrElse(index, Long.MaxValue)))
    }
    for (index <- 0 until size) plan(index, random.nextInt(jump).toLong)
    for (_ <- 1 to 300) {
      val next = oracle.values.minOption.getOrElse(LogicalProcess.NEVER)
      calendar.nextCycle shouldBe next
      if (next == LogicalProcess.NEVER) {
        plan(random.nextInt(size), now + random.nextInt(jump))
      } else {
        now = next + 1 + random.nextInt(lookahead.toInt)
        val count = calendar.take(now, active)
        active.take(count).toSeq shouldBe oracle.filter(_._2 < now).keys.toSeq.sorted
        oracle = oracle.filter(_._2 >= now)
        for (_ <- 1 to count) plan(random.nextInt(size), now + random.nextInt(jump))
        plan(random.nextInt(size), LogicalProcess.NEVER - random.nextInt(2))
        oracle = oracle.filter(_._2 != LogicalProcess.NEVER)
      }
    }
  }

  "A shard's calendar" should {
    "agree with a sorted map within its ring" in compare(50, 16, 40, 1)
    "agree with a sorted map far beyond its ring" in compare(50, 16, 100000, 2)
    "agree with a sorted map for a lookahead of one cycle" in compare(20, 1, 300, 3)
    "agree with a sorted map for a lookahead that is no power of two" in compare(300, 100, 20000, 4)
    "agree with a sorted map for a thousand processes, most of them active" in compare(1000, 64, 64, 5)
    "keep the earlier of two cycles" in {
      val calendar = new Calendar(2, 10)
      calendar.schedule(1, 500000)
      calendar.schedule(1, 30)
      calendar.schedule(1, 40)
      calendar.nextCycle shouldBe 30
      calendar.take(31, new Array[Int](2)) shouldBe 1
      calendar.nextCycle shouldBe LogicalProcess.NEVER
    }
    "refuse to plan in a window that is over" in {
      val calendar = new Calendar(1, 10)
      calendar.take(1000, new Array[Int](1))
      a[BrokenInvariant] should be thrownBy calendar.schedule(0, 900)
    }
  }
}
