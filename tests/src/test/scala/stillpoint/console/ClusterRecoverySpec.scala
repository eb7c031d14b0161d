package stillpoint.console

import org.junit.runner.RunWith
import org.scalatest.BeforeAndAfterAll
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

import java.nio.file.{Files, Path}
import scala.util.Random
import stillpoint.ShippedScenarios
import stillpoint.kernel.system.{EmulatedMachine, MachineJudge}
import stillpoint.machine.time.SequentialEngine

/**
 * Goal: a lost node loses nothing. Method: nodes in JVM processes of their own, who asks in another; while a run with checkpoints is
 * under way a seed chooses moments, members and acts: killed, paused for less or for longer than the cluster waits, cut off
 * the network, the coordinator's own node as often as not. Each run must go on by itself and end with the digest of the sequential
 * engine, and whoever was given up must end itself with exit 3. The cluster's patience is seconds here; nothing is measured.
 *
 * For whole nights: STILLPOINT_HURTS=RUNS, and STILLPOINT_HURTS_SEED=FIRST to go on from there; see docs/cluster.md.
 */
@RunWith(classOf[JUnitRunner])
class ClusterRecoverySpec extends AnyWordSpec with Matchers with BeforeAndAfterAll {
  private val Patience = Seq(
    "akka.cluster.failure-detector.acceptable-heartbeat-pause=3s",
    "akka.cluster.failure-detector.heartbeat-interval=500ms",
    "akka.cluster.split-brain-resolver.stable-after=2s")
  private val Scenario = "ftrace-numa.conf"
  private val EveryNanos = 200_000L

  private val runs = sys.env.get("STILLPOINT_HURTS").map(_.toInt)
  private val firstSeed = sys.env.get("STILLPOINT_HURTS_SEED").map(_.toInt).getOrElse(1)

  private lazy val setup = ShippedScenarios.setup(Scenario)
  private lazy val everyCycles = setup.board.cycleAt(EveryNanos)
  private lazy val undisturbed = SequentialEngine.run(new EmulatedMachine(setup), new MachineJudge(setup))
  private lazy val network = Namespaces.open()
  private lazy val cluster = new HurtCluster(Patience, network.getOrElse(new Loopback), say)
  private val folder: Path = Files.createTempDirectory("stillpoint-recovery")

  override def afterAll(): Unit = {
    cluster.close()
    network.foreach(_.close())
    val files = Files.walk(folder)
    try files.sorted(java.util.Comparator.reverseOrder()).forEach(path => Files.delete(path)) finally files.close()
  }

  private def say(line: String): Unit = if (runs.isDefined) println(line) else info(line)

  /** No hurt is planned later than this: there must be something left to do. */
  private def mostCycles: Long = undisturbed.lastEventCycle / 2

  private def plan(seed: Int, canCut: Boolean): Seq[Hurt] =
    Hurt.plan(new Random(seed), everyCycles, mostCycles, canCut)

  /** The run of a seed must end as if nothing had happened. */
  private def check(name: String, plan: Seq[Hurt]): Seq[Hurt] = {
    val checkpoints = folder.resolve(name)
    def reached =
      Option(checkpoints.toFile.list).toSeq.flatten.filter(_.startsWith("checkpoint-")).map(_.takeRight(19).toLong).maxOption.getOrElse(-1L)
    val outcome = cluster.run(Scenario, EveryNanos, checkpoints, plan)(reached)
    withClue(s"$name, $plan: ")(outcome.ending shouldBe s"end ${undisturbed.digest}")
    outcome.struck
  }

  /** So many runs; in an ordinary build few, but so that every act happens, and one to the coordinator's node. */
  private lazy val seeds: Seq[Int] = {
    def all(first: Int) = first until first + runs.getOrElse(2)
    def covers(first: Int) = {
      val hurts = all(first).flatMap(plan(_, canCut = false))
      val acts = hurts.map(_.act)
      acts.contains(Hurt.Kill) && acts.contains(Hurt.LongPause) && acts.exists(!_.loses) &&
      hurts.exists(hurt => hurt.act.loses && hurt.victim == 0) && hurts.size <= 5
    }
    all(if (runs.isDefined) firstSeed else LazyList.from(1).find(covers).get)
  }

  private def needNetwork(): Unit = network.left.foreach(why => cancel(why))

  "A run on a cluster" should {
    "end with the same digest when members are killed and paused at random moments, the coordinator's among them" in {
      val canCut = runs.isDefined && network.isRight
      val struck = for (seed <- seeds; hurt <- check(s"hurt-$seed", plan(seed, canCut))) yield hurt
      info(s"seeds ${seeds.head} to ${seeds.last}: ${struck.size} hurts")
      struck.size should be >= seeds.size
    }
    "end with the same digest when a member is cut off the network for a moment, and another one for good" in {
      needNetwork()
      check("cut", Hurt.cuts(new Random(5), everyCycles, mostCycles)) should have size 2
    }
    "go on with the half that has the lowest address when the network falls apart, and the other half ends itself" in {
      needNetwork()
      check("split", Hurt.split(new Random(6), everyCycles, mostCycles)) should have size 1
    }
  }
}
