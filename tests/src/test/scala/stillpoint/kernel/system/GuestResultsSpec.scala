package stillpoint.kernel.system

import java.nio.ByteBuffer

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.report.Verdict
import stillpoint.kernel.system.Machines._
import stillpoint.machine.elf.{ElfImage, GuestFiles}

@RunWith(classOf[JUnitRunner])
class GuestResultsSpec extends AnyWordSpec with Matchers {
  private val image = GuestFiles.image("functions.elf")

  /** The image with the words from a virtual address on replaced. */
  private def patched(virtual: Long, words: Int*): ElfImage = {
    val segments = image.segments.asScala.map { segment =>
      val offset = virtual - segment.virtualAddress
      if (offset < 0 || offset >= segment.content.length) segment
      else {
        val content = segment.content.clone
        val bytes = ByteBuffer.wrap(content)
        words.indices.foreach(index => bytes.putInt(offset.toInt + 4 * index, words(index)))
        new ElfImage.Segment(
          segment.virtualAddress, segment.physicalAddress, content, segment.memoryBytes, segment.executable)
      }
    }
    new ElfImage(image.bigEndian, image.is64Bit, image.entry, segments.asJava, image.symbols)
  }

  private def address(symbol: String): Long = image.symbols.asScala.find(_.name == symbol).get.address

  private val healthy = Plan("upstream", 2)

  "The guest's results" should {
    for (variant <- Healthy; n <- Seq(2, 4, 16)) {
      s"be right on each of $n CPUs while its functions are patched under $variant" in {
        val run = simulate(Plan(variant, n))
        // the last thread of each set compares the shared counters with the sum of all increments
        run.report.guest.failures shouldBe empty
        run.report.guest.passes should be >= 2L * n
        for (cpu <- run.cpus) {
          cpu.counters.guestPasses should be >= 1L
          cpu.guestRuns shouldBe false
        }
        run.report.guest.passes shouldBe run.cpus.map(_.counters.guestPasses).sum
        run.report.counters.instructions should be > 10_000L * run.report.guest.passes
      }
    }
  }

  "CPUs that contend for one lock with ll and sc" should {
    for (n <- Seq(12, 16)) {
      s"get on without the help of a timer, $n of them on lines of 128 bytes" in {
        // all set out at once; none may take the line away from another between its ll and its sc for ever
        val run = simulate(Plan("mailbox-nowait", n, "none"))
        run.report.verdict shouldBe Verdict.HEALTHY
        run.setup.board.nanosAt(run.outcome.lastEventCycle) should be < 1_000_000L
      }
    }
  }

  "A guest that computes a wrong result" should {
    // numbers.c: the greatest common divisor of any two numbers is now 12345
    lazy val run = {
      val body = Seq(0x03e00008, 0x24020000 | 12345) // jr ra; li v0, 12345
      simulate(withImage(healthy.setup, patched(address("greatest_common_divisor"), body: _*)))
    }

    "be a guest fault" in {
      run.report.verdict shouldBe Verdict.GUEST_FAULT
    }
    "be told with CPU, cycle and what was wrong" in {
      val failures = run.report.guest.failures.asScala
      all(failures) should fullyMatch regex
        "CPU [01] at cycle \\d+: (guest self-check \\d+ failed|pass computed 0x[0-9a-f]+, expected 0x[0-9a-f]+)"
      for (cpu <- Seq(0, 1)) {
        failures.exists(line => line.startsWith(s"CPU $cpu ") && line.contains("self-check")) shouldBe true
        failures.exists(line => line.startsWith(s"CPU $cpu ") && line.contains("pass computed")) shouldBe true
      }
    }
    "run to its end all the same" in {
      run.report.counters.wordsPatched shouldBe run.machine.shared.sites.sites.size + 1
      run.cpus.exists(_.guestRuns) shouldBe false
    }
  }

  "A guest that traps" should {
    /** Major opcode 59, which Release 2 leaves unassigned. */
    val Undefined = 59 << 26

    def fault(variant: String, word: Int): Run =
      simulate(withImage(healthy.copy(variant = variant).setup, patched(address("_start"), word)))

    "name RI for an undefined instruction at its entry" in {
      val run = fault("upstream", Undefined)
      run.report.verdict shouldBe Verdict.GUEST_FAULT
      val failures = run.report.guest.failures.asScala.toSeq
      failures should have size 2
      for ((line, cpu) <- failures.zipWithIndex) {
        line should startWith(s"CPU $cpu at cycle ")
        line should include("RI at pc _start+0x0/")
      }
      run.report.warnings.asScala.distinct shouldBe Seq(
        failures.head.replaceAll(".*(RI) at pc (.*), BadVAddr.*", "Oops: $1 in kernel thread at $2"))
      run.report.guest.passes shouldBe 0
    }
    "name the address for a load from nowhere" in {
      val run = fault("upstream", 0x8c021001) // lw v0, 0x1001(zero): not aligned
      run.report.guest.failures.asScala.head should (include("AdEL at pc _start+0x0/") and include("BadVAddr 0x1001"))
    }
    "name a breakpoint" in {
      fault("upstream", 0x0000000d).report.guest.failures.asScala.head should include("Bp at pc _start+0x0/")
    }
    "name a gate that does not exist" in {
      fault("upstream", 0x15 << 6 | 0x0c).report.guest.failures.asScala.head should include("Sys at pc _start+0x0/")
    }
    "not hide a hang" in {
      fault(Hanging, Undefined).report.verdict shouldBe Verdict.DEADLOCK
    }
  }
}
