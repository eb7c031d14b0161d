package stillpoint.kernel.protocols

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.report.Verdict

/** Two stop_two_cpus() for one pair: whoever takes two locks of a kind must take them in one order. */
@RunWith(classOf[JUnitRunner])
class StopTwoCpusSpec extends ProtocolPair {
  aPair("stop-two-cpus-abba", "stop-two-cpus-ordered")

  "Two callers that take the stoppers' locks in the order given" should {
    lazy val run = Shipped.run("stop-two-cpus-abba")
    "each hold the lock that the other spins on, with irqs off and preemption off" in {
      waits(run).map(_.cpu).toSet shouldBe Set(0, 1)
      edge(run, 0).what shouldBe "stopper.lock of CPU 3"
      edge(run, 1).what shouldBe "stopper.lock of CPU 2"
      targets(edge(run, 0)) shouldBe Seq(1)
      targets(edge(run, 1)) shouldBe Seq(0)
      for (cpu <- run.report.cpus.asScala.take(2)) {
        cpu.irqsOn shouldBe false
        cpu.preemptCount shouldBe 3 // the call itself, the lock it holds, the lock it wants
        cpu.stack.asScala.take(2) shouldBe Seq("_raw_spin_lock_irqsave", "stop_two_cpus")
      }
    }
    "leave all others at work" in {
      for (cpu <- run.report.cpus.asScala.drop(2)) cpu.task should startWith("guest/")
    }
    "not hang if only one of them comes" in {
      val text = Shipped.text("stop-two-cpus-abba")
      val alone = text.linesIterator.filterNot(_.contains("on = 1,")).mkString("\n")
      Shipped.runText(alone).report.verdict shouldBe Verdict.HEALTHY
    }
  }

  "Callers that take the locks in one order" should {
    "not hang however close they come, from whichever CPU, in any kernel" in {
      for (preempt <- Seq("full", "none"); gap <- Seq("0us", "1us", "7us"); on <- Seq(1, 2, 3)) {
        val run = Shipped.changed("stop-two-cpus-ordered",
          "preempt = full" -> s"preempt = $preempt", "on = 1," -> s"on = $on,", "ascending" -> s"ascending gap=$gap")
        withClue(s"preempt $preempt, gap $gap, on $on: ")(run.report.verdict shouldBe Verdict.HEALTHY)
      }
    }
    "get through when five call for one stopper, which has room for four works" in {
      val lines = (0 until 6).map(cpu => s"""{ at = 100us, on = $cpu, run = "modprobe test_stop_two_cpus cpus=7,${8 + cpu}" }""")
      val run = Shipped.runText(s"machine { board = xls416 }\nscript = [ ${lines.mkString(", ")} ]\nlimits { virtual-time = 20ms }")
      run.report.verdict shouldBe Verdict.HEALTHY
    }
    "live with a stop_machine of the whole machine at the same time" in {
      for (at <- 90 to 110 by 2) {
        val run = Shipped.changed("stop-two-cpus-ordered",
          "variant = \"upstream\"" -> "variant = delayed-flush",
          "script  = [" -> s"""script = [ { at = ${at}us, on = 5, run = "echo function > /debug/tracing/current_tracer" }""")
        withClue(s"at $at us: ")(run.report.verdict shouldBe Verdict.HEALTHY)
      }
    }
  }

  "A line that loads a module" should {
    def refusal(line: String): String =
      Shipped.refusal(s"""machine { board = xls416 }\nscript = [ { at = 1us, on = 0, run = "$line" } ]""")
    "be refused with what would do if it is absurd" in {
      refusal("modprobe test_nothing") should include("names no module that exists (spec.conf: 2); there are: test_stop_two_cpus")
      refusal("modprobe test_stop_two_cpus") should include("lacks cpus")
      refusal("modprobe test_stop_two_cpus cpus=1,1") should include("has '1,1' for cpus")
      refusal("modprobe test_stop_two_cpus cpus=1,99") should include("names CPU 99, which this board does not have (spec.conf: 2); its CPUs are 0-15")
      refusal("modprobe test_stop_two_cpus cpus=1,2 order=down") should include("has 'down' for order (spec.conf: 2); write: modprobe test_stop_two_cpus cpus=CPU,CPU (two different) order=ascending|given")
      refusal("modprobe test_stop_two_cpus cpus=1,2 gap=-3us") should include("has '-3us' for gap")
      refusal("modprobe test_stop_two_cpus cpus=1,2 gap=999s") should include("at most 100s")
      refusal("modprobe test_stop_two_cpus cpus=1,2 cpus=1,2") should include("gives 'cpus' twice")
      refusal("modprobe test_stop_two_cpus cpus=1,2 speed=9") should include("has no parameter 'speed'")
      refusal("modprobe") should include("names no module")
    }
    "be read with any spaces" in {
      refusal("  modprobe   test_stop_two_cpus  cpus=1,2 ") shouldBe "(read without complaint)"
    }
  }
}
