package stillpoint.kernel.ftrace

import java.nio.ByteBuffer

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.system.Machines._
import stillpoint.machine.elf.{ElfImage, GuestFiles}

/** The function trace tells what was executed, judged by the machine code and by the log of executed words. */
@RunWith(classOf[JUnitRunner])
class FunctionTraceSpec extends AnyWordSpec with Matchers {
  private val image = GuestFiles.image("functions.elf")
  private val text = image.segments.asScala.find(_.executable).get

  private def wordAt(virtual: Long): Int = ByteBuffer.wrap(text.content).getInt((virtual - text.virtualAddress).toInt)

  private def functionAt(virtual: Long): Option[ElfImage.Symbol] =
    image.symbols.asScala.find(s => s.function && virtual >= s.address && virtual < s.address + s.bytes)

  for (variant <- Healthy; n <- Seq(1, 4)) {
    s"The trace under $variant with $n CPUs" should {
      lazy val run = simulate(Plan(variant, n))
      lazy val sites = run.machine.shared.sites

      "name calls: each return address is behind a call instruction that reaches the function" in {
        val mcount = image.symbols.asScala.find(_.name == "_mcount").get.address
        val callMcount = 0x0c000000 | (mcount >>> 2 & 0x03ffffff).toInt
        for (entry <- run.cpus.flatMap(_.logs.trace.asScala).distinctBy(e => (e.ip, e.parentIp))) {
          wordAt(entry.ip) shouldBe callMcount
          val function = functionAt(entry.ip).get
          functionAt(entry.parentIp) should not be empty
          val call = wordAt(entry.parentIp - 8)
          val direct = call >>> 26 == 3
          val indirect = call >>> 26 == 0 && (call & 0x3f) == 9
          withClue(f"${function.name} called by 0x${entry.parentIp}%x: ") {
            (direct || indirect) shouldBe true
            if (direct) {
              val target = entry.parentIp & ~0xfffffffL | (call & 0x3ffffffL) << 2
              // or by a function that jumped here as the last thing it did
              val callee = functionAt(target).get
              val jumps = (callee.address until callee.address + callee.bytes by 4).map(wordAt)
                .filter(_ >>> 26 == 2).map(jump => entry.parentIp & ~0xfffffffL | (jump & 0x3ffffffL) << 2)
              (target +: jumps) should contain(function.address)
            }
          }
        }
      }
      "have lost nothing and invented nothing" in {
        val siteWords = sites.sites.asScala.map(site => site.ipPhysical -> site.callWord).toMap
        for (cpu <- run.cpus) {
          val executed = run.executions(cpu.cpu).map(one => (one.physical, one.word))
          val sitesOn = executed.count { case (physical, word) => siteWords.get(physical).contains(word) }
          val slot = executed.filter(_._1 == sites.slot.physical)
          // every call that leaves through a site that is on passes the slot
          sitesOn shouldBe slot.size
          cpu.counters.tracedCalls shouldBe slot.count(_._2 == sites.slot.onWord)
          cpu.logs.trace should have size cpu.counters.tracedCalls
          cpu.counters.tracedCalls should be > 0L
        }
        run.report.counters.tracedCalls shouldBe run.cpus.map(_.counters.tracedCalls).sum
      }
      "name for each entry the site that was executed last" in {
        for (cpu <- run.cpus) {
          val on = sites.sites.asScala.map(site => site.ipPhysical -> site).toMap
          var site = 0L
          val expected = run.executions(cpu.cpu).flatMap { one =>
            on.get(one.physical).filter(_.callWord == one.word).foreach(found => site = found.ipVirtual)
            Option.when(one.physical == sites.slot.physical && one.word == sites.slot.onWord)(site)
          }
          cpu.logs.trace.asScala.map(_.ip) shouldBe expected
        }
      }
      "ascend in time on each CPU and in the file" in {
        for (cpu <- run.cpus) {
          val cycles = cpu.logs.trace.asScala.map(_.cycle)
          cycles shouldBe cycles.sorted
          cycles.head should be >= run.setup.board.cycleAt(100_000)
        }
        val times = run.report.trace.asScala.filterNot(_.startsWith("#")).map { line =>
          "\\] +(\\d+\\.\\d{6}): ".r.findFirstMatchIn(line).get.group(1).toDouble
        }
        times shouldBe times.sorted
      }
      "be printed line by line with task, CPU, function and caller" in {
        val lines = run.report.trace.asScala.toSeq
        val (header, entries) = lines.span(_.startsWith("#"))
        header.head shouldBe "# tracer: function"
        entries should have size run.report.counters.tracedCalls
        val line = """ +guest/(\d+)-\d+ +\[(\d{3})\] +\d+\.\d{6}: (\w+) <-(\w+)""".r
        val names = sites.sites.asScala.map(_.function).toSet
        val functions = image.symbols.asScala.filter(_.function).map(_.name).toSet
        val perCpu = entries.map {
          case line(task, cpu, function, caller) =>
            task.toInt shouldBe cpu.toInt
            names should contain(function)
            functions should contain(caller)
            cpu.toInt
          case other => fail(other)
        }
        for (cpu <- 0 until n) perCpu.count(_ == cpu) shouldBe run.cpus(cpu).counters.tracedCalls
      }
    }
  }

  "cat trace" should {
    "print what had been traced when it was typed, and no more" in {
      val run = simulate(Plan("upstream", 2, script = Some(Seq(
        Typed("100us", 0, EnableLine), Typed("180us", 1, "cat /debug/tracing/trace")))))
      val console = run.report.console.asScala.toSeq
      val printed = console.filter(_.contains(" <-"))
      val entries = run.report.trace.asScala.filter(_.contains(" <-")).toSeq
      printed should not be empty
      printed.size should be < entries.size
      printed shouldBe entries.take(printed.size)
      console should contain("cpu1# cat /debug/tracing/trace")
    }
  }
}
