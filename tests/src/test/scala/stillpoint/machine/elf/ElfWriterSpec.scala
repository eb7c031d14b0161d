package stillpoint.machine.elf

import java.nio.file.{Files, Path}

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

import stillpoint.machine.isa.Assembler

import scala.jdk.CollectionConverters._
import scala.sys.process._

/** What the assembler writes, the reader reads; and GNU's tools agree where they are installed. */
@RunWith(classOf[JUnitRunner])
class ElfWriterSpec extends AnyWordSpec with Matchers {
  private val source =
    """      .globl _start
      |_start: la a0, message
      |        lw a1, counter
      |        b  inner
      |        mfc0 a2, $12
      |inner:  jr ra
      |        dsubu a3, zero, a0
      |        .space 16
      |        .word 0x78000001
      |        .rodata
      |message: .asciiz "hello"
      |        .data
      |counter: .word 3
      |        .bss
      |room:   .space 4096
      |""".stripMargin

  private def onPath(tool: String): Boolean =
    sys.env.getOrElse("PATH", "").split(':').exists(dir => Files.isExecutable(Path.of(dir, tool)))

  for (wide <- Seq(true, false); big <- Seq(true, false)) {
    val kind = (if (wide) "64" else "32") + "-bit " + (if (big) "big" else "little") + "-endian"
    val program = Assembler.program(source, new Assembler.Settings(big, wide, 0xffffffff80100000L, 0))
    val file = ElfWriter.write(program, program.label("_start"))

    s"A $kind file" should {
      "read back as it was written" in {
        val image = ElfReader.read("x", file)
        image.bigEndian shouldBe big
        image.is64Bit shouldBe wide
        image.entry shouldBe 0xffffffff80100000L
        image.segments.size shouldBe 4
        for ((segment, section) <- image.segments.asScala.zip(program.sections.asScala)) {
          segment.virtualAddress shouldBe section.address
          segment.physicalAddress shouldBe (section.address & 0x1fffffff)
          segment.content shouldBe section.content
          segment.memoryBytes shouldBe section.memoryBytes
          segment.executable shouldBe section.executable
        }
        image.symbols.asScala.map(s => s.name -> s.address).toMap shouldBe program.labels.asScala.toMap
      }
      "be the same bytes every time" in {
        ElfWriter.write(program, program.label("_start")) shouldBe file
      }
      "disassemble as objdump prints it" in {
        val objdump = if (big) "mips64-linux-gnuabi64-objdump" else "mips64el-linux-gnuabi64-objdump"
        if (!onPath(objdump)) cancel(s"$objdump is not on the PATH: no comparison")
        val path = Files.createTempFile("assembled", ".elf")
        try {
          Files.write(path, file)
          val theirs = Seq(objdump, "-d", "-M", "no-aliases", path.toString).!!.linesIterator.drop(3).toSeq
          // the word is MSA's, which this machine has not
          lines(file).map(_.replace(".word\t0x78000001", "bmnzi.b\t$w0,$w0,0x0")) shouldBe theirs
        } finally Files.delete(path)
      }
    }
  }

  "The guests" should {
    for (name <- Seq("functions.elf", "functions32.elf", "modules.elf", "sites.elf"))
      s"disassemble as objdump prints them: $name" in {
        val objdump = "mips64-linux-gnuabi64-objdump"
        if (!onPath(objdump)) cancel(s"$objdump is not on the PATH: no comparison")
        val theirs =
          Seq(objdump, "-d", "-M", "no-aliases", GuestFiles.path(name).toString).!!.linesIterator.drop(3)
        val ours = lines(GuestFiles.bytes(name)).iterator
        theirs.zipAll(ours, "", "").find { case (their, our) => their != our } shouldBe None
      }
  }

  private def lines(file: Array[Byte]): Seq[String] = {
    val out = Seq.newBuilder[String]
    new Listing(ElfReader.read("x", file), ElfReader.codeSections("x", file)).print(line => out += line)
    out.result()
  }
}
