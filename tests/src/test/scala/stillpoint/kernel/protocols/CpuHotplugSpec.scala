package stillpoint.kernel.protocols

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.report.Verdict
import stillpoint.kernel.system.Machines.Run

/** A stopper that is not enabled discards work: it must be enabled before anybody can see its CPU online. */
@RunWith(classOf[JUnitRunner])
class CpuHotplugSpec extends ProtocolPair {
  aPair("hotplug-stopper-late", "hotplug-stopper-early", Verdict.LOST_MESSAGE)

  /** What a caller is told that comes while one of the two CPUs is away. */
  private def refused(caller: Int, one: Int, other: Int): String =
    s"cpu$caller# modprobe test_stop_two_cpus cpus=$one,$other: modprobe: ERROR: could not insert " +
      "'test_stop_two_cpus': Unknown symbol in module, or unknown parameter (see dmesg)"

  private def workedOrRefused(run: Run, refusals: Seq[String]): Unit = {
    val warnings = run.report.warnings.asScala.toSet
    (warnings -- refusals) shouldBe empty
    run.report.verdict shouldBe (if (warnings.isEmpty) Verdict.HEALTHY else Verdict.WARNINGS)
  }

  "A stopper that is enabled late" should {
    lazy val run = Shipped.run("hotplug-stopper-late")
    "leave the other stopper waiting for a CPU that never got its work, which the report names" in {
      waits(run).map(_.cpu) shouldBe Seq(2)
      targets(waits(run).head) shouldBe Seq(3)
      waits(run).head.in shouldBe "multi_cpu_stop"
      waits(run).head.because shouldBe "the stopper of CPU 3 was not enabled and discarded the work for it"
      run.report.cpus.get(2).task shouldBe "migration/2"
      run.report.cpus.get(3).task shouldBe "guest/3"
    }
    "leave the caller asleep for ever" in {
      run.cpus(1).shellBusy shouldBe true
      run.report.cpus.get(1).task shouldBe "guest/1"
    }
    "lose nothing if the call comes while the CPU is still away: it is told so" in {
      val early = Shipped.changed("hotplug-stopper-late", "at = 150us" -> "at = 115us")
      early.report.verdict shouldBe Verdict.WARNINGS
      early.report.warnings.asScala.toSeq shouldBe Seq(refused(1, 2, 3))
    }
    "lose nothing if the call comes when it is enabled" in {
      val later = Shipped.changed("hotplug-stopper-late", "at = 150us" -> "at = 250us")
      later.report.verdict shouldBe Verdict.HEALTHY
    }
  }
  "A stopper that is enabled before its CPU is online" should {
    "do its work whenever the call comes" in {
      for (at <- 98 to 200 by 6) {
        val run = Shipped.changed("hotplug-stopper-early", "at = 150us" -> s"at = ${at}us")
        withClue(s"called at $at us: ")(workedOrRefused(run, Seq(refused(1, 2, 3))))
      }
    }
    "stand several CPUs that come and go" in {
      val hotplug = (0 until 4).map(cpu => s"""{ at = ${100 + cpu}us, on = $cpu, run = "modprobe test_cpu_hotplug cpu=${cpu + 4}" }""")
      val pairs = (8 until 12).map(cpu => s"""{ at = ${90 + 20 * (cpu - 8)}us, on = $cpu, run = "modprobe test_stop_two_cpus cpus=${cpu - 4},${cpu}" }""")
      val run = Shipped.runText(s"machine { board = xls416 }\nscript = [ ${(hotplug ++ pairs).mkString(", ")} ]\nlimits { virtual-time = 20ms }")
      workedOrRefused(run, (8 until 12).map(cpu => refused(cpu, cpu - 4, cpu)))
    }
  }
  "A line that takes a CPU offline" should {
    "be refused for the CPU that it runs on" in {
      Shipped.refusal("machine { board = xls416 }\nscript = [ { at = 1us, on = 3, run = \"modprobe test_cpu_hotplug cpu=3\" } ]") should
        include("names CPU 3 for cpu, on which it runs itself (spec.conf: 2); name another CPU")
    }
  }
}
