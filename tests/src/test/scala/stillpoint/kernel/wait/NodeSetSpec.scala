package stillpoint.kernel.wait

import scala.util.Random

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

@RunWith(classOf[JUnitRunner])
class NodeSetSpec extends AnyWordSpec with Matchers {
  "A set of nodes" should {
    "hold, find and count what a plain set does" in {
      for (seed <- 0 until 200) {
        val random = new Random(seed)
        val bound = 1 + random.nextInt(200)
        val sets = Seq.fill(2)(new NodeSet(bound))
        val plain = Array.fill(2)(Set.empty[Int])
        for (_ <- 0 until 100) {
          val which = random.nextInt(2)
          val node = random.nextInt(bound)
          val member = random.nextBoolean()
          sets(which).set(node, member)
          plain(which) = if (member) plain(which) + node else plain(which) - node
        }
        val from = random.nextInt(bound + 1)
        withClue(s"seed $seed: ") {
          (0 until bound).filter(sets.head.get).toSet shouldBe plain(0)
          sets.head.size shouldBe plain(0).size
          sets.head.next(from) shouldBe plain(0).filter(_ >= from).minOption.getOrElse(-1)
          sets.head.nextOfBoth(from, sets(1)) shouldBe (plain(0) & plain(1)).filter(_ >= from).minOption.getOrElse(-1)
          sets.head.clear()
          sets.head.next(0) shouldBe -1
        }
      }
    }
  }
}
