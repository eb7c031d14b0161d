package stillpoint.console

import java.util.{List => JList}

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

import stillpoint.machine.oracle.{Harness, OracleProgram, OwnRun, ProgramGenerator}

import scala.jdk.CollectionConverters._

/**
 * Goal: the CPU does what another implementation of the architecture does. Method: random programs, one image, run
 * here and in QEMU; each program's line is a hash over all that it left behind. docs/oracle.md says what is left out.
 */
@RunWith(classOf[JUnitRunner])
class OracleSpec extends AnyWordSpec with Matchers {
  private val seeds = 300

  for (bigEndian <- Seq(true, false)) {
    val order = if (bigEndian) "big" else "little"
    s"A $order-endian CPU" should {
      "leave what QEMU's leaves, over random programs" in {
        val qemu = Qemu.find(bigEndian)
        if (qemu.isEmpty) cancel("QEMU's MIPS emulators are not on the PATH: nothing is compared")
        val result = new Oracle(qemu.get, bigEndian, 3).compare(1, seeds, line => info(line))
        val compared = s"oracle: ${qemu.get.version}, $order-endian, seeds 1 to $seeds, ${result.instructions} instructions"
        println(compared)
        info(compared)
        result.differences.asScala.mkString("\n") shouldBe ""
        result.programs shouldBe seeds
      }
    }
  }

  "A generated program" should {
    "be the same for the same seed" in {
      ProgramGenerator.generate(7).source("x") shouldBe ProgramGenerator.generate(7).source("x")
      ProgramGenerator.generate(8).source("x") should not be ProgramGenerator.generate(7).source("x")
    }
    "come to its end, and leave the same whatever ran before it" in {
      val programs = (1L to 40L).map(ProgramGenerator.generate)
      val together = lines(programs)
      together should have size 40
      together.distinct should have size 40
    }
  }

  "The comparison" should {
    "see one wrong bit in one register, and nothing else" in {
      val program = ProgramGenerator.generate(3)
      def ending(line: String) =
        new OracleProgram(3, new OracleProgram.Mode(0xe0, false), program.registers, JList.of(new OracleProgram.Piece(0, JList.of(line))))
      val three = Seq("dli $8, 0x4000000000", "sd $0, -256($28)", "break")
      val results = lines(three.map(ending) :+ ending("dli $8, 0x4000000001") :+ ending("sd $0, -248($28)") :+ ending("syscall"))
      results.distinct should have size 6
      lines(three.map(ending)) shouldBe results.take(3)
    }
    "shrink a program to what matters" in {
      val program = ProgramGenerator.generate(5)
      val wanted = program.pieces.get(program.pieces.size / 2).number
      val least = program.shrunk(_.pieces.asScala.exists(_.number == wanted))
      least.pieces.asScala.map(_.number) shouldBe Seq(wanted)
    }
  }

  private def lines(programs: Seq[OracleProgram]): Seq[String] = {
    val run = OwnRun.of(Harness.image(programs.asJava, true, false))
    run.complete shouldBe true
    run.text.linesIterator.toSeq
  }
}
