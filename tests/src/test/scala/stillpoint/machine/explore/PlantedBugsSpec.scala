package stillpoint.machine.explore

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.machine.explore.PlantedBugs._

/**
 * Goal: to know what the strategies are worth. Method: protocols with a bug of known depth and known smallest schedule; how many
 * runs until each strategy shows it, whether PCT keeps its bound, how small the schedule becomes. The table that it prints is in
 * docs/exploring.md.
 */
@RunWith(classOf[JUnitRunner])
class PlantedBugsSpec extends AnyWordSpec with Matchers {
  private val runs = 1000

  "The undisturbed run of each protocol" should {
    "show no bug" in {
      for (protocol <- Wrong ++ Right)
        withClue(protocol.name)(play(protocol, Schedule.NONE).wrong shouldBe false)
    }
  }

  "Each planted bug" should {
    "be found by each strategy, and by PCT at least as often as its bound says" in {
      println("bug | depth | n | k | random | pct | chaos | swarm | pct's rate | its bound")
      for (protocol <- Wrong) {
        val explored = Strategy.values.map(one => one -> explore(protocol, one, protocol.depth, runs)).toMap
        val pct = explored(Strategy.PCT)
        val n = pct.profile.links.size
        val k = pct.profile.total
        val bound = 1.0 / (n * math.pow(k.toDouble, protocol.depth - 1))
        println((Seq(protocol.name, protocol.depth, n, k) ++
          Strategy.values.map(one => explored(one).first.fold("never")(_.toString)) ++
          Seq(f"${pct.rate}%.4f", f"$bound%.4f")).mkString(" | "))
        for (strategy <- Strategy.values)
          withClue(s"${protocol.name}, $strategy: ")(explored(strategy).found should not be empty)
        // three standard deviations of a rate that is the bound itself
        val chance = 3 * math.sqrt(bound * (1 - bound) / runs)
        withClue(s"${protocol.name}: PCT's rate ")(pct.rate should be >= bound - chance)
      }
    }
    "not be found where it was mended" in {
      for (protocol <- Right; strategy <- Strategy.values)
        withClue(s"${protocol.name}, $strategy: ")(explore(protocol, strategy, 3, 300).found shouldBe empty)
    }
    "shrink to at most twice the smallest schedule known, of which no decision can go" in {
      for (protocol <- Wrong; strategy <- Strategy.values) {
        val explored = explore(protocol, strategy, protocol.depth, runs)
        val sizes = for (number <- explored.found.take(3)) yield {
          val struck = play(protocol, draw(protocol, strategy, protocol.depth, number, explored.profile)).struck
          def shows(delays: java.util.List[Delay]) = play(protocol, listing(delays)).wrong
          shows(struck.asJava) shouldBe true
          var tests = 0
          val few = Decisions.minimise(struck.asJava, Most, delays => { tests += 1; shows(delays) }, () => false).asScala.toSeq
          withClue(s"${protocol.name}, $strategy, run $number: $few ") {
            shows(few.asJava) shouldBe true
            few.size should be <= 2 * protocol.smallest
            for (i <- few.indices) shows(few.patch(i, Nil, 1).asJava) shouldBe false
          }
          s"${struck.size} to ${few.size} in $tests"
        }
        println(s"${protocol.name} | $strategy | by hand ${protocol.smallest} | ${sizes.mkString(", ")}")
      }
    }
  }

  "A run that a plan made" should {
    "be the same run when its decisions are listed" in {
      for (protocol <- Wrong; strategy <- Strategy.values) {
        val profile = play(protocol, Schedule.counting(Most, 0)).profile
        for (number <- 0 until 40) {
          val planned = play(protocol, draw(protocol, strategy, 3, number, profile))
          val listed = play(protocol, listing(planned.struck.asJava))
          withClue(s"${protocol.name}, $strategy, run $number: ")(listed.digest shouldBe planned.digest)
          listed.struck shouldBe planned.struck
        }
      }
    }
    "be late by no more than the schedule allows" in {
      for (strategy <- Strategy.values; number <- 0 until 200) {
        val protocol = Wrong(number % Wrong.size)
        val profile = play(protocol, Schedule.counting(Most, 0)).profile
        play(protocol, draw(protocol, strategy, 4, number, profile)).struck.foreach(_.cycles should be <= Most)
      }
    }
  }
}
