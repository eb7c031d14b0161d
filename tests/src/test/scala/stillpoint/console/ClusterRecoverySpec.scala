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

  private def plan(seed: Int, canCut: Boolean): Seq[Hurt] =
    Hurt.plan(new Random(seed), everyCycles, undisturbed.lastEventCycle * 3 / 4, canCut)

  /** The run of a seed must end as if nothing had happened. */
  private def check(name: String, plan: Seq[Hurt]): Seq[Hurt] = {
    val checkpoints = folder.resolve(name)
    def reached =
      Option(checkpoints.toFile.list).toSeq.flatten.filter(_.startsWith("checkpoint-")).map(_.takeRight(19).toLong).maxOption.getOrElse(-1L)
    val outcome = cluster.run(Scenario, EveryNanos, checkpoints, plan)(reached)
    withClue(s"$name, $plan: ")(outcome.ending shouldBe s"end ${undisturbed.digest}")
    outcome.struck
  }

  "A run on a cluster" should {
    "end with the same digest when members are killed and paused at random moments, the coordinator's among them" in {
      val struck = for (seed <- firstSeed until firstSeed + runs.getOrElse(3); hurt <- check(s"hurt-$seed", plan(seed, canCut = false))) yield hurt
      info(s"${struck.size} hurts: ${struck.groupBy(_.act.getClass.getSimpleName).map { case (name, all) => s"$name ${all.size}" }.mkString(", ")}")
      struck.size should be >= 3
    }
  }
}
