package stillpoint.machine.time

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

@RunWith(classOf[JUnitRunner])
class EventQueueSpec extends AnyWordSpec with Matchers {
  private case class Numbered(number: Int) extends Message {
    override def fold(hash: StateHash): Unit = hash.fold(number.toLong): Unit
  }

  private def drain(queue: EventQueue): Seq[(Long, Int, Long)] =
    Iterator
      .continually {
        val head =
          (queue.headCycle, EventOrder.senderOf(queue.headOrder), EventOrder.sequenceOf(queue.headOrder))
        queue.removeHead()
        head
      }
      .take(queue.size)
      .toSeq

  "The order of events" should {
    "compare by sender, then by the sender's sequence number" in {
      EventOrder.of(1, 9) should be < EventOrder.of(2, 0)
      EventOrder.of(2, 0) should be < EventOrder.of(2, 1)
      EventOrder.of(EventOrder.PROCESSES - 1, (1L << 39) - 1) should be > 0L
    }
    "give sender and sequence number back" in {
      val order = EventOrder.of(EventOrder.PROCESSES - 1, 123456789012L)
      EventOrder.senderOf(order) shouldBe EventOrder.PROCESSES - 1
      EventOrder.sequenceOf(order) shouldBe 123456789012L
    }
    "refuse what would run from one half into the other" in {
      a[BrokenInvariant] should be thrownBy EventOrder.of(EventOrder.PROCESSES, 0)
      a[BrokenInvariant] should be thrownBy EventOrder.of(0, 1L << 39)
      a[BrokenInvariant] should be thrownBy EventOrder.of(-1, 0)
    }
  }

  "The pending events of a process" should {
    "come by arrival cycle, then sender, then sequence number, however they were added" in {
      val sorted = for (cycle <- 5L to 7L; sender <- 0 to 2; sequence <- 0L to 2L) yield (cycle, sender, sequence)
      val random = SeededRandom.ofSeed(7)
      for (_ <- 1 to 50) {
        val queue = new EventQueue
        sorted.map(event => (random.nextLong(), event)).sorted.foreach { case (_, (cycle, sender, sequence)) =>
          queue.add(cycle, EventOrder.of(sender, sequence), Numbered(0))
        }
        drain(queue) shouldBe sorted
      }
    }
    "keep the order of one sender's events for one cycle" in {
      val queue = new EventQueue
      for (sequence <- 9L to 0L by -1) queue.add(100, EventOrder.of(3, sequence), Numbered(sequence.toInt))
      drain(queue).map(_._3) shouldBe (0L to 9L)
    }
    "agree with a sorted list through ten thousand random additions and removals" in {
      val random = SeededRandom.ofSeed(11)
      val queue = new EventQueue
      var oracle = Vector.empty[(Long, Long, Int)]
      for (step <- 0 until 10000) {
        if (oracle.isEmpty || random.nextInt(100) < 52) {
          val event = (random.nextInt(50).toLong, EventOrder.of(random.nextInt(8), step.toLong), step)
          oracle = (oracle :+ event).sorted
          queue.add(event._1, event._2, Numbered(step))
        } else {
          (queue.headCycle, queue.headOrder, queue.headMessage) shouldBe
            ((oracle.head._1, oracle.head._2, Numbered(oracle.head._3)))
          queue.removeHead()
          oracle = oracle.tail
        }
        queue.size shouldBe oracle.size
      }
    }
    "be at NEVER when there are none, and have no head" in {
      val queue = new EventQueue
      queue.headCycle shouldBe LogicalProcess.NEVER
      a[BrokenInvariant] should be thrownBy queue.removeHead()
    }
  }
}
