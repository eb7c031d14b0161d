package stillpoint.kernel.system

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.flush.FlushRecord
import stillpoint.kernel.report.Verdict
import stillpoint.kernel.system.Machines._
import stillpoint.machine.elf.ElfFormatException

/** A call site on a page that cannot be stored to: -EFAULT, a warning, no tracer, and a machine that goes on. */
@RunWith(classOf[JUnitRunner])
class SafeStoreSpec extends AnyWordSpec with Matchers {
  for (variant <- Seq("upstream", "irqsave", "upstream+wait-ipi", "delayed-flush", "mailbox-nowait")) {
    s"A store fault under $variant" should {
      lazy val run = simulate(Plan(variant, 4, guest = """read-only-text = ["heap_sort"]""",
        script = Some(Seq(Typed("100us", 1, EnableLine), Typed("300us", 2, DisableLine)))))
      lazy val sites = run.machine.shared.sites.sites.asScala.toSeq
      lazy val faulted = sites.indexWhere(_.function == "heap_sort")
      lazy val stores = run.cpus.flatMap(_.logs.stores.asScala).sortBy(_.cycle)

      "name the address, as the kernel does" in {
        val console = run.report.console.asScala.toSeq
        val at = console.indexWhere(_.contains("WARNING: at kernel/trace/ftrace.c ftrace_bug()"))
        console(at - 1) should endWith("------------[ cut here ]------------")
        console(at + 1) should include(
          f"ftrace faulted on modifying [<${sites(faulted).ipVirtual}%016x>] heap_sort+0x")
        console.count(_.contains("faulted")) shouldBe 1
      }
      "be a warning, and no more" in {
        run.report.verdict shouldBe Verdict.WARNINGS
        run.report.warnings.asScala.count(_.contains("ftrace_bug")) shouldBe 1
        run.report.guest.failures shouldBe empty
        run.cpus.exists(cpu => cpu.guestRuns || cpu.shellBusy) shouldBe false
      }
      "leave the rest of the text as it was, and take the tracer out of the slot" in {
        val slot = run.machine.shared.sites.slot
        faulted should be > 0
        stores.map(_.physical) shouldBe
          slot.physical +: sites.take(faulted).map(_.ipPhysical) :+ slot.physical
        stores.last.newWord shouldBe slot.offWord
      }
      "disable the tracer for good" in {
        // the second line, too, changed nothing
        run.report.counters.wordsPatched shouldBe faulted + 2
        val off = stores.last.cycle
        val flushed = run.cpus.flatMap(_.logs.flushes.asScala).map(_.returnCycle).filter(_ != FlushRecord.NOT_RETURNED).max
        flushed should be > off
        run.cpus.foreach(_.logs.trace.asScala.count(_.cycle > flushed) should be <= 1)
      }
    }
  }

  "A function without a call site" should {
    "be refused in one line" in {
      val error = the[ElfFormatException] thrownBy simulate(Plan("upstream", 1, guest = "read-only-text = [no_such]"))
      error.getMessage shouldBe
        "guest/functions.elf: has no call site in no_such, which guest.read-only-text names"
    }
  }

  "A fault at the first conversion" should {
    "leave everything behind it as compiled, and never turn the tracer on" in {
      val run = simulate(Plan("upstream", 2, elf = "functions32.elf", guest = """read-only-text = [heap_sort]""",
        kernel = "ftrace.convert-at-boot = false"))
      val sites = run.machine.shared.sites.sites.asScala
      run.report.verdict shouldBe Verdict.WARNINGS
      run.report.counters.wordsPatched shouldBe 2 * sites.indexWhere(_.function == "heap_sort")
      run.report.counters.tracedCalls shouldBe 0
    }
  }
}
