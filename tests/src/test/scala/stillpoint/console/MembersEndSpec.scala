package stillpoint.console

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

/**
 * Goal: the end of a member waits for no other member's end. Method: members end one after the other, in several orders, shortly after
 * one has left; whoever's actors do not end says so in the log. See docs/decisions/0102.
 */
@RunWith(classOf[JUnitRunner])
class MembersEndSpec extends AnyWordSpec with Matchers {
  import TestMembers._

  for ((way, arguments) <- Seq[(String, () => Seq[String])]("TCP" -> (() => Seq.empty), "TLS" -> (() => Seq("--tls", TestKeys.node.toString)))) {
    s"Members over $way" should {
      "end while others stay" in {
        val lines = logged {
          for (turn <- 1 to 2) {
            val first = founder(arguments(): _*)
            val others = Seq.fill(3)(joining(first, Patience, arguments(): _*))
            others.last.leave()
            val left = first +: others.init
            (if (turn == 1) left else left.reverse).foreach(_.close())
          }
        }
        lines.filter(_.contains("did not end")) shouldBe empty
      }
    }
  }
}
