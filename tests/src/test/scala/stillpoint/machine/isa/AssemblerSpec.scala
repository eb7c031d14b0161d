package stillpoint.machine.isa

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

@RunWith(classOf[JUnitRunner])
class AssemblerSpec extends AnyWordSpec with Matchers {
  private val base = 0xffffffff80100000L

  private def listing(source: String, at: Long = base): Seq[String] =
    Assembler.assemble(source, at).toSeq.zipWithIndex.map { case (word, i) =>
      Disassembler.disassemble(at + 4 * i, word).replace('\t', ' ')
    }

  private def refusal(source: String): String =
    the[AssemblyError] thrownBy Assembler.assemble(source, base) match { case e => e.getMessage }

  "The assembler" should {
    "know words by the manual" in {
      // from the encodings of volume II, worked by hand
      Assembler.assemble("addiu $4,$4,-4", base) shouldBe Array(0x2484fffc)
      Assembler.assemble("jal 0xffffffff80100100", base) shouldBe Array(0x0c040040)
      Assembler.assemble("dext a0,a1,35,5", base) shouldBe Array(0x7ca420c2)
      Assembler.assemble("mfc0 a0,$12,1", base) shouldBe Array(0x40046001)
      Assembler.assemble("clz a0,a1", base) shouldBe Array(0x70a42020)
    }
    "resolve labels backward and forward" in {
      listing("start: beqz a0, end\n nop\n j start\n nop\nend: jr ra\n nop") shouldBe Seq(
        "beq a0,zero,0xffffffff80100010",
        "sll zero,zero,0x0",
        "j 0xffffffff80100000",
        "sll zero,zero,0x0",
        "jr ra",
        "sll zero,zero,0x0"
      )
    }
    "accept every spelling of a register" in {
      val words = Assembler.assemble("move $30, $a0\n move fp, a0\n move s8, $4\n move $s8,$a0", base)
      words.distinct.length shouldBe 1
    }
    "build constants of every size in the shortest usual way" in {
      listing("li a0, -5") shouldBe Seq("addiu a0,zero,-5")
      listing("li a0, 0xffff") shouldBe Seq("ori a0,zero,0xffff")
      listing("li a0, 0x80000000") shouldBe Seq("lui a0,0x8000")
      listing("li a0, 0x12345678") shouldBe Seq("lui a0,0x1234", "ori a0,a0,0x5678")
      listing("dli a0, 0x123456789abcdef0").size shouldBe 6
    }
    "give a label the same room in both passes" in {
      listing("la a0, end\n nop\nend: nop") shouldBe
        Seq("lui a0,0x8010", "ori a0,a0,0xc", "sll zero,zero,0x0", "sll zero,zero,0x0")
      listing("la a0, end\nend: nop", 0x9800000000000000L).size shouldBe 7
    }
    "read the pseudo instructions and GNU's spellings" in {
      listing(
        "move a0,a1\n not a0,a1\n dnegu a0,a1\n b .\n nop\n bal .\n nop\n bnezl a0,.\n nop\n ehb\n" +
          "dsll a0,a1,40\n rotr a0,a1,3\n drotr a0,a1,33\n dext a0,a1,3,45\n dins a0,a1,40,5\n" +
          "ddivu $0,a1,a2\n jalr t9\n jalr a0,t9\n lw a0,(a1)"
      ).filterNot(_ == "sll zero,zero,0x0") shouldBe Seq(
        "or a0,a1,zero", "nor a0,a1,zero", "dsubu a0,zero,a1", "beq zero,zero,0xffffffff8010000c",
        "bgezal zero,0xffffffff80100014", "bnel a0,zero,0xffffffff8010001c", "sll zero,zero,0x3",
        "dsll32 a0,a1,0x8", "ror a0,a1,0x3", "dror32 a0,a1,0x1", "dextm a0,a1,0x3,0x2d",
        "dinsu a0,a1,0x28,0x5", "ddivu a1,a2", "jalr t9", "jalr a0,t9", "lw a0,0(a1)"
      )
    }
    "split an address for lui and a signed offset" in {
      listing("lui a0, %hi(x)\n lw a0, %lo(x)(a0)\n .space 0x9000\nx: nop").take(2) shouldBe
        Seq("lui a0,0x8011", "lw a0,-28664(a0)")
    }
    "lay out words, space and alignment" in {
      Assembler.assemble(".word 1, 0xffffffff\n .align 4\nx: .word x\n .space 5", base) shouldBe
        Array(1, -1, 0, 0, 0x80100010, 0, 0)
    }
    "refuse nonsense in one line that says where and what" in {
      refusal("nop\n foo a0") shouldBe "line 2: no instruction is called 'foo'"
      refusal("add a0") shouldBe "line 1: an operand is missing"
      refusal("add a0, a1, a2, a3") should startWith("line 1: add takes no operand 'a3'")
      refusal("addiu a0, a1, 40000") shouldBe "line 1: immediate 40000 is not within -32768 .. 32767"
      refusal("add a0, q9, a1") shouldBe "line 1: 'q9' is not a general register"
      refusal("lw a0, 4[a1]") shouldBe "line 1: '4[a1]' is not an expression"
      refusal("beq a0, a1, nowhere") shouldBe "line 1: 'nowhere' is neither a number nor a label"
      refusal("x: nop\nx: nop") shouldBe "line 2: label 'x' is defined twice"
      refusal("b 0xffffffff80100002\n nop") should include("is not a word address")
      refusal("j 0xffffffff90000000\n nop") should include("256 MiB")
      refusal("sll a0, a1, 32") shouldBe "line 1: shift amount 32 is not within 0 .. 31"
      refusal("li a0, 0x123456789") should startWith("line 1: li constant")
      refusal("9x: nop") shouldBe "line 1: '9x' cannot be a label"
      refusal("addiu a0, a1, 12monkeys") shouldBe "line 1: '12monkeys' is not a number of 64 bits"
    }
  }
}
