package stillpoint.kernel.system

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.report.Verdict
import stillpoint.kernel.system.Machines._
import stillpoint.machine.elf.{ElfImage, GuestFiles}
import stillpoint.machine.isa.Assembler

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

  private val image = {
    val it = GuestFiles.image("functions.elf")
    val code = Assembler.program(source, Here).sections.asScala.head.content
    val segment = new ElfImage.Segment(Here, Here & 0x1fffffff, code, code.length, true)
    new ElfImage(it.bigEndian, it.is64Bit, Here, (it.segments.asScala :+ segment).asJava, it.symbols)
  }

  "A guest that makes uncached accesses and every cache operation" should {
    for (order <- Seq("sc", "tso", "pso"))
      s"see coherent memory, and its kernel trace and stop the machine as ever, under $order" in {
        val run = simulate(withImage(Plan("upstream", 4, machine = s"memory-order = $order").setup, image))
        run.report.guest.failures shouldBe empty
        run.report.guest.passes shouldBe 4
        run.report.verdict shouldBe Verdict.HEALTHY
      }
  }
}
