package stillpoint.machine.isa

import java.nio.ByteBuffer
import java.nio.file.{Files, Path}

import scala.jdk.CollectionConverters._
import scala.sys.process._
import scala.util.Random

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

@RunWith(classOf[JUnitRunner])
class DisassemblerSpec extends AnyWordSpec with Matchers {
  private val objdump = "mips64-linux-gnuabi64-objdump"

  "The disassembler" should {
    "print a word that is no instruction as data" in {
      Disassembler.disassemble(0, 0x78000001) shouldBe ".word\t0x78000001"
    }
    "print branch and jump targets as addresses" in {
      Disassembler.disassemble(0xffffffff80100000L, 0x1000ffff) shouldBe
        "beq\tzero,zero,0xffffffff80100000"
      Disassembler.disassemble(0xffffffff80100000L, 0x0c040040) shouldBe
        "jal\t0xffffffff80100100"
    }
    "say the same as objdump over random instructions" in {
      if (!onPath) cancel(s"$objdump is not on the PATH: no comparison")
      val random = new Random(7)
      val words = InstructionTable.ROWS.asScala.toArray.flatMap { row =>
        Array.fill(40)("stdaijchl".foldLeft(row.pattern.`match`) { (word, letter) =>
          if (row.pattern.width(letter) == 0) word else row.pattern.set(letter, word, random.nextInt())
        })
      }
      val theirs = dump(words)
      theirs.size shouldBe words.length
      val different = words.indices
        .map(i => (normal(Disassembler.disassemble(4L * i, words(i))), normal(theirs(i)), words(i)))
        .collect { case (ours, other, word) if ours != other => f"0x$word%08x: $ours, not $other" }
      different.mkString("\n") shouldBe ""
    }
  }

  private def onPath: Boolean =
    sys.env.getOrElse("PATH", "").split(':').exists(dir => Files.isExecutable(Path.of(dir, objdump)))

  private def dump(words: Array[Int]): IndexedSeq[String] = {
    val file = Files.createTempFile("words", ".bin")
    try {
      val buffer = ByteBuffer.allocate(4 * words.length)
      words.foreach(word => buffer.putInt(word))
      Files.write(file, buffer.array)
      val names = "no-aliases,gpr-names=64,cp0-names=numeric,hwr-names=numeric"
      val command =
        Seq(objdump, "-D", "-z", "-b", "binary", "-m", "mips:isa64r2", "-EB", "-M", names, file.toString)
      command.!!.linesIterator
        .map(_.split("\t", 3))
        .filter(parts => parts.length == 3 && parts(0).endsWith(":"))
        .map(_(2).trim)
        .toIndexedSeq
    } finally Files.delete(file)
  }

  /**
   * objdump calls all forms of dext and dins alike, writes a zero before the operands of divisions,
   * and even with no-aliases keeps its names for subtractions from zero and for ori of zero.
   */
  private def normal(text: String): String =
    text
      .replaceFirst("^(dext|dins)[mu]\t", "$1\t")
      .replaceFirst("^(d?)neg(u?)\t([a-z0-9]+),", "$1sub$2\t$3,zero,")
      .replaceFirst("^(d?divu?)\tzero,(.*,.*)", "$1\t$2")
      .replaceFirst("^dli\t([a-z0-9]+),(0x.*)", "ori\t$1,zero,$2")
      .trim
}
