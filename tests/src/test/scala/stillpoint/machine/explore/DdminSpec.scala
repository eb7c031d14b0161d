package stillpoint.machine.explore

import scala.jdk.CollectionConverters._
import scala.util.Random

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

@RunWith(classOf[JUnitRunner])
class DdminSpec extends AnyWordSpec with Matchers {
  private def minimise(all: Seq[Int])(fails: Seq[Int] => Boolean): Seq[Int] =
    Ddmin.minimise[Int](all.asJava, some => fails(some.asScala.toSeq), () => false).asScala.toSeq

  "Delta debugging" should {
    "find exactly the parts that are needed, wherever they are" in {
      val random = new Random(1)
      for (_ <- 1 to 300) {
        val all = 0 until 1 + random.nextInt(60)
        val needed = random.shuffle(all.toList).take(random.nextInt(6)).toSet
        minimise(all)(some => needed.subsetOf(some.toSet)) shouldBe needed.toSeq.sorted
      }
    }
    "be 1-minimal for whatever fails" in {
      val random = new Random(2)
      for (_ <- 1 to 300) {
        val all = (0 until 2 + random.nextInt(12)).toSeq
        val salt = random.nextInt()
        def fails(some: Seq[Int]) = some == all || some.nonEmpty && (some :+ salt).hashCode % 3 == 0
        val few = minimise(all)(fails)
        fails(few) shouldBe true
        for (i <- few.indices) fails(few.patch(i, Nil, 1)) shouldBe false
      }
    }
    "find that nothing is needed at once" in {
      var tests = 0
      minimise(0 until 1000) { _ => tests += 1; true } shouldBe empty
      tests shouldBe 1
    }
    "need few tests for few parts out of many" in {
      var tests = 0
      minimise(0 until 4096) { some => tests += 1; some.contains(77) && some.contains(3000) } shouldBe Seq(77, 3000)
      tests should be < 200
    }
    "stop when it is told, with something that fails" in {
      var tests = 0
      val few = Ddmin.minimise[Int]((0 until 100).map(Int.box).asJava.asInstanceOf[java.util.List[Int]],
        some => { tests += 1; some.contains(5) && some.contains(95) }, () => tests >= 6).asScala
      few should contain allOf (5, 95)
      tests should be <= 7
    }
  }
}
