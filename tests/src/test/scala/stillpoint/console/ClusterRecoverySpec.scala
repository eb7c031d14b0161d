package stillpoint.console

import com.typesafe.config.ConfigFactory
import org.junit.runner.RunWith
import org.scalatest.BeforeAndAfterAll
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

import java.net.InetSocketAddress
import java.nio.file.{Files, Path}
import java.util.{List => JList, Optional}
import java.util.concurrent.TimeUnit
import scala.util.Random
import stillpoint.ShippedScenarios
import stillpoint.actors.checkpoint.RunIdentity
import stillpoint.kernel.system.{EmulatedMachine, MachineJudge}
import stillpoint.machine.time.SequentialEngine

/**
 * Goal: a lost node loses nothing. Method: nodes in JVM processes of their own, who asks in another; while a run with checkpoints is
 * under way a seed chooses a moment and a node, and a real signal hurts it: killed, the coordinator's own among them, or paused for
 * longer than the cluster waits. The run must go on by itself and end with the digest of the sequential engine, and a node that
 * comes back after its pause must end itself. The cluster's patience is seconds here; nothing is measured.
 */
@RunWith(classOf[JUnitRunner])
class ClusterRecoverySpec extends AnyWordSpec with Matchers with BeforeAndAfterAll {
  private val patience = Seq(
    "akka.cluster.failure-detector.acceptable-heartbeat-pause=4s",
    "akka.cluster.split-brain-resolver.stable-after=2s")
  private val random = new Random(7)
  private val said = new StringBuffer
  private lazy val setup = ShippedScenarios.setup("ftrace-numa.conf")
  private lazy val expected = SequentialEngine.run(new EmulatedMachine(setup), new MachineJudge(setup)).digest
  private val processes = new NodeProcesses(patience)
  private val folder: Path = Files.createTempDirectory("stillpoint-recovery")

  override def beforeAll(): Unit = {
    patience.foreach { setting =>
      val Array(key, value) = setting.split('=')
      System.setProperty(key, value)
    }
    // settings are read once a JVM, and other specs have been here
    ConfigFactory.invalidateCaches()
  }

  override def afterAll(): Unit = {
    patience.foreach(setting => System.clearProperty(setting.takeWhile(_ != '=')))
    ConfigFactory.invalidateCaches()
    processes.close()
    val files = Files.walk(folder)
    try files.sorted(java.util.Comparator.reverseOrder()).forEach(path => Files.delete(path)) finally files.close()
  }

  /** Runs, and does `harm` when the run has come to a checkpoint that the seed chooses. */
  private def runWith(runner: ClusterRunner, name: String)(harm: => Unit): Finished = {
    said.setLength(0)
    val checkpoints = folder.resolve(name)
    val moment = 200_000L * (1 + random.nextInt(15))
    def reached = Option(checkpoints.toFile.list).exists(_.exists(_.takeRight(19).toLong >= moment))
    val hurting = new Thread(() => {
      while (!reached) Thread.sleep(5)
      harm
    })
    hurting.start()
    val identity = new RunIdentity("test", name, "", Array.emptyByteArray, setup.seed, "")
    val written = new Checkpoints.Written(200_000, checkpoints, identity)
    val finished = runner.run(setup, 3, 1, new Checkpoints(Optional.of(written), Optional.empty()))
    hurting.join()
    said.toString should include("going on from")
    finished
  }

  /** One of the nodes that carry the run, but not the coordinator's. */
  private def oneOfTheRun(founder: processes.Node, nodes: Seq[processes.Node]): processes.Node = {
    val names = said.toString.linesIterator.filter(_.startsWith("node ")).map(_.split("[, ]+")(2).stripSuffix(":")).toSet
    val carrying = nodes.filter(node => names(node.name) && node != founder)
    carrying(random.nextInt(carrying.size))
  }

  "A run on a cluster" should {
    "end with the same digest when nodes are killed or paused, the coordinator's among them" in {
      val founder = processes.start(processes.founderPort, processes.founderPort)
      founder.port
      val others = Seq.fill(3)(processes.start(0, founder.port))
      others.foreach(_.port)
      val member = InetSocketAddress.createUnresolved("127.0.0.1", founder.port)
      val runner = ClusterRunner.of(
        JList.of(member), new MemberOptions, 3, 240_000, line => { said.append(line).append('\n'); info(line) })
      try {
        var killed, paused = founder
        runWith(runner, "killed") { killed = oneOfTheRun(founder, others); killed.signal("KILL") }.digest shouldBe expected

        // a new one, for three must be there
        val left = others.filterNot(_ == killed) :+ processes.start(0, founder.port)
        left.last.port
        runWith(runner, "paused") { paused = oneOfTheRun(founder, left); paused.signal("STOP") }.digest shouldBe expected
        paused.signal("CONT")
        withClue("a node that was given up: ") {
          paused.process.waitFor(120, TimeUnit.SECONDS) shouldBe true
          paused.process.exitValue shouldBe 3
        }

        processes.start(0, founder.port).port
        withClue("killed the coordinator's: ")(runWith(runner, "coordinator")(founder.signal("KILL")).digest shouldBe expected)
      } finally runner.close()
    }
  }
}
