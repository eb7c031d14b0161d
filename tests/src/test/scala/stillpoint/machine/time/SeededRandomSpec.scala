package stillpoint.machine.time

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

import java.util.SplittableRandom

@RunWith(classOf[JUnitRunner])
class SeededRandomSpec extends AnyWordSpec with Matchers {
  private def take(random: SeededRandom, count: Int) = Seq.fill(count)(random.nextLong())

  "A seeded generator" should {
    "give the published sequence of SplitMix64 for the seed 1234567" in {
      take(SeededRandom.ofSeed(1234567), 5).map(java.lang.Long.toUnsignedString) shouldBe Seq(
        "6457827717110365317",
        "3203168211198807973",
        "9817491932198370423",
        "4593380528125082431",
        "16408922859458223821"
      )
    }
    "agree with the JDK's SplittableRandom on many seeds" in {
      for (seed <- -20L to 20L) {
        val jdk = new SplittableRandom(seed)
        take(SeededRandom.ofSeed(seed), 20) shouldBe Seq.fill(20)(jdk.nextLong())
      }
    }
    "fork by name, whatever was drawn before" in {
      val drawn = SeededRandom.ofSeed(5)
      take(drawn, 100)
      take(drawn.fork("cpu"), 10) shouldBe take(SeededRandom.ofSeed(5).fork("cpu"), 10)
    }
    "fork apart by name, by number, by seed and by the way there" in {
      val root = SeededRandom.ofSeed(5)
      val forks = Seq(
        root, root.fork("a"), root.fork("b"), root.fork(0), root.fork(1), SeededRandom.ofSeed(6).fork("a"),
        root.fork("a").fork("b"), root.fork("b").fork("a")
      )
      forks.flatMap(take(_, 1000)).distinct should have size 8000
    }
    "draw integers below a bound evenly" in {
      val random = SeededRandom.ofSeed(1)
      val counts = new Array[Int](7)
      for (_ <- 1 to 70000) counts(random.nextInt(7)) += 1
      // chi-square with 6 degrees of freedom: above 22.46 once in a thousand seeds
      counts.map(count => (count - 10000.0) * (count - 10000.0) / 10000).sum should be < 22.46
    }
    "be unbiased where rejection matters, at three quarters of the range" in {
      val random = SeededRandom.ofSeed(2)
      val bound = 3 << 29
      val thirds = new Array[Int](3)
      for (_ <- 1 to 30000) thirds(random.nextInt(bound) / (1 << 29)) += 1
      thirds.map(count => (count - 10000.0) * (count - 10000.0) / 10000).sum should be < 13.8
    }
    "draw reals in [0, 1)" in {
      val random = SeededRandom.ofSeed(3)
      val reals = Seq.fill(10000)(random.nextDouble())
      reals.min should be >= 0.0
      reals.max should be < 1.0
      reals.sum / 10000 shouldBe 0.5 +- 0.01
    }
    "refuse an empty range" in {
      a[BrokenInvariant] should be thrownBy SeededRandom.ofSeed(0).nextInt(0)
    }
  }
}
