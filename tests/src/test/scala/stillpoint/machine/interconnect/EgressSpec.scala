package stillpoint.machine.interconnect

import java.util.SplittableRandom
import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import scala.collection.mutable
import stillpoint.machine.board.Board.InterruptControllerKind.XLR_PIC
import stillpoint.machine.board.{Board, Interconnect}
import stillpoint.machine.l1.CacheGeometry
import stillpoint.machine.time.{LogicalProcess, Message, Outbox, Report, StateHash}

@RunWith(classOf[JUnitRunner])
class EgressSpec extends AnyWordSpec with Matchers {
  private class Carries(bytes: Int) extends Message {
    override def fold(hash: StateHash): Unit = hash.fold(bytes)
    override def payloadBytes: Int = bytes
  }

  /** Sends what it is told to, to (receiver, cycles until it is ready, bytes). */
  private class Sender(map: MachineMap) extends LogicalProcess {
    var orders = Seq.empty[(Int, Int, Int)]
    override def handle(cycle: Long, sender: Int, message: Message, outbox: Outbox): Unit =
      orders.foreach { case (to, later, bytes) =>
        outbox.send(to, cycle + later + map.latencyCycles(0, to), new Carries(bytes))
      }
    override def run(untilCycle: Long, outbox: Outbox): Unit = ()
    override def nextOwnCycle: Long = LogicalProcess.NEVER
    override def inspect(cycle: Long): Report = new Report {}
    override def foldState(hash: StateHash): Unit = ()
  }

  private val cache = new CacheGeometry(2, 1, 32)
  private val map = new MachineMap(new Board(
    "small", 2, 1000, true, cache, cache, 4, XLR_PIC, 1, 20, 50, 7, 9, false, 0, Interconnect.CROSSBAR, 8))

  private def arrivals(cycle: Long, orders: (Int, Int, Int)*): Seq[Long] = {
    val sender = new Sender(map)
    sender.orders = orders
    val arrived = mutable.ArrayBuffer.empty[Long]
    new EgressProcess(sender, 0, map).handle(cycle, 1, new Carries(0), (_, arrival, _) => arrived += arrival)
    arrived.toSeq
  }

  private def home(index: Int) = map.directorySlice(index)

  "A process whose link carries 8 bytes a cycle" should {
    "delay nothing that is short and alone" in {
      arrivals(100, (home(0), 0, 0)) shouldBe Seq(120L)
    }
    "have a line of 32 bytes arrive with its last flit" in {
      arrivals(100, (home(0), 0, 32), (home(1), 0, 31), (home(2), 0, 1)) shouldBe Seq(124L, 129L, 131L)
    }
    "let what is ready sooner go first, but never past one to the same receiver" in {
      arrivals(100, (home(0), 50, 32), (home(1), 0, 0)) shouldBe Seq(174L, 120L)
      arrivals(100, (home(0), 50, 32), (home(0), 0, 0)) shouldBe Seq(174L, 175L)
      arrivals(100, (home(0), 3, 32), (home(1), 0, 32)) shouldBe Seq(127L, 132L)
    }
  }

  "The schedule of a link" should {
    "take the first free cycles that are enough, as a list of all cycles says" in {
      for (seed <- 1 to 200) {
        val random = new SplittableRandom(seed)
        val schedule = new FlitSchedule
        val taken = mutable.Set.empty[Long]
        var now = 0L
        for (_ <- 1 to 60) {
          now += random.nextInt(6)
          if (random.nextBoolean()) schedule.forgetBefore(now)
          val (ready, flits) = (now + random.nextInt(30), random.nextInt(1, 6))
          val expected = Iterator.from(0).map(ready + _).find(c => (c until c + flits).forall(!taken(_))).get
          withClue(s"seed $seed: ")(schedule.take(ready, flits) shouldBe expected)
          taken ++= expected until expected + flits
        }
      }
    }
  }
}
