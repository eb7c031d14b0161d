package stillpoint.kernel.ftrace

import java.nio.ByteBuffer

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.ftrace.CallSites.Form
import stillpoint.kernel.report.Verdict
import stillpoint.kernel.system.Machines._
import stillpoint.machine.elf.{ElfImage, GuestFiles}

/** The other forms of call sites: long calls in a module, and the two words of the 32-bit layout. */
@RunWith(classOf[JUnitRunner])
class ModuleSitesSpec extends AnyWordSpec with Matchers {
  private def wordAt(image: ElfImage, virtual: Long): Int = {
    val segment = image.segments.asScala.find { s =>
      virtual >= s.virtualAddress && virtual < s.virtualAddress + s.content.length
    }.get
    ByteBuffer.wrap(segment.content).getInt((virtual - segment.virtualAddress).toInt)
  }

  "Sites of a module" should {
    val image = GuestFiles.image("modules.elf")
    val found = CallSites.find("modules.elf", image)
    val (modules, core) = found.sites.asScala.toSeq.partition(_.form == Form.LONG_CALL)

    "be those of its functions, beside the core's" in {
      modules.map(_.function) should contain theSameElementsAs
        image.symbols.asScala.filter(s => s.function && s.name.startsWith("module_")).map(_.name)
      core.map(_.form).toSet shouldBe Set(Form.CALL)
      core should not be empty
    }
    "lie out of a jal's reach of the core" in {
      for (site <- modules) site.ipVirtual >>> 28 should not be (found.mcountVirtual >>> 28)
    }
    "be the lui of a long call to _mcount: on as compiled, off a branch past its delay slot" in {
      for (site <- modules) {
        val code = (0 until 4).map(i => wordAt(image, site.ipVirtual + 4 * i))
        site.callWord shouldBe code(0)
        site.nopWord shouldBe 0x10000004
        code(0) >>> 16 shouldBe 0x3c03
        code(1) >>> 16 shouldBe 0x6463
        code(3) shouldBe 0x0060f809
        ((code(0) & 0xffff).toShort.toLong << 16) + (code(1) & 0xffff).toShort shouldBe found.mcountVirtual
      }
    }
    for (variant <- Seq("upstream", "delayed-flush", "upstream+wait-ipi", "irqsave"); n <- Seq(1, 4))
      s"be switched on and off, and really execute, under $variant with $n CPUs" in {
        val run = simulate(Plan(variant, n, elf = "modules.elf",
          script = Some(Seq(Typed("100us", 0, EnableLine), Typed("300us", 0, DisableLine)))))
        run.report.verdict shouldBe (if (variant == "irqsave" && n > 1) Verdict.WARNINGS else Verdict.HEALTHY)
        run.report.counters.wordsPatched shouldBe 2 * (found.sites.size + 1)
        run.report.counters.lateStaleFetches shouldBe 0
        run.report.guest.failures shouldBe empty
        for (cpu <- run.cpus) {
          val traced = cpu.logs.trace.asScala.map(_.ip).toSet
          traced should contain allElementsOf modules.map(_.ipVirtual)
          val words = run.executions(cpu.cpu).filter(_.physical == modules.head.ipPhysical).map(_.word).toSet
          words shouldBe Set(modules.head.nopWord, modules.head.callWord)
        }
      }
  }

  "Sites of the 32-bit layout" should {
    val image = GuestFiles.image("functions32.elf")
    val found = CallSites.find("functions32.elf", image)

    "be one in each function that is not notrace" in {
      val untraced = Set("_start", "_mcount", "ftrace_caller", "function_trace_call", "guest_main")
      found.sites.asScala.map(_.function) should contain theSameElementsAs
        image.symbols.asScala.filter(s => s.function && !untraced(s.name)).map(_.name)
    }
    "be jal _mcount with room for the two words it pops in the delay slot" in {
      for (site <- found.sites.asScala) {
        site.form shouldBe Form.CALL_AND_DELAY_SLOT
        wordAt(image, site.ipVirtual) shouldBe site.originalWord
        wordAt(image, site.ipVirtual + 4) shouldBe 0x27bdfff8
        found.isPatchable(site.ipPhysical + 4) shouldBe true
        found.isPatchable(site.ipPhysical + 8) shouldBe false
      }
    }
    "be whole as compiled, off and on, and torn in every other pair" in {
      for (site <- found.sites.asScala) {
        val whole = Set((site.originalWord, 0x27bdfff8), (0, 0), (site.callWord, 0))
        for (first <- Seq(site.originalWord, 0, site.callWord); second <- Seq(0x27bdfff8, 0))
          site.isWhole(first, second) shouldBe whole((first, second))
      }
    }
    for (variant <- Variants; n <- Seq(1, 2, 4, 16))
      s"obey the laws under $variant with $n CPUs" in {
        val run = simulate(Plan(variant, n, elf = "functions32.elf"))
        val words = found.sites.size + 1
        val hangs = variant == Hanging && n > 1
        run.report.verdict shouldBe (if (hangs) Verdict.DEADLOCK else Verdict.HEALTHY)
        run.report.counters.wordsPatched shouldBe (if (hangs) 1 else words)
        run.report.counters.tornFetches shouldBe 0
        run.report.guest.failures shouldBe empty
        run.report.guest.tracedCpus.asScala.toSeq shouldBe (if (hangs) Nil else 0 until n)
      }
  }
}
