package stillpoint.machine.isa

import java.nio.charset.StandardCharsets.US_ASCII

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

import scala.jdk.CollectionConverters._
import scala.util.Random

@RunWith(classOf[JUnitRunner])
class AssemblerLanguageSpec extends AnyWordSpec with Matchers {
  private val base = 0xffffffff80100000L

  private def program(source: String, big: Boolean = true, wide: Boolean = true, data: Long = 0) =
    Assembler.program(source, new Assembler.Settings(big, wide, base, data))

  private def listing(source: String): Seq[String] =
    Assembler.assemble(source, base).toSeq.zipWithIndex.map { case (word, i) =>
      Disassembler.disassemble(base + 4 * i, word).replace('\t', ' ')
    }

  private def data(source: String, big: Boolean = true): Seq[Int] = {
    val section = program(".data\n" + source, big).sections.asScala.find(_.name == ".data").get
    section.content.toSeq.map(_ & 0xff)
  }

  private def refusal(source: String): String =
    the[AssemblyError] thrownBy Assembler.assemble(source, base) match { case e => e.getMessage }

  "Data" should {
    "lie in the order of the file's bytes" in {
      data(".half 0x1234\n.byte 1, -1\n.dword 0x0102030405060708", big = true) shouldBe
        Seq(0x12, 0x34, 1, 255, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8)
      data(".word 0x01020304\n.half -2", big = false) shouldBe Seq(4, 3, 2, 1, 0xfe, 0xff)
    }
    "align itself and take the labels right before it along" in {
      val out = program(".data\n.byte 1\nx:\ny: .word 2\nz: .byte 3\n.align 3\n.space 2, 0xaa\n.byte 9")
      val start = out.sections.get(1).address
      Seq("x", "y", "z").map(out.label(_) - start) shouldBe Seq(4, 4, 8)
      out.sections.get(1).content.toSeq.takeRight(3).map(_ & 0xff) shouldBe Seq(0xaa, 0xaa, 9)
    }
    "hold strings with escapes, commas and comment signs" in {
      data(""".asciiz "a,b;#c\"\n\x41\101\\" # "comment" """) shouldBe
        ("a,b;#c\"\nAA\\".getBytes(US_ASCII).toSeq.map(_.toInt) :+ 0)
      data(""".ascii "x", "y"""") shouldBe Seq('x'.toInt, 'y'.toInt)
    }
    "be computed as C would" in {
      data(".dword 1+2*3, (1+2)*3, 1<<4|1, ~0 & 0xff, -7/2, 7%4, 010, 0b101, 'A', '\\n', ','")
        .grouped(8).map(_.last).toSeq shouldBe Seq(7, 9, 17, 255, 253, 3, 8, 5, 65, 10, 44)
    }
    "go to sections of their own, on a page behind the code" in {
      val out = program("nop\n.bss\nb: .space 5000\n.data\nd: .word 1\n.rodata\nr: .word 2\n.text\nnop")
      out.sections.asScala.map(_.name).toSeq shouldBe Seq(".text", ".rodata", ".data", ".bss")
      out.words shouldBe Array(0, 0)
      out.label("r") shouldBe base + 4096
      out.label("d") shouldBe base + 4096 + 16
      val bss = out.sections.asScala.last
      bss.content shouldBe empty
      bss.memoryBytes shouldBe 5000
      program(".data\nx: .word 1", data = 0x9800000000200000L).label("x") shouldBe 0x9800000000200000L
    }
  }

  "Labels" should {
    "be numbers that may be used again" in {
      listing("1: b 1f\n nop\n1: b 1b\n nop\n b 2f\n nop\n2: nop").grouped(2).map(_.head).toSeq shouldBe Seq(
        "beq zero,zero,0xffffffff80100008", "beq zero,zero,0xffffffff80100008",
        "beq zero,zero,0xffffffff80100018", "sll zero,zero,0x0"
      )
    }
    "be found in their final place however far they move" in {
      // the size of the gap depends on a label behind it
      val out = program("a: .space (c - b) * 3\nb: nop\nnop\nc: nop")
      out.label("b") shouldBe base + 24
      refusal("a: .space c - a + 4\nc: nop") shouldBe "line 1: the layout does not settle: some size depends on itself"
    }
    "stand for values" in {
      listing("N = 3\n.equ M, N + 1\n.set K, M * 2\n addiu a0, a0, K\n addiu a0, a0, last - first\nfirst: nop\nlast: nop")
        .take(2) shouldBe Seq("addiu a0,a0,8", "addiu a0,a0,4")
    }
    "come apart for lui and signed offsets" in {
      val source = "x = 0x123489ab8765cdef\n lui a0, %highest(x)\n daddiu a0, a0, %higher(x)\n" +
        " daddiu a0, a0, %hi(x)\n daddiu a0, a0, %lo(x)"
      val parts = listing(source).map(_.split("[ ,]").last)
      val values = parts.map(text => if (text.startsWith("0x")) Integer.parseInt(text.drop(2), 16).toShort.toLong else text.toLong)
      values.foldLeft(0L)((sum, part) => (sum << 16) + part) shouldBe 0x123489ab8765cdefL
    }
  }

  "Macros" should {
    "compare and branch as their names say, whatever the numbers" in {
      listing("blt a0,a1,.\n bgt a0,a1,.\n bleu a0,a1,.\n bgeu a0,7,.\n bgt a0,0,.").map(_.split(",0xf").head) shouldBe Seq(
        "slt at,a0,a1", "bne at,zero", "slt at,a1,a0", "bne at,zero", "sltu at,a1,a0", "beq at,zero",
        "addiu at,zero,7", "sltu at,a0,at", "beq at,zero", "slt at,zero,a0", "bne at,zero"
      )
    }
    "load and store labels" in {
      listing("lw a0, x\n sd a0, x-4(a1)\nx = 0x12348000") shouldBe Seq(
        "lui at,0x1235", "lw a0,-32768(at)", "lui at,0x1234", "daddu at,at,a1", "sd a0,32764(at)"
      )
    }
    "take immediates and two operands" in {
      listing("addu a0,a1,-3\n subu a0,5\n and a0,a1,255\n sll a0,a1,a2\n jal t9\n j ra\n div a0,a1,a2\n rem a0,a1,a2") shouldBe
        Seq("addiu a0,a1,-3", "addiu a0,a0,-5", "andi a0,a1,0xff", "sllv a0,a1,a2", "jalr t9", "jr ra",
          "div a1,a2", "mflo a0", "div a1,a2", "mfhi a0")
    }
    "leave at alone after .set noat" in {
      refusal(".set noat\n blt a0, a1, .") shouldBe "line 2: blt needs at here, which .set noat forbids"
      listing(".set noat\n addu at, at, 1\n .set at\n beq a0, 9, .").size shouldBe 3
    }
    "name registers as the file's ABI does" in {
      program("move t0, a4", wide = true).words shouldBe Array(0x01006025)
      program("move t0, t7", wide = false).words shouldBe Array(0x01e04025)
      the[AssemblyError] thrownBy program("move t0, a4", wide = false) should have message
        "line 1: 'a4' is not a general register"
    }
  }

  "Modes" should {
    "fill delay slots only when asked" in {
      listing("b .\n.set push\n.set reorder\nb .\njr ra\n.set pop\nb .").map(_.takeWhile(_ != ' ')) shouldBe
        Seq("beq", "beq", "sll", "jr", "sll", "beq")
    }
    "give the same words in both byte orders" in {
      val source = "li a0, 0x12345678\n lw a1, 4(a0)"
      program(source, big = true).words shouldBe program(source, big = false).words
      program(source, big = false).sections.get(0).content.toSeq.take(4) shouldBe
        program(source, big = true).sections.get(0).content.toSeq.take(4).reverse
    }
  }

  "Nonsense" should {
    "be refused in one line" in {
      refusal(".foo 1") shouldBe "line 1: no directive is called '.foo'"
      refusal("\n.set bar") shouldBe "line 2: .set does not know 'bar'"
      refusal(".data\n nop") shouldBe "line 2: instruction 'nop' in section .data; say .text"
      refusal(".bss\n .word 1") should startWith("line 2: section .bss has no content")
      refusal(".byte 256") shouldBe "line 1: byte 256 is not within -128 .. 255"
      refusal(".ascii hello") shouldBe "line 1: 'hello' is not a string in double quotes"
      refusal(".ascii \"hello") shouldBe "line 1: the string does not end in its line"
      refusal("nop\n/* no end") shouldBe "line 2: the comment does not end"
      refusal(".word 1/0") shouldBe "line 1: '1/0' divides by zero"
      refusal(".word (1") shouldBe "line 1: '(1' is not an expression"
      refusal(".byte 1\n nop") shouldBe "line 2: instruction at an odd address; put .align 2 before it"
      refusal(".space 100000000") should startWith("line 1: size 100000000 is not within")
      refusal(".balign 3") shouldBe "line 1: alignment 3 is not a power of two"
      refusal(".word " + "(" * 200 + "1" + ")" * 200) shouldBe "line 1: the expression is nested too deeply"
      refusal(".set pop") should include("without a .set push")
    }
    "never be more than an assembly error" in {
      val random = new Random(11)
      val alphabet = "ab01 ,():;.\"'\\#%$+-*/\n=lwa0xset"
      val pieces = Seq("lw a0, ", ".word ", ".set ", "li ", ".ascii \"", "1: ", "%hi(", ".space ", "\n", "'", "beq ", ".section ")
      for (_ <- 1 to 3000) {
        val source = Seq.fill(1 + random.nextInt(12)) {
          if (random.nextBoolean()) pieces(random.nextInt(pieces.size))
          else Seq.fill(random.nextInt(6))(alphabet(random.nextInt(alphabet.length))).mkString
        }.mkString
        try Assembler.assemble(source, base)
        catch {
          case e: AssemblyError => e.getMessage.linesIterator.size shouldBe 1
        }
      }
    }
  }
}
