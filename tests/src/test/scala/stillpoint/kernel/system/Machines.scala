package stillpoint.kernel.system

import java.nio.file.Path
import java.util.{List => JavaList, Optional}

import scala.collection.mutable
import scala.jdk.CollectionConverters._

import stillpoint.actors.{RunOptions, Simulation}
import stillpoint.clusterconfig.{Overrides, ScenarioReader}
import stillpoint.kernel.config.GuestConfig
import stillpoint.kernel.cpu.CpuReport
import stillpoint.kernel.ftrace.ExecutionLog
import stillpoint.kernel.report.RunReport
import stillpoint.machine.coherence.{MemorySnapshot, SliceReport}
import stillpoint.machine.elf.{ElfImage, GuestFiles}
import stillpoint.machine.time.{CutJudge, CutReports, RunOutcome, SequentialEngine}

/** Whole machines for specs: built from a scenario's text, run without actors. */
object Machines {
  val Variants: Seq[String] = Seq("stop-machine+wait-ipi", "mailbox-nowait", "delayed-flush", "upstream")
  val Hanging = "stop-machine+wait-ipi"
  val Healthy: Seq[String] = Variants.filterNot(_ == Hanging)
  val EnableLine = "echo function > /debug/tracing/current_tracer"
  val DisableLine = "echo nop > /debug/tracing/current_tracer"

  private val images = mutable.Map.empty[String, ElfImage]
  private val reader = new ScenarioReader(
    (name, _) => images.synchronized(images.getOrElseUpdate(name, GuestFiles.image(name.split('/').last))),
    JavaList.of(Path.of(System.getProperty("stillpoint.root", "."))))

  /** The board on which a variant was met: mailboxes are an Octeon's. */
  def boardOf(variant: String): String = if (variant == "mailbox-nowait") "octeon-cn58" else "xls416"

  /** A line typed at a shell. */
  case class Typed(at: String, on: Int, line: String) {
    def text: String = s"""{ at = $at, on = $on, run = "$line" }"""
  }

  /** What a spec chooses of a machine; {@code machine} and {@code kernel} are further lines of these sections. */
  case class Plan(
      variant: String,
      cpus: Int,
      preempt: String = "full",
      elf: String = "functions.elf",
      script: Option[Seq[Typed]] = None,
      machine: String = "",
      kernel: String = "",
      limits: String = "virtual-time = 100ms",
      board: Option[String] = None,
      runOn: String = "all",
      guest: String = "",
      faults: String = "",
      seed: Long = 42) {

    private def typed: Seq[Typed] = script.getOrElse(Seq(Typed("100us", 5 % cpus, EnableLine)))

    def text: String =
      s"""seed = $seed
         |machine { board = ${board.getOrElse(boardOf(variant))}, cpus = $cpus
         |$machine }
         |kernel { variant = "$variant", preempt = $preempt
         |$kernel }
         |guest { elf = "guest/$elf", run-on = $runOn
         |$guest }
         |script = [ ${typed.map(_.text).mkString(", ")} ]
         |faults = [ $faults ]
         |limits { $limits }
         |""".stripMargin

    lazy val setup: MachineSetup = reader.read("spec.conf", text, Overrides.NONE).setup
  }

  /** A machine that has been run to its end. */
  case class Run(
      machine: EmulatedMachine,
      outcome: RunOutcome,
      judge: MachineJudge,
      executions: Map[Int, IndexedSeq[Executed]]) {
    val setup: MachineSetup = machine.shared.setup
    val cpus: Seq[CpuReport] = outcome.finalReports.asScala.toSeq.collect { case cpu: CpuReport => cpu }
    private val slices = outcome.finalReports.asScala.toSeq.collect { case slice: SliceReport => slice }

    lazy val report: RunReport =
      new ReportBuilder(machine.shared, judge.ending.get, outcome.finalReports).build()

    def sent(kind: String): Long = report.counters.ipis.get(kind).sent
    def taken(kind: String): Long = report.counters.ipis.get(kind).taken

    /** The word of memory at a physical address, or None if a cache may hold a newer one. */
    def memoryWord(physical: Long): Option[Int] = {
      val lineBytes = setup.board.lineBytes
      val line = physical & -lineBytes.toLong
      val memory = slices((java.lang.Long.divideUnsigned(physical, lineBytes) % slices.size).toInt).memory
      Option.when(memory.ownerOf(line) == MemorySnapshot.NOBODY) {
        val bytes = java.nio.ByteBuffer.wrap(memory.memoryLine(line))
        if (!setup.board.bigEndian) bytes.order(java.nio.ByteOrder.LITTLE_ENDIAN)
        bytes.getInt((physical - line).toInt)
      }
    }
  }

  def simulate(plan: Plan): Run = simulate(plan.setup)

  def simulate(setup: MachineSetup): Run = {
    val machine = new EmulatedMachine(setup)
    val judge = new MachineJudge(setup)
    val recording = new Recording(judge)
    // the plain engine asks every process in every window; OneDigestSpec says that the results are the same
    val outcome =
      if (setup.board.cpuCount < 256) SequentialEngine.run(machine, recording)
      else Simulation.run(machine, recording, RunOptions.onThreads(1))
    Run(machine, outcome, judge, recording.executions)
  }

  /** A word that a CPU executed at a call site. */
  case class Executed(cycle: Long, physical: Long, word: Int)

  /** A judge that keeps what CPUs hand over at each look. */
  private class Recording(judge: MachineJudge) extends CutJudge {
    private val kept = mutable.Map.empty[Int, mutable.ArrayBuffer[Executed]]
    def executions: Map[Int, IndexedSeq[Executed]] =
      kept.view.mapValues(_.toIndexedSeq).toMap.withDefaultValue(IndexedSeq.empty)
    override def nextCutAfter(cycle: Long): Long = judge.nextCutAfter(cycle)
    override def limitCycle(): Long = judge.limitCycle()
    override def wantsReports(cut: CutJudge.Cut, blockedSince: Long): Boolean = judge.wantsReports(cut, blockedSince)
    override def judge(cut: CutJudge.Cut, reports: CutReports): CutJudge.Decision = {
      reports.changed.map(reports.get).collect { case cpu: CpuReport =>
        val log = cpu.logs.executions
        val all = kept.getOrElseUpdate(cpu.cpu, mutable.ArrayBuffer.empty)
        (0 until log.size).foreach(i => all += Executed(log.cycle(i), log.physical(i), log.word(i)))
      }
      judge.judge(cut, reports)
    }
  }

  /** Runs under a judge of the spec's own, which sees each look at the machine. */
  def observe(setup: MachineSetup, judge: CutJudge): RunOutcome =
    SequentialEngine.run(new EmulatedMachine(setup), judge)

  /** Looks every so many nanoseconds at all CPUs, and ends the run when told to or when nothing is left. */
  class Watching(setup: MachineSetup, everyNanos: Long, stop: (Long, Seq[CpuReport]) => Boolean) extends CutJudge {
    private val every = setup.board.cycleAt(everyNanos)
    override def nextCutAfter(cycle: Long): Long = (cycle / every + 1) * every
    override def wantsReports(cut: CutJudge.Cut, blockedSince: Long): Boolean = true
    override def judge(cut: CutJudge.Cut, reports: CutReports): CutJudge.Decision = {
      val cpus = reports.all.asScala.toSeq.collect { case cpu: CpuReport => cpu }
      if (stop(cut.cycle, cpus)) CutJudge.Decision.STOP else CutJudge.Decision.GO_ON
    }
  }

  /** The same machine with another guest image. */
  def withImage(setup: MachineSetup, image: ElfImage): MachineSetup =
    new MachineSetup(
      setup.board, setup.kernel, new GuestConfig(setup.guest.elfPath, image, setup.guest.runOn), setup.script,
      setup.seed, setup.settleNanos, setup.virtualTimeLimitNanos)

  def present[A](value: Optional[A]): Option[A] = if (value.isPresent) Some(value.get) else None
}
