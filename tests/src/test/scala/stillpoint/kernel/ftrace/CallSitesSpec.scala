package stillpoint.kernel.ftrace

import java.nio.{ByteBuffer, ByteOrder}
import java.util.{List => JavaList}

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.machine.elf.{ElfFormatException, ElfImage, GuestFiles, Symbols}

import scala.jdk.CollectionConverters._

@RunWith(classOf[JUnitRunner])
class CallSitesSpec extends AnyWordSpec with Matchers {
  /** Assembly, and C that is marked notrace: functions without a call site. */
  private val untraced =
    Set("_start", "_mcount", "ftrace_caller", "function_trace_call", "guest_main", "counters_of", "sharers_of",
      "site_due", "constant_of")

  private def find(name: String): CallSites = CallSites.find("guest/" + name, GuestFiles.image(name))

  private def tracedFunctions(image: ElfImage): Seq[String] =
    image.symbols.asScala.toSeq.filter(_.function).map(_.name).filterNot(untraced)

  /** A copy of an image with other symbols. */
  private def withSymbols(image: ElfImage, symbols: Seq[ElfImage.Symbol]): ElfImage =
    new ElfImage(image.bigEndian, image.is64Bit, image.entry, image.segments, symbols.asJava)

  private def wordAt(image: ElfImage, virtual: Long): Int = {
    val text = image.segments.get(0)
    ByteBuffer.wrap(text.content).getInt((virtual - text.virtualAddress).toInt)
  }

  /** Where a jal at {@code ip} goes, as the manual says: its region, then the field times four. */
  private def target(ip: Long, word: Int): Long = ((ip + 4) & ~0xfffffffL) | (word & 0x3ffffffL) << 2

  for (name <- GuestFiles.Names) {
    name should {
      lazy val image = GuestFiles.image(name)
      lazy val found = find(name)
      lazy val symbols = new Symbols(image)

      "have one call site in each function that is not notrace" in {
        found.sites.asScala.map(_.function) should contain theSameElementsAs tracedFunctions(image)
      }
      "hold jal _mcount in each, and a nop behind it" in {
        val mcount = symbols.named("_mcount").get.address
        for (site <- found.sites.asScala) {
          val word = wordAt(image, site.ipVirtual)
          word >>> 26 shouldBe 3
          target(site.ipVirtual, word) shouldBe mcount
          site.originalWord shouldBe word
          wordAt(image, site.ipVirtual + 4) shouldBe 0
        }
      }
      "reach ftrace_caller past its branch when on" in {
        val caller = symbols.named("ftrace_caller").get.address
        wordAt(image, caller) >>> 16 shouldBe 0x1000 // b
        for (site <- found.sites.asScala) {
          site.callWord >>> 26 shouldBe 3
          target(site.ipVirtual, site.callWord) shouldBe caller + 8
        }
      }
      "have sites one mebibyte up in physical memory" in {
        for (site <- found.sites.asScala) {
          site.ipPhysical shouldBe site.ipVirtual - 0xffffffff80000000L
          site.ipPhysical should be >= 0x00100000L
        }
      }
      "have a slot that calls the tracer when on" in {
        val slot = found.slot
        wordAt(image, slot.virtual) shouldBe slot.offWord
        slot.physical shouldBe slot.virtual - 0xffffffff80000000L
        symbols.nameAt(slot.virtual) should (be("ftrace_caller") or be("_mcount"))
        target(slot.virtual, slot.onWord) shouldBe symbols.named("function_trace_call").get.address
      }
      "enter the kernel through gate 0x10 in function_trace_call" in {
        wordAt(image, symbols.named("function_trace_call").get.address) shouldBe (0x10 << 6 | 0x0c)
      }
      "never share a cache line of up to 256 bytes between code and data" in {
        for (segment <- image.segments.asScala) segment.virtualAddress & 255 shouldBe 0
        val text = image.segments.get(0)
        val data = image.segments.get(1)
        text.physicalAddress + text.memoryBytes should be <= (data.physicalAddress & ~255L)
      }
    }
  }

  "sites.elf" should {
    "have as many call sites as the kernel that was measured: 9,118" in {
      find("sites.elf").sites should have size 9118
    }
  }

  "Looking for call sites" should {
    val image = GuestFiles.image("functions.elf")

    "refuse a program without mcount.S" in {
      for (name <- Seq("_mcount", "ftrace_caller", "ftrace_call", "function_trace_call")) {
        val without = withSymbols(image, image.symbols.asScala.toSeq.filterNot(_.name == name))
        (the[ElfFormatException] thrownBy CallSites.find("a.elf", without)).getMessage shouldBe
          s"a.elf: has no symbol $name: the guest must be compiled with -pg and linked with mcount.S"
      }
    }
    "refuse a slot that is no word of the code" in {
      val moved = image.symbols.asScala.toSeq.map { symbol =>
        if (symbol.name == "ftrace_call") new ElfImage.Symbol("ftrace_call", 0x1000, 0, false) else symbol
      }
      (the[ElfFormatException] thrownBy CallSites.find("a.elf", withSymbols(image, moved))).getMessage should
        include("ftrace_call 0x1000 is not a word of an executable segment")
    }
    "take the three ways to write move at,ra, in either byte order, and nothing else" in {
      for (order <- Seq(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
        sitesAfter(order, 0x03e00825, 0x03e00821, 0x03e0082d) shouldBe Seq(0x14, 0x1c, 0x24)
        sitesAfter(order, 0x03e00825, 0, 0x0020f825) shouldBe Seq(0x14)
      }
    }
    "refuse a program without a single site" in {
      (the[ElfFormatException] thrownBy sitesAfter(ByteOrder.BIG_ENDIAN, 0)).getMessage should include("-pg")
    }
  }

  /** Offsets of the sites found in a program that has a jal _mcount behind each of these words. */
  private def sitesAfter(order: ByteOrder, predecessors: Int*): Seq[Int] = {
    val base = 0xffffffff80100000L
    val code = ByteBuffer.allocate(16 + 8 * predecessors.size).order(order)
    code.position(16)
    predecessors.foreach(word => code.putInt(word).putInt(0x0c040000))
    val text = new ElfImage.Segment(base, 0x100000, code.array, code.capacity, true)
    val symbols = Seq("_mcount" -> 0, "ftrace_caller" -> 0, "ftrace_call" -> 8, "function_trace_call" -> 12)
      .map { case (name, offset) => new ElfImage.Symbol(name, base + offset, 0, true) }
    val image = new ElfImage(order == ByteOrder.BIG_ENDIAN, true, base, JavaList.of(text), symbols.asJava)
    CallSites.find("a.elf", image).sites.asScala.toSeq.map(site => (site.ipVirtual - base).toInt)
  }
}
