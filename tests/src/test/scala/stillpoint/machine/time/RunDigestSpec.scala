package stillpoint.machine.time

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

@RunWith(classOf[JUnitRunner])
class RunDigestSpec extends AnyWordSpec with Matchers {
  "A run's digest" should {
    "be SHA-256 over the hashes, most significant byte first" in {
      val bytes = java.nio.ByteBuffer.allocate(32).putLong(1).putLong(2).putLong(-3).putLong(4).array
      val expected = java.security.MessageDigest.getInstance("SHA-256").digest(bytes).map(b => f"${b & 0xff}%02x").mkString
      new RunDigest().add(0, 1, 2).add(1, -3, 4).print shouldBe "sha256:" + expected
    }
    "refuse processes out of id order" in {
      a[BrokenInvariant] should be thrownBy new RunDigest().add(0, 1, 2).add(2, 1, 2)
    }
  }

  "The digest of a whole run" should {
    /** Three processes; process 0 sends {@code words} to 1 at cycle 1 each. */
    def digestOf(words: Seq[Word], state: Long = 0): String = SequentialEngine.run(Words(words, state), Judges.patient()).digest

    "be the same for the same run" in {
      digestOf(Seq(Word(10, 1), Word(11, 2))) shouldBe digestOf(Seq(Word(10, 1), Word(11, 2)))
    }
    "change with one bit of one message, one cycle, one event more or less, the order of two, or the final state" in {
      val runs = Seq(
        digestOf(Seq(Word(10, 1), Word(11, 2))),
        digestOf(Seq(Word(10, 1), Word(11, 3))),
        digestOf(Seq(Word(10, 1), Word(12, 2))),
        digestOf(Seq(Word(10, 1))),
        digestOf(Seq(Word(10, 1), Word(11, 2), Word(11, 2))),
        digestOf(Seq(Word(11, 2), Word(10, 1))),
        digestOf(Seq(Word(10, 1), Word(11, 2)), state = 1)
      )
      runs.distinct should have size runs.size
    }
  }

  private case class Word(cycle: Long, value: Long) extends Message {
    override def fold(hash: StateHash): Unit = hash.fold(value): Unit
  }

  private case class Nothing0() extends Report

  private case class Words(words: Seq[Word], state: Long) extends Model {
    override def size = 3
    override def nameOf(id: Int) = "word" + id
    override def lookaheadCycles = 5
    override def places = 3
    override def placeOf(id: Int) = id
    override def create(id: Int): LogicalProcess = new LogicalProcess {
      private var next = if (id == 0) 1L else LogicalProcess.NEVER
      override def handle(cycle: Long, sender: Int, message: Message, outbox: Outbox): Unit = ()
      override def run(untilCycle: Long, outbox: Outbox): Unit = {
        words.foreach(word => outbox.send(1, word.cycle, word))
        next = LogicalProcess.NEVER
      }
      override def nextOwnCycle: Long = next
      override def inspect(cycle: Long): Report = Nothing0()
      override def foldState(hash: StateHash): Unit = hash.fold(state): Unit
    }
  }
}
