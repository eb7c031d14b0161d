package stillpoint.console

import org.junit.runner.RunWith
import org.scalatest.BeforeAndAfterAll
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

import java.nio.file.{Files, Path}
import java.util.{Comparator, List => JList}

import com.fasterxml.jackson.databind.ObjectMapper
import com.fasterxml.jackson.databind.node.ObjectNode
import stillpoint.ShippedScenarios

/**
 * Goal: JVM processes change no result. Method: eight real ones stay joined and take one run after another. Each scenario runs on
 * 1, 2, 3 and 8 of them with 1 thread and with 2 each, and must give digest, report and JSON document of the sequential engine.
 *
 * Between eight processes of a host with two processors a round takes milliseconds, and a scenario has up to 170,000. So a run is as
 * long as its number of nodes can afford: all of the scenario if it is short, else its last rounds, from a checkpoint that the
 * sequential engine has written. All come to the verdict, and digest and document are those of the whole. The seed's hang runs
 * whole on up to three; with `-Dstillpoint.matrix=complete` everything does on all eight, which takes hours.
 */
@RunWith(classOf[JUnitRunner])
class ClusterDigestSpec extends AnyWordSpec with Matchers with BeforeAndAfterAll {
  private val Processes = 8
  private val Whole = Int.MaxValue
  private val Ways = for (nodes <- Seq(1, 2, 3, 8); threads <- Seq(1, 2)) yield (nodes, threads)

  /** By number of nodes: rounds. */
  private val Rounds = Map(1 -> Whole, 2 -> 1_000, 3 -> 600, 8 -> 120)
  private val Windows = 10_000

  private val complete = System.getProperty("stillpoint.matrix", "") == "complete"
  private val json = new ObjectMapper
  private val folder = Files.createTempDirectory("stillpoint-matrix")
  private lazy val cluster = ClusterRunner.onThisHost(
    Processes, 240_000, JList.of("-Xmx512m", "-XX:TieredStopAtLevel=1"), _ => ())

  override def afterAll(): Unit = {
    cluster.close()
    delete(folder)
  }

  private def delete(path: Path): Unit =
    Files.walk(path).sorted(Comparator.reverseOrder[Path]).forEach(file => Files.delete(file))

  for (file <- ShippedScenarios.files) {
    val name = file.getFileName.toString
    val seed = name == "ftrace-hang-xls.conf"
    val (rounds, windows) =
      if (complete) (Rounds.map(_._1 -> Whole), Whole)
      else if (seed) (Rounds.map { case (nodes, most) => nodes -> (if (nodes <= 3) Whole else 4 * most) }, Whole)
      else (Rounds, Windows)
    val all = if (complete) ", all of it" else if (seed) ", all of it on up to 3" else ", in its last rounds at least"
    name should {
      s"come to one end on 1, 2, 3 and 8 JVM processes of 1 and 2 threads$all" in {
        val scenario = ShippedScenarios.scenario(file)
        val own = Files.createDirectory(folder.resolve(name))
        val (expected, from) = new LateCheckpoints(scenario).run(own, rounds, windows)
        def document(finished: Finished): String = {
          val text = ReportJson.of(scenario, finished, Judgement.of(scenario.expect, finished.report))
          val all = json.readTree(text).asInstanceOf[ObjectNode]
          all.remove(JList.of("nodes", "wall_ms"))
          all.withObject("counters").remove(JList.of("windows", "remote_batches"))
          all.toPrettyString
        }
        for ((nodes, threads) <- Ways) withClue(s"$nodes processes of $threads threads: ") {
          val finished = cluster.run(scenario.setup, nodes, threads, from(nodes))
          finished.digest shouldBe expected.digest
          document(finished) shouldBe document(expected)
          finished.report shouldBe expected.report
          finished.nodes shouldBe nodes
          if (nodes > 1) finished.remoteBatches should be > 0L
        }
        delete(own)
      }
    }
  }
}
