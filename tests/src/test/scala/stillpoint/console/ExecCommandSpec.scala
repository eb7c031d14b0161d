package stillpoint.console

import java.nio.file.{Files, Path}

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.console.FakeMachine._

import scala.jdk.CollectionConverters._

/** asm, exec and disasm together, as a person uses them. */
@RunWith(classOf[JUnitRunner])
class ExecCommandSpec extends AnyWordSpec with Matchers {
  private val folder = Files.createTempDirectory("exec")

  private def file(name: String, text: String): String = Files.writeString(folder.resolve(name), text).toString

  private def assembled(name: String, source: String, options: String*): String = {
    val out = folder.resolve(name + ".elf").toString
    val outcome = launch(Seq("asm", file(name + ".s", source), "-o", out) ++ options: _*)
    withClue(outcome) { outcome.exit shouldBe 0 }
    out
  }

  private def refused(arguments: String*): String = {
    val outcome = launch(arguments: _*)
    withClue(arguments.mkString(" ") + " printed " + outcome) {
      outcome.exit shouldBe 2
      outcome.out shouldBe empty
      outcome.errLines should have size 1
    }
    outcome.err
  }

  private val hello =
    """_start: dla  s0, 0xffffffffb80003f8
      |        dla  a0, message
      |1:      lbu  t0, 0(a0)
      |        beqz t0, 2f
      |        daddiu a0, a0, 1
      |        b    1b
      |        sb   t0, 0(s0)
      |2:      dla  s1, 0xffffffffbf000500
      |        li   t0, 0x142
      |        sw   t0, 0(s1)
      |        .data
      |message: .asciiz "hello\n"
      |""".stripMargin

  "exec" should {
    for (order <- Seq("--big", "--little"); width <- Seq("--64", "--32"))
      s"run what asm $order $width makes, and end with the guest's status" in {
        val elf = assembled("hello", hello, order, width)
        val outcome = launch("exec", elf, "--uart", "0x180003f8", "--exit", "0x1f000500")
        outcome.out shouldBe "hello\n"
        outcome.exit shouldBe 0x42
        outcome.err shouldBe empty
      }
    "reach devices through cached segments as well" in {
      val elf = assembled("cached", hello.replace("0xffffffffb8", "0xffffffff98").replace("0xffffffffbf", "0xffffffff9f"))
      launch("exec", elf, "--uart", "180003f8", "--exit", "0x1f000500") should have(
        Symbol("exit")(0x42), Symbol("out")("hello\n"))
    }
    "run several CPUs that share memory, with one digest on any number of threads" in {
      val elf = folder.resolve("counter.elf").toString
      launch("asm", root.resolve("guest/smp/counter.s").toString, "-o", elf).exit shouldBe 0
      val outcomes = for (threads <- Seq("1", "2"))
        yield launch("exec", elf, "--cpus", "3", "--threads", threads, "--uart", "180003f8", "--exit", "1f000500", "--digest")
      outcomes.map(_.exit) shouldBe Seq(0, 0)
      outcomes.map(_.out).distinct should have size 1
      outcomes.head.out should fullyMatch regex "counted 150\ndigest sha256:[0-9a-f]{64}\n"
    }
    "let CPUs interrupt each other through a controller's registers, with one digest on any number of threads" in {
      val elf = folder.resolve("ipi.elf").toString
      launch("asm", root.resolve("guest/smp/ipi.s").toString, "-o", elf).exit shouldBe 0
      def on(cpus: Int, threads: Int, controller: String = "gic") = launch("exec", elf, "--cpus", cpus.toString, "--threads", threads.toString,
        "--interrupt-controller", controller, "--uart", "180003f8", "--exit", "1f000500", "--digest", "--max", "1000000")
      val outcomes = Seq(1, 2).map(on(4, _))
      outcomes.map(_.exit) shouldBe Seq(0, 0)
      outcomes.map(_.out).distinct should have size 1
      outcomes.head.out should fullyMatch regex "interrupts taken: 30\ndigest sha256:[0-9a-f]{64}\n"
      on(40, 1).out should startWith("interrupts taken: 390\n")
      on(1, 1).out should startWith("interrupts taken: 0\n")
      // where the guest looks for it there is memory, then: it waits for nobody and meets three
      on(4, 1, "gic@1bc00000").err should include("CPU 0: stopped after 1000000 instructions")
    }
    for ((kind, (send, acknowledge)) <- Seq(
        "octeon-ciu" -> ("dli t1, 0xffffffffb0700000\n li t0, 1\n sd t0, 0x608(t1)", "dli t1, 0xffffffffb0700000\n dli t0, 0x300000000\n sd t0, 0x220(t1)"),
        "xlr-pic" -> ("dli t1, 0xffffffffbef08000\n lui t0, 1\n sw t0, 0x10(t1)", "dli t1, 0xffffffffbef08000\n li t0, -1\n sd t0, 0x818(t1)"),
        "vsmp" -> ("dli t1, 0xffffffffbee00000\n li t0, 0x100\n sw t0, 8(t1)", "nop")))
      s"have the registers of a $kind where docs/exec.md says" in {
        val elf = assembled("ipi-" + kind, s"""_start: mfc0 t0, $$15, 1
          | andi t0, t0, 1
          | dla s0, word
          | bnez t0, receiver
          | nop
          |1: lw t0, 0(s0)
          | beqz t0, 1b
          | nop
          | $send
          |2: wait
          | b 2b
          | nop
          |receiver: $acknowledge
          | li t0, 0x5e0         # IM2 and IM0, IE off: wait ends, nothing is taken
          | mtc0 t0, $$12
          | li t0, 1
          | sw t0, 0(s0)
          | wait
          | dli t1, 0xffffffffbf000500
          | li t0, 9
          | sw t0, 0(t1)
          | b 2b
          | nop
          | .data
          |word: .word 0""".stripMargin)
        launch("exec", elf, "--cpus", "2", "--interrupt-controller", kind, "--exit", "1f000500", "--max", "1000000").exit shouldBe 9
        val absent = launch("exec", elf, "--cpus", "2", "--exit", "1f000500", "--max", "1000000")
        absent.exit shouldBe 1
        absent.err should include("for an interrupt, but none ")
      }
    "trace, dump and limit each of several CPUs" in {
      val elf = assembled("several", "_start: mfc0 a0, $15, 1\n andi a0, a0, 7\n1: b 1b\n addu a1, a1, a0")
      val trace = folder.resolve("several.txt")
      val outcome = launch("exec", elf, "--cpus", "3", "--max", "6", "--trace", trace.toString, "--dump-regs")
      outcome.exit shouldBe 1
      outcome.err should include("CPU 2: stopped after 6 instructions (--max)")
      outcome.out.linesIterator.filter(line => line.startsWith("cpu ") || line.startsWith("a1 ") || line.startsWith("inst")).toSeq shouldBe
        (0 to 2).flatMap(cpu => Seq(s"cpu $cpu", f"a1       0x${2 * cpu}%016x", "instructions 6"))
      Files.readAllLines(Path.of(trace.toString + ".2")).asScala.last shouldBe
        "ffffffff8010000c 00a42821 addu a1,a1,a0                    a1=0000000000000004"
    }
    "load a flat binary" in {
      val out = folder.resolve("flat.bin").toString
      launch("asm", file("flat.s", hello), "--raw", "-o", out).exit shouldBe 0
      launch("exec", out, "--raw", "80100000", "--uart", "b80003f8", "--exit", "1f000500").out shouldBe "hello\n"
      launch("exec", out, "--raw", "0x100000", "--uart", "b80003f8", "--exit", "1f000500").exit shouldBe 0x42
    }
    "load segments by their physical addresses, or behind their virtual ones" in {
      val elf = assembled("moved", "_start: dla s1, 0xffffffffbf000500\n li t0, 0x42\n sw t0, 0(s1)\n b .\n nop", "--big", "--64")
      val bytes = Files.readAllBytes(Path.of(elf))
      java.nio.ByteBuffer.wrap(bytes).putLong(64 + 24, 0x300000) // p_paddr of the only segment
      val moved = Files.write(folder.resolve("moved-away.elf"), bytes).toString
      launch("exec", elf, "--exit", "1f000500").exit shouldBe 0x42
      launch("exec", moved, "--exit", "1f000500", "--load-virtual").exit shouldBe 0x42
      for (physical <- Seq(Seq.empty, Seq("--load-physical"))) {
        launch(Seq("exec", moved, "--exit", "1f000500", "--max", "99") ++ physical: _*).err should include("stopped after 99 instructions")
        launch(Seq("exec", moved, "--exit", "1f000500", "--entry", "80300000") ++ physical: _*).exit shouldBe 0x42
      }
      val mapped = assembled("mapped", "_start: b .\n nop", "--text", "0x400000")
      refused("exec", mapped, "--load-virtual") should include("mapped address 0x400000")
    }
    "have as much memory as it is told" in {
      val elf = assembled("ram", "_start: dla t1, 0xffffffff80200000\n lw t0, 0(t1)\n dla s1, 0xffffffffbf000500\n sw zero, 0(s1)\n b .\n nop")
      launch("exec", elf, "--exit", "1f000500", "--ram", "4M").exit shouldBe 0
      val small = launch("exec", elf, "--exit", "1f000500", "--ram", "2M")
      small.exit shouldBe 1
      small.err should include("exception DBE")
    }
    "print and end by the debug registers only when asked" in {
      val elf = assembled("debug", "_start: li v0, 0x1234\n li a0, -2\n mtc0 v0, $26\n mtc0 v0, $23\n b .\n nop")
      val outcome = launch("exec", elf, "--debug-cp0")
      outcome.exit shouldBe 0
      val lines = outcome.out.linesIterator.toSeq
      lines.take(3) shouldBe Seq("DEBUG MIPS COREID 0", "DEBUG MIPS PC 0xffffffff80100008", "DEBUG MIPS REG 00 0x0000000000000000")
      lines should have size 34
      lines should contain("DEBUG MIPS REG 02 0x0000000000001234")
      lines should contain("DEBUG MIPS REG 04 0xfffffffffffffffe")
      launch("exec", elf, "--max", "100").out shouldBe empty
    }
    "stop after exactly so many instructions and show the registers" in {
      val elf = assembled("count", "_start: addiu a0, a0, 1\n b _start\n addiu a1, a1, 3")
      val outcome = launch("exec", elf, "--max", "301", "--dump-regs")
      outcome.exit shouldBe 1
      outcome.err should include("stopped after 301 instructions (--max), at pc 0xffffffff80100004")
      outcome.out should include("a0       0x0000000000000065\n")
      outcome.out should include("a1       0x000000000000012c\n")
      outcome.out should include("instructions 301\n")
    }
    "trace each retired instruction with what it wrote" in {
      val elf = assembled("trace", "_start: li a0, 5\n beqzl a0, _start\n nop\n mult a0, a0\n sd a0, 64(zero)\n wait")
      val trace = folder.resolve("trace.txt")
      launch("exec", elf, "--max", "3", "--trace", trace.toString).exit shouldBe 1
      Files.readAllLines(trace).asScala shouldBe Seq(
        "ffffffff80100000 24040005 addiu a0,zero,5                  a0=0000000000000005",
        "ffffffff80100004 5080fffe beql a0,zero,0xffffffff80100000",
        "ffffffff8010000c 00840018 mult a0,a0                       lo=0000000000000019"
      )
    }
    "start where, and with the Status, that it is told" in {
      val elf = assembled("status", "_start: b .\n nop\nother: mfc0 a0, $12\n li v0, 1\n mtc0 v0, $23")
      val outcome = launch("exec", elf, "--entry", "80100008", "--status", "0x10000000", "--debug-cp0", "--dump-regs")
      outcome.out should include("a0       0x0000000010000000\n")
    }
    "say why a program that did not end itself can go no further" in {
      val asleep = launch("exec", assembled("wait", "_start: wait\n b .\n nop"))
      asleep.exit shouldBe 1
      asleep.err should include("waits at pc 0xffffffff80100000 for an interrupt, but none is unmasked")
      val lost = launch("exec", assembled("lost", "_start: li a0, 1\n lw a0, 2(a0)"))
      lost.exit shouldBe 1
      lost.err should include("exception AdEL at pc 0xffffffff80100004 (address 0x0000000000000003) has no handler")
      lost.err should include("0xffffffff80000180")
    }
  }

  "Bad input" should {
    "be one line and exit 2" in {
      val elf = assembled("good", "_start: b .\n nop")
      refused("exec", "no.elf") shouldBe "stillpoint: no.elf: no such file\n"
      refused("exec", folder.toString) should include("is not a file")
      refused("exec", file("text", "hello")) should include("not an ELF file")
      refused("exec", file("empty", "")) should include("empty file")
      refused("exec", "/bin/sh") should include("x86-64")
      refused("exec", elf, "--cpus", "0") should include("--cpus 0 is not within 1 .. 1024")
      refused("exec", elf, "--cpus", "1025") should include("--cpus 1025")
      refused("exec", elf, "--cpus", "x") should include("--cpus")
      refused("exec", elf, "--cpus", "2", "--threads", "-1") should include("--threads -1")
      refused("exec", elf, "--digest") should include("give --cpus 2 or more")
      refused("exec", elf, "--threads", "2") should include("give --cpus 2 or more")
      def controller(what: String, more: String*) = refused(Seq("exec", elf, "--cpus", "2", "--interrupt-controller", what) ++ more: _*)
      controller("apic") should include("no controller is called 'apic'; there are: xlr-pic, octeon-ciu, gic, vsmp")
      controller("gic@") should include("gic@: ")
      controller("gic@zz") should include("not a hexadecimal number")
      controller("gic@1bdc1000") should include("gic@1bdc1000 is not a multiple of 0x20000")
      controller("gic@0x9000001000000000") should include("beyond the 36 bits of a physical address")
      controller("gic@fffff0000") should include("is not a multiple of 0x20000")
      refused("exec", elf, "--cpus", "40", "--interrupt-controller", "octeon-ciu@ffffff000") should include("ends beyond the 36 bits")
      refused("exec", elf, "--cpus", "17", "--interrupt-controller", "vsmp") should include("at most 16 CPUs, not 17")
      controller("gic", "--uart", "1bdc0008") should include("0x1bdc0000 .. 0x1bddffff, where --uart is")
      controller("gic", "--exit", "bbddfffc") should include("where --exit is")
      controller("gic@100000") should include("where the program is loaded; give another address")
      refused("exec", elf, "--cpus", "2", "--ram", "1M") should include("memory ends at 0x100000")
      refused("exec", elf, "--cpus", "2", "--trace", "/no/such/folder/x") should include("does not exist")
      refused("exec", elf, "--max", "0") should include("--max 0")
      refused("exec", elf, "--max", "x") should include("--max")
      refused("exec", elf, "--ram", "1M") should include("memory ends at 0x100000")
      refused("exec", elf, "--ram", "x") should include("--ram x is not a size")
      refused("exec", elf, "--ram", "100T") should include("is not within 4K .. 64G")
      refused("exec", elf, "--status", "12345678901234567") should include("--status")
      refused("exec", elf, "--entry", "80100002") should include("not a multiple of 4")
      refused("exec", elf, "--uart", "0x180003f9") should include("not a multiple of 8")
      refused("exec", elf, "--exit", "zz") should include("not a hexadecimal number")
      refused("exec", elf, "--load-virtual", "--load-physical") should include("exclude each other")
      refused("exec", elf, "--little") should include("--raw")
      refused("exec", elf, "--trace", "/no/such/folder/x") should include("does not exist")
      refused("exec", elf, "--raw", "0x100000000000") should include("memory ends")
      refused("asm", "no.s") should include("no such file")
      refused("asm", file("bad.s", "nop\n foo\n"), "-o", folder.resolve("x").toString) should include("bad.s:2: no instruction is called 'foo'")
      refused("asm", file("good.s", "nop"), "--entry", "x", "-o", folder.resolve("x").toString) should include("--entry x is not a label")
      refused("asm", file("good.s", "nop"), "-o", "/no/such/x") should include("does not exist")
      refused("disasm", file("text", "hello")) should include("not an ELF file")
      refused("disasm", "no.elf") should include("no such file")
      Files.exists(folder.resolve("x")) shouldBe false
      Files.exists(Path.of("no.elf")) shouldBe false
    }
  }
}
