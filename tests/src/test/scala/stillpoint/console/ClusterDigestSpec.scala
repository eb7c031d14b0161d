package stillpoint.console

import org.junit.runner.RunWith
import org.scalatest.BeforeAndAfterAll
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

import java.nio.file.Path
import java.util.{List => JList}
import stillpoint.ShippedScenarios
import stillpoint.kernel.system.{EmulatedMachine, MachineJudge, ReportBuilder}
import stillpoint.machine.time.SequentialEngine

/**
 * Goal: JVM processes change no result. Method: eight real ones stay joined and take one run after another. Every scenario runs on
 * two of them or three, with one thread each or two, by turns; the seed's hang in all these ways; the shortest ones of every kind
 * also on eight. Digest and whole report must be those of the sequential engine. What takes more rounds than a host with two
 * processors does in a second or two is left to [[stillpoint.NodesDigestSpec]], which cuts it as badly without processes.
 */
@RunWith(classOf[JUnitRunner])
class ClusterDigestSpec extends AnyWordSpec with Matchers with BeforeAndAfterAll {
  private val Processes = 8
  private val MostWindows = 10_000L
  private lazy val cluster = ClusterRunner.onThisHost(
    Processes, 240_000, JList.of("-Xmx512m", "-XX:TieredStopAtLevel=1"), line => info(line))

  override def afterAll(): Unit = cluster.close()

  private def facts(f: Finished) = (f.digest, f.report, f.events)

  private case class Expected(facts: (String, stillpoint.kernel.report.RunReport, Long), windows: Long)

  private def sequential(file: Path): Expected = {
    val setup = ShippedScenarios.setup(file)
    val machine = new EmulatedMachine(setup)
    val judge = new MachineJudge(setup)
    val outcome = SequentialEngine.run(machine, judge)
    val report = new ReportBuilder(machine.shared, judge.ending.get, outcome.finalReports).build()
    Expected((outcome.digest, report, outcome.events), outcome.windows)
  }

  private def check(file: Path, ways: Seq[(Int, Int)]): Unit = {
    val expected = sequential(file)
    if (expected.windows > MostWindows) info(s"${expected.windows} windows: too many between processes here")
    else
      for ((nodes, threads) <- ways) withClue(s"$nodes processes of $threads threads: ") {
        val finished = cluster.run(ShippedScenarios.setup(file), nodes, threads, Checkpoints.NONE)
        facts(finished) shouldBe expected.facts
        finished.nodes shouldBe nodes
        if (nodes > 1) finished.remoteBatches should be > 0L
      }
  }

  for ((file, turn) <- ShippedScenarios.files.zipWithIndex) {
    val name = file.getFileName.toString
    name should {
      "come to the same end on JVM processes" in {
        if (name == "ftrace-hang-xls.conf") check(file, for (nodes <- Seq(1, 2, 3, 8); threads <- Seq(1, 2)) yield (nodes, threads))
        else check(file, Seq(Seq((2, 1), (3, 1), (2, 2), (3, 2))(turn % 4)))
      }
    }
  }
}
