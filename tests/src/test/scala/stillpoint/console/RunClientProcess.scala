package stillpoint.console

import java.nio.file.Path
import java.util.Optional
import stillpoint.ShippedScenarios
import stillpoint.actors.checkpoint.RunIdentity
import stillpoint.actors.cluster.LostRun

/**
 * A process that stays and asks a cluster for one run after another, so that a spec need not start one for each. A line of input
 * is a run on so many nodes, `SCENARIO EVERY_NANOS FOLDER`; lines of output are `said ...` for what people would see, then `end DIGEST` or
 * `lost ...` or `broke ...`.
 */
object RunClientProcess {
  private val Short = "stop-two-cpus-ordered.conf"
  @volatile private var telling = true

  def main(arguments: Array[String]): Unit = {
    val Array(bind, members, nodes) = arguments
    val runner = ClusterRunner.of(
      Endpoint.members("--cluster", members), TestMembers.options("--bind", bind), nodes.toInt, 240_000,
      line => if (telling) say("said " + line))
    say("ready")
    Iterator.continually(Console.in.readLine()).takeWhile(_ != null).foreach { line =>
      val Array(scenario, every, folder) = line.split(' ')
      val setup = ShippedScenarios.setup(scenario)
      val identity = new RunIdentity("test", scenario, "", Array.emptyByteArray, setup.seed, "")
      val written = new Checkpoints.Written(every.toLong, Path.of(folder), identity)
      say(
        try {
          // a short run first, which begins when all nodes are up: who is hurt before that has no vote
          telling = false
          runner.run(ShippedScenarios.setup(Short), nodes.toInt, 1, Checkpoints.NONE)
          telling = true
          "end " + runner.run(setup, nodes.toInt, 1, new Checkpoints(Optional.of(written), Optional.empty())).digest
        } catch {
          case lost: LostRun => "lost " + lost.getMessage
          case failure: RuntimeException => "broke " + failure
        })
    }
    Runtime.getRuntime.halt(0)
  }

  private def say(line: String): Unit = synchronized { println(line); Console.out.flush() }
}
