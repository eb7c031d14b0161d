package stillpoint.actors

import java.net.InetSocketAddress
import java.util.{List => JList}

import com.typesafe.config.{Config, ConfigFactory}
import org.junit.runner.RunWith
import org.scalatest.BeforeAndAfterAll
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.actors.cluster.{ClusterRuns, Workload}
import stillpoint.actors.reconcile.ReconciledWorkload
import stillpoint.actors.snapshot.Checkpointing
import stillpoint.clusterconfig.ClusterSettings
import stillpoint.machine.packed.{Codec, PackedInput, PackedOutput}
import stillpoint.machine.time._

/**
 * Goal: where several nodes part from one node is named exactly. Method: three members of a cluster in this JVM carry a ring of
 * processes. In one lap one of them says what no process may know: how many processes are built on its node. The run must end with
 * that process, that cycle and both sides' event, and nothing of the many that differ afterwards because of it.
 */
@RunWith(classOf[JUnitRunner])
class NodesReconciliationSpec extends AnyWordSpec with Matchers with BeforeAndAfterAll {
  private val Size = 12
  private val Latency = 10L
  private val Patience = 120_000L

  private case class Token(lap: Int, note: String) extends Message {
    override def fold(hash: StateHash): Unit = { hash.fold(lap.toLong).fold(note); () }
  }
  private case class Count(lap: Int) extends Report

  /** What spoils a process, by its id, the lap and the number of processes that are built on its node. */
  private case class Plant(message: (Int, Int, Int) => String, state: (Int, Int) => Long = (_, _) => 0)

  /** Every process has a token of its own on its way round. */
  private class Ring(plant: Plant) extends Model {
    private val built = new java.util.concurrent.atomic.AtomicInteger
    def size: Int = Size
    def places: Int = Size
    def placeOf(id: Int): Int = id
    def nameOf(id: Int): String = s"node$id"
    def lookaheadCycles: Long = Latency
    def create(id: Int): LogicalProcess = {
      built.incrementAndGet()
      new LogicalProcess {
        private var started = false
        private var laps = 0
        def nextOwnCycle: Long = if (started) LogicalProcess.NEVER else 5
        def run(untilCycle: Long, outbox: Outbox): Unit = {
          started = true
          outbox.send((id + 1) % Size, 5 + Latency, Token(0, "start"))
        }
        def handle(cycle: Long, sender: Int, message: Message, outbox: Outbox): Unit = message match {
          case Token(lap, note) =>
            laps += 1
            if (lap < 200) outbox.send((id + 1) % Size, cycle + Latency + id % 3, Token(lap + 1, note + plant.message(id, lap, built.get)))
          case other => fail(s"$other")
        }
        def inspect(cycle: Long): Report = Count(laps)
        def foldState(hash: StateHash): Unit = { hash.fold(laps.toLong).fold(plant.state(id, built.get)); () }
      }
    }
  }

  /** Cuts now and then, none of them judged but the last. */
  private class EveryHundred extends CutJudge {
    def nextCutAfter(cycle: Long): Long = (cycle / 100 + 1) * 100
    def wantsReports(cut: CutJudge.Cut, blockedSince: Long): Boolean = false
    def judge(cut: CutJudge.Cut, reports: CutReports): CutJudge.Decision = CutJudge.Decision.GO_ON
  }

  private val tokens = new Codec[Message] {
    def write(message: Message, out: PackedOutput): Unit = message match {
      case Token(lap, note) => out.putUnsigned(lap.toLong); out.putText(note)
      case other => fail(s"$other")
    }
    def read(in: PackedInput): Message = Token(in.getUnsigned.toInt, in.getText)
  }
  private val counts = new Codec[Report] {
    def write(report: Report, out: PackedOutput): Unit = report match {
      case Count(lap) => out.putUnsigned(lap.toLong)
      case other => fail(s"$other")
    }
    def read(in: PackedInput): Report = Count(in.getUnsigned.toInt)
  }

  private class RingWorkload(plant: Plant) extends Workload {
    private val ring = new Ring(plant)
    def model: Model = ring
    def newJudge: CutJudge = new EveryHundred
    def messages: Codec[Message] = tokens
    def reads(id: Int): Boolean = true
    def reportsAtCut: Codec[Report] = counts
    def reportsAtEnd: Codec[Report] = counts
    def checkpointing(again: Boolean): Checkpointing = Checkpointing.NONE
    def result(judge: CutJudge, outcome: RunOutcome, nanos: Long): Array[Byte] = outcome.digest.getBytes
  }

  private val honest = Plant((_, _, _) => "")
  @volatile private var planted = honest

  private lazy val members: Seq[ClusterRuns] = {
    val settings: Config = ClusterSettings.shipped.withFallback(ConfigFactory.load().getConfig("stillpoint.cluster").withOnlyPath("akka"))
    def start(join: JList[InetSocketAddress]) = ClusterRuns.start(
      new ClusterRuns.Membership("127.0.0.1", 0, join, Placement.Node.UNLIMITED, Patience), settings,
      _ => new ReconciledWorkload(new RingWorkload(planted), new RingWorkload(planted), "the nodes"),
      (_: Array[Byte]) => throw new UnsupportedOperationException("nobody explores"))
    val founder = start(JList.of())
    val address = InetSocketAddress.createUnresolved(founder.host, founder.port)
    Seq(founder, start(JList.of(address)), start(JList.of(address)))
  }

  override def afterAll(): Unit = members.reverse.foreach(_.close())

  private def run(plant: Plant, nodes: Int, threads: Int): String = {
    planted = plant
    val watcher = new ClusterRuns.Watcher {
      def said(line: String): Unit = ()
      def started(on: JList[ClusterRuns.Node]): Unit = ()
    }
    new String(members.head.run(new ClusterRuns.Request(nodes, threads, Patience, Size, false, Array.emptyByteArray), watcher).bytes)
  }

  private def whereTheyPart(plant: Plant, nodes: Int, threads: Int): Seq[String] =
    (the[BrokenInvariant] thrownBy run(plant, nodes, threads)).getMessage.linesIterator.toSeq

  "An honest model" should {
    "come to one end on nodes and on one node, that of the sequential engine" in {
      val expected = SequentialEngine.run(new Ring(honest), new EveryHundred).digest
      for ((nodes, threads) <- Seq((1, 2), (2, 1), (3, 2))) withClue(s"$nodes nodes of $threads threads: ") {
        run(honest, nodes, threads) shouldBe expected
      }
    }
  }

  "A planted dependence on the placement" should {
    "be named with both sides' event" in {
      // a comparison at the end alone would meet the failure first
      val plant = honest.copy(message = (id, lap, built) =>
        if (lap == 190) throw new IllegalStateException("too late") else if (id == 7 && lap == 37) s"!$built" else "")
      val cycle = arrivalOfLap(7, 37) + Latency + 1
      for ((nodes, threads, built) <- Seq((2, 1, 6), (3, 1, 4), (2, 2, 6))) {
        whereTheyPart(plant, nodes, threads) shouldBe Seq(
          s"one node and the nodes part at cycle $cycle, at node7:",
          s"  one node: node7 sends to node8, to arrive at cycle $cycle: Token(38,start!12)",
          s"  the nodes: node7 sends to node8, to arrive at cycle $cycle: Token(38,start!$built)")
      }
    }
    "be named as a state when no event shows it" in {
      val lines = whereTheyPart(honest.copy(state = (id, built) => if (id == 5) built.toLong else 0), 2, 1)
      lines.head should endWith(", at node5:")
      lines(1) should startWith("  one node: after equal events, a state of hash")
      lines(2) should startWith("  the nodes: after equal events, a state of hash")
    }
  }

  "A side that fails" should {
    "be told as what it is, and leave the nodes free for the next run" in {
      def failing(where: Int => Boolean) =
        honest.copy(message = (id, lap, built) => if (id == 3 && lap == 20 && where(built)) throw new IllegalStateException("planted") else "")
      val alone = whereTheyPart(failing(_ == Size), 2, 1).head
      alone should startWith("on one node: ")
      alone should include("planted")
      whereTheyPart(failing(_ < Size), 2, 1).head should include("planted")
      run(honest, 2, 1) shouldBe SequentialEngine.run(new Ring(honest), new EveryHundred).digest
    }
  }

  /** When process {@code id} takes a token of lap {@code lap}: each hop takes a little longer from some processes. */
  private def arrivalOfLap(id: Int, lap: Int): Long =
    5 + Latency + (1 to lap).map(back => Math.floorMod(id - back, Size)).map(from => Latency + from % 3).sum
}
