package stillpoint.kernel.system

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

import stillpoint.ShippedScenarios
import stillpoint.kernel.console.ConsoleReport
import stillpoint.kernel.cpu.CpuReport
import stillpoint.machine.packed.PackedFormatException
import stillpoint.machine.time.{CutJudge, CutReports, Report, SequentialEngine}

/**
 * Goal: a judge behind a wire, which carries of each log what is new, judges as one that sees the processes themselves. Method: the
 * same runs with both; each report goes through a pair of codecs as it would between two nodes.
 */
@RunWith(classOf[JUnitRunner])
class PackedCutReportsSpec extends AnyWordSpec with Matchers {
  private class BehindAWire(judge: MachineJudge, size: Int) extends CutJudge {
    private val (here, there) = (PackedReports.atCut, PackedReports.atCut)
    private val received = new CutReports(size)
    var newBytes = 0L
    var allBytes = 0L
    def judge(cut: CutJudge.Cut, reports: CutReports): CutJudge.Decision = {
      reports.changed.foreach { id =>
        val report = reports.get(id)
        received.set(id, report match {
          case _: CpuReport | _: ConsoleReport =>
            val bytes = here.toBytes(report)
            newBytes += bytes.length
            allBytes += PackedReports.atCut.toBytes(report).length
            there.fromBytes(bytes)
          case unread: Report => unread
        })
      }
      received.changed(reports.changed)
      judge.judge(cut, received)
    }
    def nextCutAfter(cycle: Long): Long = judge.nextCutAfter(cycle)
    def wantsReports(cut: CutJudge.Cut, blockedSince: Long): Boolean = judge.wantsReports(cut, blockedSince)
    override def limitCycle: Long = judge.limitCycle
    override def posture: Long = judge.posture
    override def follow(posture: Long): Unit = judge.follow(posture)
  }

  for (name <- Seq("ftrace-hang-xls.conf", "ftrace-local-flush.conf", "ftrace-upstream-sites.conf")) name should {
    "be judged alike from what is new at each cut" in {
      val setup = ShippedScenarios.setup(name)
      val direct = new MachineJudge(setup)
      val expected = SequentialEngine.run(new EmulatedMachine(setup), direct)
      val machine = new EmulatedMachine(setup)
      val judge = new MachineJudge(setup)
      val wire = new BehindAWire(judge, machine.size)
      SequentialEngine.run(machine, wire).digest shouldBe expected.digest
      judge.ending shouldBe direct.ending
      // thousands of stores, told over and over
      if (name == "ftrace-upstream-sites.conf") wire.newBytes * 2 should be < wire.allBytes
    }
  }

  "A report after one that was lost" should {
    "be refused" in {
      val setup = ShippedScenarios.setup("ftrace-local-flush.conf")
      val outcome = SequentialEngine.run(new EmulatedMachine(setup), new MachineJudge(setup))
      val patched = outcome.finalReports.stream.filter {
        case cpu: CpuReport => !cpu.logs.stores.isEmpty
        case _ => false
      }.findFirst.get
      val here = PackedReports.atCut
      here.toBytes(patched)
      a[PackedFormatException] should be thrownBy PackedReports.atCut.fromBytes(here.toBytes(patched))
    }
  }
}
