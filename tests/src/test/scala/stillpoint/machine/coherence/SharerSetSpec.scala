package stillpoint.machine.coherence

import java.util.SplittableRandom
import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import scala.collection.immutable.TreeSet
import scala.collection.mutable.ArrayBuffer

@RunWith(classOf[JUnitRunner])
class SharerSetSpec extends AnyWordSpec with Matchers {
  private def membersOf(sharers: SharerSet): Seq[Int] = {
    val members = ArrayBuffer.empty[Int]
    sharers.forEach(cpu => members += cpu)
    members.toSeq
  }

  "A set of sharers" should {
    "hold what was added and not removed, once and in ascending order, few or many, near or far" in {
      val random = new SplittableRandom(1)
      for (range <- Seq(5, 64, 5000, 1000000); size <- Seq(1, 2, 8, 9, 300)) {
        val sharers = new SharerSet
        var expected = TreeSet.empty[Int]
        for (_ <- 1 to size) {
          val cpu = random.nextInt(range)
          sharers.add(cpu)
          expected += cpu
        }
        membersOf(sharers) shouldBe expected.toSeq
        sharers.count shouldBe expected.size
        for (_ <- 1 to 50) {
          val cpu = random.nextInt(range)
          sharers.contains(cpu) shouldBe expected(cpu)
        }
        for (_ <- 1 to size) {
          val cpu = if (random.nextBoolean() || expected.isEmpty) random.nextInt(range) else expected.head
          sharers.remove(cpu)
          expected -= cpu
        }
        membersOf(sharers) shouldBe expected.toSeq
        sharers.count shouldBe expected.size
      }
    }
  }
}
