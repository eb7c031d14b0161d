package stillpoint.console

import java.io.{PrintWriter, StringWriter}
import java.util.{List => JList, TreeMap => JTreeMap}
import scala.jdk.CollectionConverters._
import stillpoint.clusterconfig.Scenarios
import stillpoint.kernel.config.KernelConfig.{FtraceUpdate, IcacheFlush}
import stillpoint.kernel.report.{RunReport, Verdict}
import stillpoint.kernel.report.RunReport._
import stillpoint.kernel.system.MachineSetup

/** A simulator for specs of the command line: knows by the setup alone whether the machine hangs, and simulates nothing. */
object FakeMachine {
  private def ipis(callSent: Long, callTaken: Long) = {
    val map = new JTreeMap[String, IpiCount]()
    map.put("call-function", new IpiCount(callSent, callTaken))
    map.put("icache-flush", new IpiCount(0, 0))
    map.put("resched", new IpiCount(15, 15))
    map
  }

  private def ints(range: Range): JList[Integer] = range.map(Int.box).asJava

  def report(setup: MachineSetup): RunReport = {
    val cpus = setup.board.cpuCount
    val hangs = setup.kernel.ftraceUpdate == FtraceUpdate.STOP_MACHINE &&
      setup.kernel.icacheFlush == IcacheFlush.WAIT_IPI && !setup.kernel.delayedFlush && cpus > 1
    val others = 1 until cpus
    val cycle =
      if (!hangs) Seq.empty[WaitEdge]
      else
        new WaitEdge(0, "smp_call_function_many", ints(others), "csd", "IPI pending, irqs off since 118400 ns", 131072) +:
          others.map(i =>
            new WaitEdge(i, "multi_cpu_stop", JList.of(0), "stop_machine state", s"waits itself since ${131072 + i} ns", 118000L + i)
          )
    val states = (0 until cpus).map(i =>
      new CpuState(i, s"migration/$i", !hangs, if (hangs) 118400 else -1, 1, JList.of("timer"), JList.of("multi_cpu_stop", "cpu_stopper_thread"))
    )
    new RunReport(
      if (hangs) Verdict.DEADLOCK else Verdict.HEALTHY,
      131072,
      cycle.asJava,
      JList.of(),
      if (hangs) JList.of("WARNING: at kernel/smp.c smp_call_function_many") else JList.of(),
      new Counters(if (hangs) 1 else 45, 1, ipis(if (hangs) cpus - 1 else 0, 0), 2, 0, 0, 7, 123456),
      JList.of(),
      states.asJava,
      JList.of("[    0.000100] ftrace: patching"),
      if (hangs) JList.of() else JList.of("  work-3 [003] 200.000000: sort <-work"),
      new GuestResults(3, JList.of(), if (hangs) JList.of() else ints(0 until cpus))
    )
  }

  val runner: Runner = (setup, _) => new Finished(report(setup), "sha256:0f", 1000, 20, 0, 5)

  case class Outcome(exit: Int, out: String, err: String) {
    def errLines: Seq[String] = err.linesIterator.toSeq
  }

  val root: java.nio.file.Path = java.nio.file.Path.of(System.getProperty("stillpoint.root")).toAbsolutePath.normalize

  /** One command line on this machine, with a repository whose guests are files of the specs. */
  def launch(arguments: String*): Outcome = launchOn(runner)(arguments: _*)

  def launchOn(machine: Runner)(arguments: String*): Outcome = {
    val out = new StringWriter
    val err = new StringWriter
    val terminal = new Terminal(new PrintWriter(out), new PrintWriter(err), false)
    val bench = new Benchmark {
      override def name = "count"
      override def about = "counts to three."
      override def measure(quick: Boolean) =
        new Benchmark.Table(JList.of("threads", "events_per_second"), JList.of(JList.of[Object](Int.box(1), Double.box(2.5))))
    }
    val services = new Services(machine, Scenarios.loader, JList.of(bench), home)
    val exit = Stillpoint.run(services, terminal, arguments: _*)
    Outcome(exit, out.toString, err.toString)
  }

  /** The repository's scenarios beside the guests of the specs. */
  lazy val home: java.nio.file.Path = {
    val scenarios = Scenarios.home.resolve("scenarios")
    java.nio.file.Files.createDirectories(scenarios)
    for (file <- root.resolve("scenarios").toFile.listFiles if file.getName.endsWith(".conf"))
      java.nio.file.Files.copy(file.toPath, scenarios.resolve(file.getName), java.nio.file.StandardCopyOption.REPLACE_EXISTING)
    Scenarios.home
  }

  def write(text: String): String = {
    val file = java.nio.file.Files.createTempFile("scenario", ".conf")
    java.nio.file.Files.writeString(file, text)
    file.toFile.deleteOnExit()
    file.toString
  }
}
