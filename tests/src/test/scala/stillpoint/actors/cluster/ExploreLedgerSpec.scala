package stillpoint.actors.cluster

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import scala.collection.mutable
import scala.jdk.CollectionConverters._
import scala.util.Random

/** Who holds which runs of an exploration: none is lost, and none counts twice. */
@RunWith(classOf[JUnitRunner])
class ExploreLedgerSpec extends AnyWordSpec with Matchers {
  private def ledger(runs: Long, before: Long*) = new ExploreLedger(runs, before.map(Long.box).toSet.asJava)
  private def numbers(list: java.util.List[java.lang.Long]): Seq[Long] = list.asScala.map(_.toLong).toSeq

  "A ledger" should {
    "hand out what is not done, in order, to whoever asks" in {
      val all = ledger(6, 0, 3)
      numbers(all.hand("a", 2)) shouldBe Seq(1, 2)
      numbers(all.hand("b", 9)) shouldBe Seq(4, 5)
      numbers(all.hand("a", 9)) shouldBe empty
      numbers(all.of("a")) shouldBe Seq(1, 2)
      all.isDone shouldBe false
      Seq(4L, 1L, 5L, 2L).forall(all.made) shouldBe true
      all.isDone shouldBe true
    }
    "give what a lost node held to others first, and take a run once, whoever made it first" in {
      val all = ledger(10)
      all.hand("a", 3)
      all.made(1) shouldBe true
      all.takeBack("a") shouldBe 2
      all.isUnderWay shouldBe false
      numbers(all.hand("b", 3)) shouldBe Seq(0, 2, 3)
      all.made(2) shouldBe true // by a, which was only silent
      all.made(2) shouldBe false // by b
      all.made(1) shouldBe false
      numbers(all.of("b")) shouldBe Seq(0, 3)
    }
    "be done where all was done before" in {
      ledger(0).isDone shouldBe true
      ledger(3, 0, 1, 2).isDone shouldBe true
      ledger(3, 0, 2).isDone shouldBe false
    }
    "lose and double nothing, whoever is lost whenever" in {
      for (seed <- 1 to 50) withClue(s"seed $seed: ") {
        val random = new Random(seed)
        val all = ledger(200, 7, 8)
        val holding = mutable.Map.empty[String, Set[Long]].withDefaultValue(Set.empty)
        val made = mutable.Buffer.empty[Long]
        while (!all.isDone) {
          val node = "abc"(random.nextInt(3)).toString
          random.nextInt(10) match {
            case 0 => all.takeBack(node) // and goes on all the same
            case 1 | 2 | 3 => holding(node) ++= numbers(all.hand(node, random.nextInt(5)))
            case _ => random.shuffle(holding(node).toSeq.sorted).headOption.foreach { number =>
              holding(node) -= number
              if (all.made(number)) made += number
            }
          }
        }
        made.sorted.toSeq shouldBe (0L until 200L).filterNot(Set(7L, 8L))
      }
    }
  }
}
