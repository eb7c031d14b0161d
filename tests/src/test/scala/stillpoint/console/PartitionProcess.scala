package stillpoint.console

import java.nio.file.Path
import java.util.{List => JList, Optional}
import stillpoint.ShippedScenarios
import stillpoint.actors.checkpoint.RunIdentity
import stillpoint.clusterconfig.Overrides

/**
 * Does what `run --nodes 3` does to a scenario with a partition, and then waits for the end of the node that was cut off, so that
 * its exit code can be seen. Arguments: SCENARIO FAULTS EVERY_NANOS FOLDER NODE, where node 0 is to wait for none. Prints lines
 * `said ...`, `end DIGEST NODES`, `struck ...`, `exit CODE`, and `done` at last.
 */
object PartitionProcess {
  def main(arguments: Array[String]): Unit = {
    val Array(name, faults, every, folder, node) = arguments
    val scenario = ShippedScenarios.scenario(name, new Overrides(
      java.util.OptionalLong.empty, java.util.OptionalInt.empty, JList.of("faults=" + faults)))
    val identity = new RunIdentity("test", name, "", Array.emptyByteArray, scenario.setup.seed, "")
    val written = new Checkpoints.Written(every.toLong, Path.of(folder), identity)
    val checkpoints = new Checkpoints(Optional.of(written), Optional.empty())
    HostFaults.refuseWhatCannotAct(scenario, 3, checkpoints)
    val hurting = new HostFaults(scenario, checkpoints)
    val notes: java.util.function.Consumer[String] = line => say("said " + line)
    val runner = ClusterRunner.onThisHost(3, 240_000, hurting.javaOptions, notes)
    val watch = hurting.watch(runner.children, notes)
    val finished = hurting.toldIn(runner.run(scenario.setup, new Runner.Options(1, checkpoints)))
    say(s"end ${finished.digest} ${finished.nodes}")
    finished.report.faults.forEach(fault => fault.strikes.forEach(strike =>
      say(s"struck ${fault.number} ${fault.kind} ${strike.victim} ${strike.what} ${strike.atNanos > 0}")))
    if (node.toInt > 0) say("exit " + runner.children.get(node.toInt - 1).waitFor())
    watch.close()
    runner.close()
    say("done")
    Runtime.getRuntime.halt(0)
  }

  private def say(line: String): Unit = synchronized { println(line); Console.out.flush() }
}
