package stillpoint.kernel.shell

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.report.Verdict
import stillpoint.kernel.system.Machines._

/** What somebody sees who types at the guest's shell. */
@RunWith(classOf[JUnitRunner])
class GuestFaceSpec extends AnyWordSpec with Matchers {
  private val folder = "/debug/tracing/"

  private def run(variant: String, cpus: Int, script: Typed*): Run =
    simulate(Plan(variant, cpus, script = Some(script)))

  private def console(run: Run): Seq[String] = run.report.console.asScala.toSeq

  /** What stands between a typed line and the next. */
  private def after(run: Run, line: String): Seq[String] =
    console(run).dropWhile(!_.endsWith("# " + line)).tail.takeWhile(!_.matches("cpu\\d+# .*"))

  private def stored(run: Run): Seq[Long] = run.cpus.flatMap(_.logs.stores.asScala).map(_.physical)

  "set_ftrace_filter" should {
    "limit the patched sites to the functions that it names, in every variant" in {
      for (variant <- Healthy) withClue(s"$variant: ") {
        val known = simulate(Plan(variant, 4)).machine.shared.sites.sites.asScala
        val two = known.map(_.function).distinct.take(2).toSeq
        val filtered = run(variant, 4,
          Typed("50us", 1, s"echo ${two.mkString(" ")} > ${folder}set_ftrace_filter"), Typed("200us", 2, EnableLine))
        val sites = filtered.machine.shared.sites
        val wanted = sites.sites.asScala.filter(site => two.contains(site.function)).map(_.ipPhysical)
        stored(filtered) shouldBe sites.slot.physical +: wanted
        filtered.report.verdict shouldBe Verdict.HEALTHY
      }
    }
    "change the sites at once while the tracer is on, and be empty for all" in {
      val all = simulate(Plan("upstream", 4)).machine.shared.sites
      val one = all.sites.get(3)
      val changed = run("upstream", 4,
        Typed("50us", 1, s"echo ${one.function} > ${folder}set_ftrace_filter"),
        Typed("300us", 0, EnableLine),
        Typed("500us", 1, s"echo > ${folder}set_ftrace_filter"),
        Typed("900us", 1, s"echo ${one.function} > /sys/kernel/debug/tracing/set_ftrace_filter"))
      val others = all.sites.asScala.filterNot(_.function == one.function).map(_.ipPhysical)
      val own = all.sites.asScala.filter(_.function == one.function).map(_.ipPhysical)
      stored(changed) shouldBe (all.slot.physical +: own) ++ others ++ others
      for (site <- all.sites.asScala; word <- changed.memoryWord(site.ipPhysical))
        word shouldBe (if (site.function == one.function) site.callWord else site.nopWord)
    }
    "answer an unknown function as Linux does, having done what came before it" in {
      val known = simulate(Plan("upstream", 1)).machine.shared.sites.sites.get(0).function
      val line = s"echo $known nonsense > ${folder}set_ftrace_filter"
      val refused = run("upstream", 2, Typed("50us", 1, line), Typed("200us", 0, EnableLine))
      after(refused, line) shouldBe Seq("-bash: echo: write error: Invalid argument")
      stored(refused).size shouldBe 2
    }
  }

  "The files of the tracing folder" should {
    lazy val shown = run("upstream", 2,
      Typed("10us", 0, s"cat ${folder}current_tracer"),
      Typed("20us", 0, s"cat ${folder}available_filter_functions"),
      Typed("30us", 1, s"cat ${folder}dyn_ftrace_total_info"),
      Typed("100us", 0, EnableLine),
      Typed("300us", 1, s"cat ${folder}trace"),
      Typed("400us", 1, "cat /sys/kernel/debug/tracing/current_tracer"))

    "tell the tracer, the functions and how many there are" in {
      val sites = shown.machine.shared.sites.sites.asScala.toSeq
      after(shown, s"cat ${folder}current_tracer") shouldBe Seq("nop")
      after(shown, "cat /sys/kernel/debug/tracing/current_tracer") shouldBe Seq("function")
      after(shown, s"cat ${folder}available_filter_functions") shouldBe sites.map(_.function)
      after(shown, s"cat ${folder}dyn_ftrace_total_info") shouldBe Seq(s"${sites.size} pages:1 groups: 1")
    }
    "say in the trace's header how many entries are there and how many were written" in {
      val trace = after(shown, s"cat ${folder}trace")
      val entries = trace.count(!_.startsWith("#"))
      entries should be > 0
      trace.take(6) shouldBe Seq(
        "# tracer: function",
        "#",
        s"# entries-in-buffer/entries-written: $entries/$entries   #P:2",
        "#",
        "#           TASK-PID    CPU#    TIMESTAMP  FUNCTION",
        "#              | |       |          |         |")
      entries.toLong should be < shown.report.counters.tracedCalls
    }
  }

  "/proc/interrupts" should {
    "count what each CPU has taken by then, in Linux's columns" in {
      val line = "cat /proc/interrupts"
      val shown = run("upstream", 2, Typed("10us", 1, line))
      after(shown, line) shouldBe Seq(
        "           CPU0       CPU1       ",
        "  7:          0          0      MIPS   7  timer",
        "  8:          0          0   XLR-PIC   8  IPI resched",
        "  9:          0          0   XLR-PIC   9  IPI call",
        " 10:          0          0   XLR-PIC  10  IPI icache",
        " 17:          0          1   XLR-PIC  17  serial",
        "ERR:          0")
    }
    "not count what came later" in {
      val line = "cat /proc/interrupts"
      val twice = run("delayed-flush", 4, Typed("10us", 3, line), Typed("100us", 1, EnableLine), Typed("600us", 2, line))
      val calls = console(twice).filter(_.endsWith("IPI call")).map(_.trim.split("\\s+").slice(1, 5).map(_.toLong).sum)
      calls shouldBe Seq(0L, 3L)
    }
  }

  "watchdog_thresh" should {
    "be what was written, within what Linux allows" in {
      val file = "/proc/sys/kernel/watchdog_thresh"
      val script = run("upstream", 2, Typed("10us", 0, "cat " + file), Typed("20us", 1, s"echo 61 > $file"),
        Typed("30us", 1, s"echo 3 > $file"), Typed("50us", 0, s"cat $file "))
      console(script) shouldBe Seq(
        "cpu0# cat " + file, "10", s"cpu1# echo 61 > $file", "-bash: echo: write error: Invalid argument",
        s"cpu1# echo 3 > $file", s"cpu0# cat $file ", "3")
    }
  }

  "SysRq l" should {
    val line = "echo l > /proc/sysrq-trigger"
    "have every CPU print its stack" in {
      val shown = run("upstream", 4, Typed("100us", 2, line))
      for (cpu <- 0 until 4)
        console(shown).count(_.endsWith(s"NMI backtrace for cpu $cpu")) shouldBe 1
      shown.report.verdict shouldBe Verdict.HEALTHY
    }
    "not be heard in the hang, where nobody has irqs on" in {
      val plan = Plan(Hanging, 4, script = Some(Seq(Typed("100us", 1, EnableLine), Typed("2ms", 2, line))))
      val setup = plan.setup
      var log = Seq.empty[String]
      observe(setup, new Watching(setup, 500_000, (cycle, _) => cycle >= setup.board.cycleAt(20_000_000)) {
        override def judge(cut: stillpoint.machine.time.CutJudge.Cut, reports: stillpoint.machine.time.CutReports) = {
          reports.all.asScala.foreach {
            case console: stillpoint.kernel.console.ConsoleReport => log = console.log.asScala.map(_.text).toSeq
            case _ =>
          }
          super.judge(cut, reports)
        }
      })
      log.exists(_.contains("smp_call_function_many")) shouldBe true
      log.filter(text => text.contains("backtrace") || text.contains("sysrq")) shouldBe empty
    }
  }
}
