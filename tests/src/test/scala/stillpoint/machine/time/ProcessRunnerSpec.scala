package stillpoint.machine.time

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

@RunWith(classOf[JUnitRunner])
class ProcessRunnerSpec extends AnyWordSpec with Matchers {
  private val Never = LogicalProcess.NEVER

  private case class Note(text: String) extends Message {
    override def fold(hash: StateHash): Unit = hash.fold(text): Unit
  }

  private case class Quiet() extends Report

  /** Writes down how it is called; does something on its own at {@code ownCycles}. */
  private class Diary(var ownCycles: List[Long], onCall: (Long, Outbox) => Unit = (_, _) => ()) extends LogicalProcess {
    var lines = Vector.empty[String]
    override def handle(cycle: Long, sender: Int, message: Message, outbox: Outbox): Unit = {
      lines :+= s"$cycle: ${message.asInstanceOf[Note].text} from $sender"
      onCall(cycle, outbox)
    }
    override def run(untilCycle: Long, outbox: Outbox): Unit = {
      lines :+= s"${ownCycles.head}: own until $untilCycle"
      onCall(ownCycles.head, outbox)
      ownCycles = ownCycles.dropWhile(_ < untilCycle)
    }
    override def nextOwnCycle: Long = ownCycles.headOption.getOrElse(Never)
    override def inspect(cycle: Long): Report = Quiet()
    override def foldState(hash: StateHash): Unit = hash.fold(lines.size.toLong): Unit
  }

  private def model(process: LogicalProcess): Model = new Model {
    override def size = 4
    override def create(id: Int): LogicalProcess = process
    override def nameOf(id: Int) = "lp" + id
    override def lookaheadCycles = 10
    override def places = 1
    override def placeOf(id: Int) = 0
  }

  private def runner(process: LogicalProcess) = new ProcessRunner(model(process), 2)

  private def chain(events: (Long, Int, Int, String)*): Event =
    events.foldLeft(null: Event) { case (rest, (cycle, sender, sequence, text)) =>
      new Event(2, cycle, EventOrder.of(sender, sequence), Note(text)).inFrontOf(rest)
    }

  private def sentBy(process: LogicalProcess, until: Long): Seq[Event] = {
    val carrier = runner(process)
    carrier.advance(until, null)
    Iterator.iterate(carrier.takeSent())(_.next).takeWhile(_ != null).toSeq.reverse
  }

  "A process" should {
    "handle events of one cycle by sender and sequence number, and before its own activity of that cycle" in {
      val diary = new Diary(List(5, 20))
      runner(diary).advance(30, chain((20, 1, 4, "c"), (20, 0, 7, "b"), (20, 0, 6, "a"), (21, 0, 5, "d")))
      diary.lines shouldBe Vector("5: own until 20", "20: a from 0", "20: b from 0", "20: c from 1", "20: own until 21", "21: d from 0")
    }
    "do nothing at or after the end of the window" in {
      val diary = new Diary(List(30))
      val carrier = runner(diary)
      carrier.advance(30, chain((30, 0, 0, "x")))
      diary.lines shouldBe empty
      carrier.nextCycle shouldBe 30
      carrier.advance(31, null)
      diary.lines shouldBe Vector("30: x from 0", "30: own until 31")
      carrier.nextCycle shouldBe Never
    }
    "say when it goes on: the earlier of its events and its own activity" in {
      val carrier = runner(new Diary(List(50)))
      carrier.nextCycle shouldBe 50
      carrier.advance(10, chain((40, 0, 0, "x")))
      carrier.nextCycle shouldBe 40
      carrier.advance(45, null)
      carrier.nextCycle shouldBe 50
      (carrier.handledCount, carrier.lastActiveCycle) shouldBe ((1L, 40L))
    }
    "number what it sends" in {
      val sent = sentBy(new Diary(List(1, 2), (cycle, outbox) => {
        outbox.send(0, cycle + 10, Note("x"))
        outbox.send(1, cycle + 10, Note("y"))
      }), 2) ++ Nil
      sent.map(event => (event.target, event.arrivalCycle, event.sender, EventOrder.sequenceOf(event.order))) shouldBe
        Seq((0, 11L, 2, 0L), (1, 11L, 2, 1L))
    }
    "fold each event and each output into its hash" in {
      def hashOf(event: (Long, Int, Int, String), arrival: Long): Long = {
        val carrier = runner(new Diary(Nil, (_, outbox) => outbox.send(1, arrival, Note("y"))))
        carrier.advance(10, chain(event))
        carrier.eventHash
      }
      val hashes = Seq(
        hashOf((5, 0, 0, "x"), 20), hashOf((6, 0, 0, "x"), 20), hashOf((5, 1, 0, "x"), 20),
        hashOf((5, 0, 1, "x"), 20), hashOf((5, 0, 0, "z"), 20), hashOf((5, 0, 0, "x"), 21)
      )
      hashes.distinct should have size 6
      hashOf((5, 0, 0, "x"), 20) shouldBe hashes.head
    }
    "be refused an output sooner than the lookahead, by name, cycle and message" in {
      val broken = the[BrokenInvariant] thrownBy sentBy(new Diary(List(7), (cycle, outbox) => outbox.send(1, cycle + 9, Note("soon"))), 20)
      broken.getMessage should (include("lp2 at cycle 7") and include("lp1 for cycle 16") and include("soon"))
    }
    "be refused an output to itself or to nobody" in {
      for (target <- Seq(2, -1, 4)) {
        val broken = the[BrokenInvariant] thrownBy
          sentBy(new Diary(List(7), (_, outbox) => outbox.send(target, 100, Note("x"))), 20)
        broken.getMessage should include(s"process $target")
      }
    }
    "be refused an event from the past" in {
      val carrier = runner(new Diary(Nil))
      carrier.advance(50, null)
      val broken = the[BrokenInvariant] thrownBy carrier.advance(60, chain((49, 0, 0, "late")))
      broken.getMessage should include("late")
    }
    "be refused to stand still in run" in {
      val stuck = new Diary(List(3)) { override def run(untilCycle: Long, outbox: Outbox): Unit = () }
      a[BrokenInvariant] should be thrownBy runner(stuck).advance(10, null)
    }
    "be named when it throws, with the cycle and the cause" in {
      val cause = new ArithmeticException("by zero")
      val broken = the[BrokenInvariant] thrownBy sentBy(new Diary(List(7), (_, _) => throw cause), 20)
      broken.getMessage shouldBe "lp2 at cycle 7: java.lang.ArithmeticException: by zero"
      broken.getCause shouldBe cause
    }
  }
}
