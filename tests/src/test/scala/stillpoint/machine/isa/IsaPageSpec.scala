package stillpoint.machine.isa

import java.nio.file.{Files, Path}

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.machine.cpu.Bench

/** The page shows the table as it is. With -Dstillpoint.update-docs=true this spec writes it anew. */
@RunWith(classOf[JUnitRunner])
class IsaPageSpec extends AnyWordSpec with Matchers {
  private val page = Path.of(System.getProperty("stillpoint.root", ".")).resolve("docs/isa.md")
  private val begin = "<!-- table: generated -->\n"
  private val end = "<!-- end of table -->"

  /** The integer and privileged instructions of volume II for MIPS64 Release 2, by the manual's groups. */
  private val manual =
    """ADD ADDI ADDIU ADDU CLO CLZ DADD DADDI DADDIU DADDU DCLO DCLZ DDIV DDIVU DIV DIVU DMULT DMULTU DSUB DSUBU MADD MADDU
      |MSUB MSUBU MUL MULT MULTU SEB SEH SLT SLTI SLTIU SLTU SUB SUBU
      |B BAL BEQ BGEZ BGEZAL BGTZ BLEZ BLTZ BLTZAL BNE J JAL JALR JALR.HB JALX JR JR.HB
      |EHB NOP PAUSE SSNOP
      |LB LBU LD LDL LDR LH LHU LL LLD LW LWL LWR LWU PREF SB SC SCD SD SDL SDR SH SW SWL SWR SYNC SYNCI
      |AND ANDI LUI NOR OR ORI XOR XORI
      |DEXT DEXTM DEXTU DINS DINSM DINSU DSBH DSHD EXT INS WSBH
      |MFHI MFLO MOVF MOVN MOVT MOVZ MTHI MTLO RDHWR
      |DROTR DROTR32 DROTRV DSLL DSLL32 DSLLV DSRA DSRA32 DSRAV DSRL DSRL32 DSRLV ROTR ROTRV SLL SLLV SRA SRAV SRL SRLV
      |BREAK SYSCALL TEQ TEQI TGE TGEI TGEIU TGEU TLT TLTI TLTIU TLTU TNE TNEI
      |BEQL BGEZALL BGEZL BGTZL BLEZL BLTZALL BLTZL BNEL
      |CACHE DI DMFC0 DMTC0 EI ERET MFC0 MTC0 RDPGPR TLBP TLBR TLBWI TLBWR WAIT WRPGPR
      |DERET SDBBP
      |COP2 BC2F BC2T BC2FL BC2TL CFC2 CTC2 DMFC2 DMTC2 MFC2 MTC2 MFHC2 MTHC2 LDC2 LWC2 SDC2 SWC2""".stripMargin
      .split("\\s+").toSeq.map(_.toLowerCase)

  "docs/isa.md" should {
    "show the table that the simulator runs" in {
      val written = Files.readString(page)
      val (from, until) = (written.indexOf(begin), written.indexOf(end))
      assert(from >= 0 && until > from, "docs/isa.md has no place for the table")
      val current = written.substring(0, from) + begin + "\n" + IsaPage.toMarkdown + "\n" + written.substring(until)
      if (java.lang.Boolean.getBoolean("stillpoint.update-docs")) Files.writeString(page, current)
      else if (written != current)
        fail("docs/isa.md is stale; to write it anew: mvn -pl tests -am verify -Dtest=IsaPageSpec " +
          "-Dsurefire.failIfNoSpecifiedTests=false -Dstillpoint.update-docs=true")
    }
    "list every integer and privileged instruction of the manual, and what becomes of it" in {
      val listed = IsaPage.toMarkdown.linesIterator
        .filter(_.startsWith("|")).flatMap(_.split('|').lift(1)).flatMap(_.replace("`", "").split(","))
        .map(_.trim).toSet
      manual.distinct.size should be > 180
      manual.filterNot(listed) shouldBe empty
    }
    "say reserved of exactly those rows whose words raise RI in kernel mode" in {
      val statuses = IsaPage.toMarkdown.linesIterator.filter(_.startsWith("| `")).map { line =>
        line.split('`')(1) -> line.split('|').last.trim
      }.toMap
      for (row <- InstructionTable.ROWS.asScala) withClue(row) {
        // rdhwr of register 0 .. 3 exists; the others' fields do not matter
        val core = new Bench("nop").core
        val outcome = Decoder.decode(row.pattern.`match`).execute(core)
        val reserved = outcome == Outcome.TRAPPED && core.trap.code == ExcCode.RI
        statuses(row.mnemonic).startsWith("reserved") shouldBe reserved
        statuses(row.mnemonic).startsWith("executed") shouldBe !reserved
      }
    }
  }

  "Words of absent coprocessors" should {
    "make them unusable by number, and jalx reserved" in {
      val cases = Seq(0x46000000 -> 1, 0x4c000000 -> 1, 0xd4000000 -> 1, 0x00000001 -> 1, 0x48000000 -> 2, 0xd8000000 -> 2, 0x74000000 -> 0)
      for ((word, unit) <- cases) withClue(f"0x$word%08x: ") {
        Decoder.rowOf(word) shouldBe null
        Decoder.coprocessorOf(word) shouldBe unit
      }
    }
  }
}
