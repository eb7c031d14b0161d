package stillpoint.kernel.report

import java.util.EnumSet

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.report.Verdict._

/** One hang gives one verdict: of any two findings the same one always wins. */
@RunWith(classOf[JUnitRunner])
class VerdictLadderSpec extends AnyWordSpec with Matchers {
  private val gravestFirst = Seq(
    DEADLOCK, LOST_MESSAGE, LIVELOCK, LOCKUP, UNDEFINED_EXECUTION, GUEST_FAULT, LIMIT_REACHED, WARNINGS, HEALTHY)

  "The ladder" should {
    "know every verdict once" in {
      gravestFirst.toSet shouldBe Verdict.values.toSet
      VerdictLadder.GRAVEST_FIRST.asScala shouldBe gravestFirst
    }
    "choose the graver of every pair, in either order" in {
      for (graver <- gravestFirst.indices; other <- graver until gravestFirst.size) {
        VerdictLadder.of(java.util.List.of(gravestFirst(graver), gravestFirst(other))) shouldBe gravestFirst(graver)
        VerdictLadder.of(java.util.List.of(gravestFirst(other), gravestFirst(graver))) shouldBe gravestFirst(graver)
      }
    }
    "call a run without findings healthy" in {
      VerdictLadder.of(EnumSet.noneOf(classOf[Verdict])) shouldBe HEALTHY
    }
  }
}
