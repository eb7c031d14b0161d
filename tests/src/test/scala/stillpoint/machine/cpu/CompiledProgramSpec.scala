package stillpoint.machine.cpu

import java.nio.file.{Files, Path}

import scala.jdk.CollectionConverters._
import scala.sys.process._

import org.junit.runner.RunWith
import org.scalatest.BeforeAndAfterAll
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.machine.l1.{CacheGeometry, DataCache, InstructionCache}

/**
 * Goal: what a real compiler makes of C runs as C says. Method: mixture.c is built by the cross gcc
 * at several levels and both byte orders; each build must leave the hash that a native build
 * prints.
 */
@RunWith(classOf[JUnitRunner])
class CompiledProgramSpec extends AnyWordSpec with Matchers with BeforeAndAfterAll {
  private val prefix = "mips64-linux-gnuabi64-"
  private val expected = 0xed489e5e4667f887L // of native builds on x86-64, -O0 to -O3
  private val physical = 0x100000L

  private val linkerScript =
    """SECTIONS {
      |  . = 0xffffffff80100000;
      |  .text : { *(.text.start) *(.text*) }
      |  .data : { *(.rodata*) *(.data*) *(.sdata*) }
      |  .bss : { *(.bss*) *(.sbss*) *(COMMON) }
      |  /DISCARD/ : { *(*) }
      |}
      |""".stripMargin

  private lazy val directory = Files.createTempDirectory("mixture")

  override def afterAll(): Unit =
    if (available) {
      Files.list(directory).iterator.asScala.foreach(file => Files.delete(file))
      Files.delete(directory)
    }

  private def available: Boolean =
    Seq("gcc", "objcopy").forall { tool =>
      sys.env.getOrElse("PATH", "").split(':').exists(d => Files.isExecutable(Path.of(d, prefix + tool)))
    }

  private def build(options: Seq[String]): Array[Byte] = {
    val source = Path.of(getClass.getResource("mixture.c").toURI)
    val script = Files.writeString(directory.resolve("link.ld"), linkerScript)
    val (elf, binary) = (directory.resolve("mixture.elf"), directory.resolve("mixture.bin"))
    val fixed = "-w -mabi=64 -msym32 -mno-abicalls -fno-pic -G0 -msoft-float -ffreestanding -nostdlib -static"
    val link = Seq(s"-Wl,-T,$script", "-Wl,--build-id=none", source.toString, "-o", elf.toString)
    (Seq(prefix + "gcc") ++ options ++ fixed.split(' ') ++ link).!!
    Seq(prefix + "objcopy", "-O", "binary", elf.toString, binary.toString).!!
    Files.readAllBytes(binary)
  }

  "A program compiled by gcc" should {
    val machines = Seq("-march=mips64r2", "-march=mips64r2 -mtune=octeon -mbranch-likely")
    for {
      order <- Seq("-EB", "-EL")
      level <- Seq("-O0", "-O2", "-O3", "-Os")
      machine <- machines
    } s"compute what its C means, $order $level $machine" in {
      if (!available) cancel(s"no ${prefix}gcc and objcopy on the PATH: nothing to run")
      val bytes = build(Seq(order, level) ++ machine.split(' '))
      val bigEndian = order == "-EB"
      val memory = new FlatMemory(physical, 0x80000, bigEndian)
      bytes.indices.foreach(i => memory.putByte(physical + i, bytes(i)))
      val geometry = new CacheGeometry(32, 4, 32) // small: many misses and evictions
      val core = new Core(
        0,
        bigEndian,
        new InstructionCache(geometry, bigEndian),
        new DataCache(geometry, bigEndian),
        CodeWatch.NONE
      )
      core.setPc(0xffffffff80100000L)
      memory.run(core, 0, 100000000L) shouldBe Stop.TRAPPED
      core.trap.code.toString shouldBe "Bp"
      f"${core.read(2)}%016x" shouldBe f"$expected%016x"
    }
  }
}
