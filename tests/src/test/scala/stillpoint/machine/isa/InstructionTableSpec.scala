package stillpoint.machine.isa

import scala.jdk.CollectionConverters._
import scala.util.Random

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.machine.cpu.{Bench, Stop}

@RunWith(classOf[JUnitRunner])
class InstructionTableSpec extends AnyWordSpec with Matchers {
  private val rows = InstructionTable.ROWS.asScala.toSeq
  private val letters = "stdaijchl"

  private def randomWord(row: Row, random: Random): Int =
    letters.foldLeft(row.pattern.`match`) { (word, letter) =>
      if (row.pattern.width(letter) == 0) word
      else row.pattern.set(letter, word, random.nextInt())
    }

  "The instruction table" should {
    "have no two rows that share a word" in {
      val shared = for {
        i <- rows.indices
        j <- i + 1 until rows.size
        if rows(i).pattern.overlaps(rows(j).pattern)
      } yield s"${rows(i)} and ${rows(j)}"
      shared shouldBe empty
    }

    "have each mnemonic once" in {
      rows.map(_.mnemonic).diff(rows.map(_.mnemonic).distinct) shouldBe empty
    }

    "cover every bit of a word with a fixed bit or a field" in {
      for (row <- rows) withClue(row) {
        val letters = row.pattern.toString.filter(_.isLetter).toSet
        letters.foreach(letter => this.letters should contain(letter))
        val free = row.pattern.toString.count(_.isLetter)
        Integer.bitCount(row.pattern.mask) + free shouldBe 32
      }
    }

    "decode what it encodes, over random fields" in {
      val random = new Random(1)
      for (row <- rows; _ <- 1 to 200) {
        val values = letters.map(l => l -> (random.nextInt() & ((1L << row.pattern.width(l)) - 1).toInt))
        val word = values.foldLeft(row.pattern.`match`) { case (w, (letter, value)) =>
          if (row.pattern.width(letter) == 0) w else row.pattern.set(letter, w, value)
        }
        withClue(f"$row 0x$word%08x: ") {
          Decoder.rowOf(word) should be theSameInstanceAs row
          values.foreach { case (letter, value) => row.pattern.get(letter, word) shouldBe value }
        }
      }
    }

    "give each field of an instruction as the manual places it" in {
      val f = Decoder.decode(0x7ca41904) // ins a0,a1,4,0: rs 5, rt 4, rd 3, sa 4
      (f.rs, f.rt, f.rd, f.sa) shouldBe ((5, 4, 3, 4))
      Decoder.decode(0x2484fffc).imm shouldBe -4
      Decoder.decode(0x2484fffc).uimm shouldBe 0xfffc
    }

    "assemble what it disassembles, over random fields" in {
      val random = new Random(2)
      val pc = 0xffffffff80100000L
      for (row <- rows; _ <- 1 to 50) {
        val word = randomWord(row, random)
        val text = Disassembler.disassemble(pc, word)
        val unpredictable = row.mnemonic.matches("d?ins[mu]?") && text.matches(".*,0x(0|f.......)")
        if (!unpredictable) withClue(f"0x$word%08x $text: ") {
          Assembler.assemble(text, pc) shouldBe Array(word)
        }
      }
    }

    "find by its index the row that a search of the whole table finds" in {
      val random = new Random(3)
      for (_ <- 1 to 200000) {
        val word = random.nextInt()
        val searched = rows.find(_.pattern.matches(word)).orNull
        if (Decoder.rowOf(word) ne searched) fail(f"0x$word%08x: ${Decoder.rowOf(word)}, not $searched")
      }
    }

    "trap RI or CpU on any other word, and never break on any" in {
      val random = new Random(4)
      val bench = new Bench("nop\nnop\nnop\nnop\nnop\nnop\nnop\nnop")
      val core = bench.core
      for (register <- 0 until 32) core.setGpr(register, bench.data + 8 * register)
      var reserved = 0
      for (n <- 1 to 3000000) {
        // half of them near the table: a row's word with one bit turned
        val word =
          if ((n & 1) == 0) random.nextInt()
          else randomWord(rows(random.nextInt(rows.size)), random) ^ (1 << random.nextInt(32))
        val row = Decoder.rowOf(word)
        core.setPc(bench.code)
        val outcome = Decoder.decode(word).execute(core)
        if (row == null) {
          reserved += 1
          val expected = if (Decoder.coprocessorOf(word) == 0) ExcCode.RI else ExcCode.CpU
          if (outcome != Outcome.TRAPPED || core.trap.code != expected || core.trap.epc != bench.code)
            fail(f"0x$word%08x: $outcome ${core.trap}")
        } else if (row.mnemonic.startsWith("mtc0") || row.mnemonic.startsWith("dmtc0")) {
          core.setStatus(0xe0)
        }
        if (core.read(0) != 0) fail(f"0x$word%08x wrote register zero")
      }
      reserved should be > 500000
    }

    "run random words through the caches without a Java exception" in {
      val random = new Random(5)
      for (_ <- 1 to 3000) {
        val bench = new Bench("")
        bench.memory.putWords(bench.physicalCode, Array.fill(64)(randomWord(rows(random.nextInt(rows.size)), random)))
        for (register <- 1 until 32) bench.core.setGpr(register, bench.data + 8 * random.nextInt(64))
        // to the first stop that is not a miss; an access outside the bench's memory ends it too
        var stop = bench.core.run(0, 100)
        while (stop == Stop.MISS && within(bench)) {
          bench.memory.serve(bench.core)
          stop = bench.core.run(bench.core.cycle, 100)
        }
        bench.core.cycle should be <= 100L
      }
    }

    "give each frequent instruction a number of its own, and the constant of its name its meaning" in {
      val numbered = rows.filter(row => Decoder.decode(row.pattern.`match`).number != Frequent.NONE)
      val constants = classOf[Frequent].getFields.map(f => f.getName -> f.getInt(null)).toMap - "NONE"
      constants.values.toSet.size shouldBe constants.size
      numbered.map(_.mnemonic.toUpperCase).toSet shouldBe constants.keySet
      for (row <- numbered) withClue(row) {
        Decoder.decode(row.pattern.`match`).number shouldBe constants(row.mnemonic.toUpperCase)
        classOf[Frequent.Meanings].getField(row.mnemonic.toUpperCase).get(null) should be theSameInstanceAs row.meaning
      }
    }

    "have a program for every mnemonic" in {
      rows.map(_.mnemonic).toSet -- InstructionPrograms.all.map(_.mnemonic) shouldBe empty
      InstructionPrograms.all.map(_.mnemonic).toSet -- rows.map(_.mnemonic) shouldBe empty
    }
  }

  private def within(bench: Bench): Boolean = {
    val address = bench.core.accessAddress
    address >= bench.physicalCode && address < bench.physicalCode + 0x10000
  }

  "The program of each instruction" should {
    for ((program, n) <- InstructionPrograms.all.zipWithIndex) {
      s"leave the registers it should: ${program.source.replace('\n', ';')} ($n)" in {
        program.source.split("[ \n:]+").toSeq should contain(program.mnemonic)
        val bench = new Bench(program.source + "\nbreak\n")
        bench.memory.putDoubleword(bench.physicalData, 0xf0e1d2c3b4a59687L)
        bench.memory.putDoubleword(bench.physicalData + 8, 0x78695a4b3c2d1e0fL)
        bench.set("s0", bench.data)
        program.setup.foreach { case (name, value) => bench.set(name, value) }
        bench.runToTrap().code shouldBe program.trap
        program.expected.foreach {
          case ("hi", value) => withClue("hi: ")(hex(bench.core.hi) shouldBe hex(value))
          case ("lo", value) => withClue("lo: ")(hex(bench.core.lo) shouldBe hex(value))
          case (name, value) => withClue(s"$name: ")(hex(bench.reg(name)) shouldBe hex(value))
        }
      }
    }
  }

  private def hex(value: Long): String = f"0x$value%016x"
}
