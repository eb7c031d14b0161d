package stillpoint.machine.elf

import java.nio.charset.StandardCharsets.US_ASCII
import java.nio.{ByteBuffer, ByteOrder}
import java.util.SplittableRandom

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

import stillpoint.machine.isa.Assembler

import scala.jdk.CollectionConverters._

@RunWith(classOf[JUnitRunner])
class ElfReaderSpec extends AnyWordSpec with Matchers {
  private val functions = GuestFiles.bytes("functions.elf")

  /** The line that a user sees. */
  private def refusal(file: Array[Byte]): String = {
    val line = the[ElfFormatException] thrownBy ElfReader.read("a.elf", file)
    line.getMessage should startWith("a.elf: ")
    line.getMessage.linesIterator should have size 1
    line.getMessage.stripPrefix("a.elf: ")
  }

  /** functions.elf with some bytes changed. */
  private def changed(change: ByteBuffer => Unit): Array[Byte] = {
    val copy = functions.clone()
    change(ByteBuffer.wrap(copy))
    copy
  }

  private val firstHeader = 64
  private val secondHeader = 64 + 56

  /** A 32-bit executable with one segment and no sections, made by hand from the specification. */
  private def tiny32(order: ByteOrder): Array[Byte] = {
    val file = ByteBuffer.allocate(52 + 32 + 8).order(order)
    val data = if (order == ByteOrder.BIG_ENDIAN) 2 else 1
    file.put(Array[Byte](0x7f, 'E', 'L', 'F', 1, data.toByte, 1)).position(16)
    file.putShort(2).putShort(8).putInt(1).putInt(0x80001000).putInt(52).putInt(0).putInt(0x70001000)
    file.putShort(52).putShort(32).putShort(1).putShort(0).putShort(0).putShort(0)
    file.putInt(1).putInt(84).putInt(0x80001000).putInt(0x1000).putInt(8).putInt(16).putInt(5).putInt(4)
    file.putInt(0x03e00008).putInt(0)
    file.array
  }

  "The ELF reader" should {
    "read a 64-bit big-endian kernel image" in {
      val image = GuestFiles.image("functions.elf")
      image.bigEndian shouldBe true
      image.is64Bit shouldBe true
      image.entry shouldBe 0xffffffff80100000L
      val text = image.segments.get(0)
      text.virtualAddress shouldBe 0xffffffff80100000L
      text.physicalAddress shouldBe 0x00100000L
      text.executable shouldBe true
      ByteBuffer.wrap(text.content).getInt(0) shouldBe 0x67bdfff0 // daddiu sp,sp,-16
      image.segments.get(1).executable shouldBe false
    }
    "give memory beyond the file's bytes to .bss" in {
      val data = GuestFiles.image("functions.elf").segments.get(1)
      data.memoryBytes should be > data.content.length.toLong
    }
    "keep symbols in order of address" in {
      val addresses = GuestFiles.image("sites.elf").symbols.asScala.map(_.address)
      addresses.size should be > 9118
      addresses.sliding(2).forall(pair => java.lang.Long.compareUnsigned(pair.head, pair.last) <= 0) shouldBe true
    }
    for (order <- Seq(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
      s"read a 32-bit $order file, with addresses sign-extended" in {
        val image = ElfReader.read("tiny", tiny32(order))
        image.bigEndian shouldBe (order == ByteOrder.BIG_ENDIAN)
        image.is64Bit shouldBe false
        image.entry shouldBe 0xffffffff80001000L
        image.segments.get(0).virtualAddress shouldBe 0xffffffff80001000L
        image.segments.get(0).physicalAddress shouldBe 0x1000L
        image.segments.get(0).memoryBytes shouldBe 16
        image.symbols.asScala shouldBe empty
      }
    }
  }

  "The ELF reader" should {
    "say what a text file starts with" in {
      refusal("about = \"Wu Zhangjin's hang\"\n".getBytes(US_ASCII)) shouldBe
        "not an ELF file (starts with 'about = \"Wu ...'); expected a MIPS executable built for mips64"
    }
    "show the bytes of a file that is neither ELF nor text" in {
      refusal(Array[Byte]('P', 'K', 3, 4, 9)) should startWith("not an ELF file (starts with bytes 50 4b 03 04)")
    }
    "refuse an empty file" in { refusal(Array()) should startWith("empty file") }
    "refuse a file of another processor by its name" in {
      refusal(changed(_.putShort(18, 62))) should startWith("is for x86-64 (machine 62), not MIPS (8)")
    }
    "refuse Release 6 code, whose encodings differ" in {
      refusal(changed(_.putInt(48, 0xa0000001))) should include("Release 6")
    }
    "refuse what is not linked, saying how to link it" in {
      refusal(changed(_.putShort(16, 1))) should include("relocatable object (type 1)")
      refusal(changed(_.putShort(16, 3))) should include("-no-pie")
    }
    "say which bytes a truncated file lacks" in {
      refusal(functions.take(9)) shouldBe "truncated: the ELF identification needs bytes 0..15 but the file has 9"
      refusal(functions.take(40)) shouldBe "truncated: the ELF header needs bytes 0..63 but the file has 40"
      refusal(functions.take(5000)) should fullyMatch regex
        "truncated: program header 0 needs bytes 256\\.\\.\\d+ but the file has 5000"
    }
    "refuse more bytes in the file than in memory" in {
      refusal(changed(_.putLong(firstHeader + 40, 16))) should include("only 16 in memory (p_memsz)")
    }
    "refuse a segment of absurd size" in {
      refusal(changed(_.putLong(secondHeader + 40, 1L << 40))) should include("1099511627776 bytes of memory")
    }
    "refuse offsets that overflow" in {
      refusal(changed(_.putLong(firstHeader + 8, -16))) should startWith("program header 0 has an absurd place")
    }
    "refuse a segment over the end of the address space" in {
      refusal(changed(_.putLong(secondHeader + 16, -256))) should include("run over the end of the address space")
    }
    "refuse segments that overlap, in virtual or physical memory" in {
      refusal(changed(_.putLong(secondHeader + 16, 0xffffffff80100100L))) should include("virtual addresses")
      refusal(changed(_.putLong(secondHeader + 24, 0x00100100L))) should include("physical addresses")
    }
    "refuse an entry outside the code" in {
      refusal(changed(_.putLong(24, 0xffffffff80200000L))) should include("not in an executable segment")
      refusal(changed(_.putLong(24, 0xffffffff80100002L))) should include("not a multiple of 4")
    }
    "refuse a file with nothing to load" in {
      refusal(changed(_.putShort(56, 0))) should startWith("has no program headers")
    }
    "refuse a symbol table that points outside the file" in {
      val original = ByteBuffer.wrap(functions)
      val sections = original.getLong(40).toInt
      val isSymbolTable = (at: Int) => original.getInt(at + 4) == 2
      val symtab = (0 until 7).map(sections + _ * 64).find(isSymbolTable).get
      refusal(changed(_.putLong(symtab + 24, 1 << 20))) should startWith("truncated: the symbol table needs")
      refusal(changed(_.putInt(symtab + 40, 99))) should include("section 99 of 7")
    }
  }

  "Any damage to a file" should {
    "give an image or one clear line, never anything else" in {
      val random = new SplittableRandom(20260801)
      var refused = 0
      val cases = 20000
      for (_ <- 0 until cases) {
        val file = damaged(random)
        try {
          val before = allocatedBytes
          val image = ElfReader.read("a.elf", file)
          allocatedBytes - before should be < 64L * file.length + (1 << 20)
          image.segments.asScala.foreach(_.content.length should be <= file.length)
          if (random.nextInt(8) == 0) new Listing(image, ElfReader.codeSections("a.elf", file)).print(_ => ())
        } catch {
          case refusal: ElfFormatException =>
            refused += 1
            refusal.getMessage should startWith("a.elf: ")
            refusal.getMessage should not include "\n"
        }
      }
      refused should (be > cases / 10 and be < cases)
    }
  }

  /** By this thread since it started: what a hostile size in a file would show in. */
  private def allocatedBytes: Long =
    java.lang.management.ManagementFactory.getThreadMXBean.asInstanceOf[com.sun.management.ThreadMXBean]
      .getThreadAllocatedBytes(Thread.currentThread.getId)

  /** Both classes, both byte orders. */
  private lazy val originals = Seq(functions, functions, GuestFiles.bytes("functions32.elf")) ++
    (for (wide <- Seq(true, false)) yield {
      val settings = new Assembler.Settings(false, wide, 0xffffffff80100000L, 0)
      val source = "_start: b _start\nnop\nend: .word 1,0,0,0,2\n.data\nx: .word 5\n.bss\n.space 99"
      ElfWriter.write(Assembler.program(source, settings), 0xffffffff80100000L)
    })

  /** Cut off somewhere, or with bytes changed: mostly in headers, tables and symbols, where they matter. */
  private def damaged(random: SplittableRandom): Array[Byte] = {
    val functions = originals(random.nextInt(originals.size))
    val file = if (random.nextInt(8) == 0) functions.take(random.nextInt(functions.length)) else functions.clone()
    val interesting = Array[Byte](0, 1, -1, 0x7f, -0x80, 64)
    for (_ <- 0 until random.nextInt(6) if file.nonEmpty) {
      val at = random.nextInt(4) match {
        case 0 => random.nextInt(64)
        case 1 => 64 + random.nextInt(112)
        case 2 => math.max(0, functions.length - 1 - random.nextInt(4096))
        case _ => random.nextInt(file.length)
      }
      if (at < file.length) {
        file(at) =
          if (random.nextBoolean()) interesting(random.nextInt(interesting.length))
          else random.nextInt().toByte
      }
    }
    file
  }
}
