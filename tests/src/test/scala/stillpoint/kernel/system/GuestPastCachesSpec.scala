package stillpoint.kernel.system

import scala.jdk.CollectionConverters._
import scala.util.Random

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.report.Verdict
import stillpoint.kernel.system.Machines._
import stillpoint.machine.elf.{ElfImage, GuestFiles}
import stillpoint.machine.isa.{Assembler, InstructionTable}

/**
 * Under the modelled kernel everything is cached (decision 0081): a guest that goes past the caches in every way that there is gets
 * what coherent memory holds, and can make neither its kernel nor the simulator err.
 */
@RunWith(classOf[JUnitRunner])
class GuestPastCachesSpec extends AnyWordSpec with Matchers {
  private val Here = 0xffffffff80800000L

  /** s0: an address on the thread's stack, s1: the same, uncached. Every cache operation, of data and of code. */
  private val source = {
    val operations = (0 until 32).map { op =>
      s""" sw t1, 0(s0)
         | cache $op, 0(s0)
         | lw t2, 0(s1)
         | bne t2, t1, fail
         | nop
         | cache $op, 0(s2)
         | addiu t1, t1, 1""".stripMargin
    }
    s"""_start: daddiu s0, sp, -256
       | dli t0, 0x07ffffffffffffff
       | and s1, s0, t0
       | dli t0, 0x9000000000000000
       | or s1, s1, t0
       | dla s2, _start
       | li t1, 5
       |${operations.mkString("\n")}
       | sw t1, 0(s1)
       | lw t2, 0(s0)
       | bne t2, t1, fail
       | li t2, 9
       |1: ll t2, 0(s1)
       | addiu t2, t2, 1
       | sc t2, 0(s1)
       | beqz t2, 1b
       | addiu t1, t1, 1
       | dla t0, past
       | li t2, 0x20000000
       | or t0, t0, t2
       | mfc0 t2, $$16         # kseg0 uncached, too
       | ori t2, t2, 7
       | xori t2, t2, 5
       | mtc0 t2, $$16
       | jr t0
       | nop
       |past: lw t2, 0(s0)
       | bne t2, t1, fail
       | nop
       | li a0, 1
       | li a1, 1
       | syscall 0x12
       | syscall 0x13
       |fail: move a1, t2
       | li a0, 1
       | syscall 0x14
       | syscall 0x13
       |""".stripMargin
  }

  private def image(source: String) = {
    val it = GuestFiles.image("functions.elf")
    val code = Assembler.program(source, Here).sections.asScala.head.content
    val segment = new ElfImage.Segment(Here, Here & 0x1fffffff, code, code.length, true)
    new ElfImage(it.bigEndian, it.is64Bit, Here, (it.segments.asScala :+ segment).asJava, it.symbols)
  }

  "A guest that makes uncached accesses and every cache operation" should {
    for (order <- Seq("sc", "tso", "pso"))
      s"see coherent memory, and its kernel trace and stop the machine as ever, under $order" in {
        val run = simulate(withImage(Plan("upstream", 4, machine = s"memory-order = $order").setup, image(source)))
        run.report.guest.failures shouldBe empty
        run.report.guest.passes shouldBe 4
        run.report.verdict shouldBe Verdict.HEALTHY
      }
  }

  private val trapping = Set("syscall", "sdbbp", "deret", "eret", "add", "addi", "sub", "dadd", "daddi", "dsub", "rdhwr")

  /**
   * Instructions that go straight on and do not trap, as a rule; those that reach memory do so near the stack, cached and uncached.
   */
  private def anything(random: Random): String = {
    val straight = InstructionTable.ROWS.asScala.filterNot(_.operands.asScala.exists(one => Set("target", "branch")(one.toString)))
      .filterNot(row => "jb".contains(row.mnemonic.head) || row.mnemonic.startsWith("t") && !row.mnemonic.startsWith("tlb") || trapping(row.mnemonic))
    val words = (1 to 80).map { _ =>
      val row = straight(random.nextInt(straight.size))
      val anyWord = random.nextInt() & ~row.pattern.mask | row.pattern.`match`
      // s0 and sp stay
      val word = if (row.mnemonic == "cache") anyWord
        else Seq('d', 't').filter(row.pattern.width(_) > 0).foldLeft(anyWord)((w, letter) => row.pattern.set(letter, w, 8 + random.nextInt(8)))
      val reaches = row.operands.asScala.exists(_.toString.contains("(rs)"))
      if (reaches) word & 0xfc1f0000 | (if (random.nextBoolean()) 29 else 16) << 21 | random.nextInt(128) * 8 - 512 & 0xffff else word
    }
    s"""_start: dli t0, 0x07ffffffffffffff
       | and s0, sp, t0
       | dli t0, 0x9000000000000000
       | or s0, s0, t0
       | li ra, 0
       |${words.map(word => f" .word 0x$word%08x").mkString("\n")}
       | syscall 0x13
       |""".stripMargin
  }

  "Whatever a guest executes" should {
    "break no invariant of its machine" in {
      var finished = 0
      for (seed <- 1 to 60) withClue(s"seed $seed: ") {
        val order = Seq("sc", "tso", "pso")(seed % 3)
        val plan = Plan("upstream", 2, machine = s"memory-order = $order", limits = "virtual-time = 1ms", seed = seed)
        val run = simulate(withImage(plan.setup, image(anything(new Random(seed)))))
        finished += 2 - run.report.guest.failures.size
      }
      finished should be > 60
    }
  }
}
