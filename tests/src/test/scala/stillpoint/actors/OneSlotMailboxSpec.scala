package stillpoint.actors

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

import akka.actor.ActorRef
import akka.dispatch.Envelope
import stillpoint.actors.dispatch.OneSlotMailbox

@RunWith(classOf[JUnitRunner])
class OneSlotMailboxSpec extends AnyWordSpec with Matchers {
  private def envelope(message: Any) = Envelope(message, ActorRef.noSender)

  "A one-slot mailbox" should {
    "give messages back in order, however many wait" in {
      val mailbox = new OneSlotMailbox.Queue
      for (waiting <- Seq(1, 2, 5, 1)) {
        for (n <- 1 to waiting) mailbox.enqueue(null, envelope(n))
        mailbox.numberOfMessages shouldBe waiting
        for (n <- 1 to waiting) mailbox.dequeue().message shouldBe n
        mailbox.hasMessages shouldBe false
        mailbox.dequeue() shouldBe null
      }
    }
    "lose nothing and keep each sender's order with three senders at once" in {
      val mailbox = new OneSlotMailbox.Queue
      val perSender = 20000
      val senders = for (sender <- 0 until 3) yield new Thread(() => for (n <- 0 until perSender) mailbox.enqueue(null, envelope((sender, n))))
      senders.foreach(_.start())
      val seen = new Array[Int](3)
      var left = 3 * perSender
      while (left > 0) {
        val next = mailbox.dequeue()
        if (next == null) Thread.onSpinWait()
        else {
          val (sender, n) = next.message.asInstanceOf[(Int, Int)]
          n shouldBe seen(sender)
          seen(sender) += 1
          left -= 1
        }
      }
      senders.foreach(_.join())
      mailbox.hasMessages shouldBe false
    }
  }
}
