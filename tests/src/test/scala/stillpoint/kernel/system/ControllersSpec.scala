package stillpoint.kernel.system

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.report.Verdict
import stillpoint.kernel.system.Machines._

/** What a kernel does must not depend on the interrupt controller that carries its IPIs. */
@RunWith(classOf[JUnitRunner])
class ControllersSpec extends AnyWordSpec with Matchers {
  private val boards = Seq("xls416", "octeon-cn58", "malta-34k", "malta-i6400")

  private def run(variant: String, board: String, cpus: Int) =
    simulate(Plan(variant, cpus, board = Some(board), script = Some(Seq(Typed("100us", 1, EnableLine)))))

  "Every controller" should {
    for (board <- boards; cpus = if (board == "malta-34k") 2 else 3) {
      s"carry the waiting flush of $board: the hang is the same, and so are its IPIs" in {
        val hung = run(Hanging, board, cpus)
        hung.report.verdict shouldBe Verdict.DEADLOCK
        (hung.sent("call-function"), hung.taken("call-function")) shouldBe ((cpus - 1, 0))
      }
      s"carry the calls of $board that a kernel without stop_machine waits for" in {
        val healthy = run("upstream+wait-ipi", board, cpus)
        healthy.report.verdict shouldBe Verdict.HEALTHY
        healthy.sent("call-function") should be > 0L
        healthy.taken("call-function") shouldBe healthy.sent("call-function")
      }
    }
    "say of an interrupt that it knows nothing of, as Linux counts it" in {
      for ((board, spurious) <- Seq("octeon-cn58" -> 1, "malta-i6400" -> 1, "xls416" -> 0)) withClue(board) {
        val line = "cat /proc/interrupts"
        val struck = simulate(Plan("upstream", 3, board = Some(board), script = Some(Seq(Typed("200us", 0, line))),
          faults = "{ kind = spurious-irq, cpu = 1, line = call-function, at = 50us }"))
        struck.report.verdict shouldBe Verdict.HEALTHY
        // a vector is taken for what it says it is: its handler finds nothing to do
        struck.report.console.asScala.find(_.startsWith("ERR")).map(_.trim.split(" +").last) shouldBe Some(spurious.toString)
      }
    }
    "coalesce the flushes that do not wait, on controllers that have an interrupt for them" in {
      for (board <- Seq("xls416", "octeon-cn58", "malta-i6400")) withClue(board) {
        val healthy = run("mailbox-nowait", board, 3)
        healthy.report.verdict shouldBe Verdict.HEALTHY
        healthy.taken("icache-flush") should (be > 0L and be < healthy.sent("icache-flush"))
      }
    }
  }
}
