package stillpoint.clusterconfig

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import scala.jdk.CollectionConverters._
import stillpoint.clusterconfig.Scenarios._
import stillpoint.kernel.config.KernelConfig.{FtraceUpdate, IcacheFlush}
import stillpoint.machine.board.Board.InterruptControllerKind
import stillpoint.machine.interconnect.MachineMap

@RunWith(classOf[JUnitRunner])
class PresetsSpec extends AnyWordSpec with Matchers {

  private def board(name: String, cpus: Option[Int] = None) =
    read(s"machine.board = $name", overrides(cpus = cpus)).setup.board

  private def kernel(variant: String) = read(s"""kernel.variant = "$variant"""").setup.kernel

  "The names of presets" should {
    "be those in the resources" in {
      Presets.boards.byName.keySet.asScala shouldBe Presets.boardNames.asScala.toSet
      Presets.variants.byName.keySet.asScala shouldBe Presets.variantNames.asScala.toSet
    }
  }

  "Every board" should {
    "be valid and have a lookahead of at least 30 cycles" in {
      for (name <- Presets.boardNames.asScala)
        new MachineMap(board(name)).lookaheadCycles should be >= 30
    }
  }

  "xls416" should {
    "have 16 CPUs, 32 KiB L1 caches of 32-byte lines and the XLR controller" in {
      val xls = board("xls416")
      xls.cpuCount shouldBe 16
      xls.bigEndian shouldBe true
      xls.l1i.sizeBytes shouldBe 32 * 1024
      xls.l1d.sizeBytes shouldBe 32 * 1024
      xls.lineBytes shouldBe 32
      xls.interruptController shouldBe InterruptControllerKind.XLR_PIC
    }
  }

  "octeon-cn58" should {
    "have 16 CPUs at 800 MHz, 32 and 16 KiB L1 caches of 128-byte lines and the CIU" in {
      val octeon = board("octeon-cn58")
      octeon.cpuCount shouldBe 16
      octeon.clockMhz shouldBe 800
      octeon.l1i.sizeBytes shouldBe 32 * 1024
      octeon.l1d.sizeBytes shouldBe 16 * 1024
      octeon.lineBytes shouldBe 128
      octeon.interruptController shouldBe InterruptControllerKind.OCTEON_CIU
    }
  }

  "generic" should {
    "grow its slices with its CPUs" in {
      board("generic").cpuCount shouldBe 4
      def slices(cpus: Int) = {
        val b = board("generic", Some(cpus))
        (b.directorySlices, b.interruptSlices)
      }
      slices(1) shouldBe ((1, 1))
      slices(16) shouldBe ((1, 1))
      slices(1024) shouldBe ((64, 16))
      slices(1000000) shouldBe ((256, 4096))
    }
    "take a number of slices instead of the rule" in {
      read("machine { directory-slices = 7 }").setup.board.directorySlices shouldBe 7
    }
  }

  "The kernel variants" should {
    "patch and flush as the measured rows do" in {
      def row(name: String) = {
        val k = kernel(name)
        (k.ftraceUpdate, k.icacheFlush, k.delayedFlush)
      }
      row("stop-machine+wait-ipi") shouldBe ((FtraceUpdate.STOP_MACHINE, IcacheFlush.WAIT_IPI, false))
      row("mailbox-nowait") shouldBe ((FtraceUpdate.STOP_MACHINE, IcacheFlush.MAILBOX_NOWAIT, false))
      row("delayed-flush") shouldBe ((FtraceUpdate.STOP_MACHINE, IcacheFlush.WAIT_IPI, true))
      row("upstream") shouldBe ((FtraceUpdate.DIRECT, IcacheFlush.GLOBAL_HIT, false))
      row("upstream+wait-ipi") shouldBe ((FtraceUpdate.DIRECT, IcacheFlush.WAIT_IPI, false))
      row("irqsave") shouldBe ((FtraceUpdate.IRQSAVE, IcacheFlush.WAIT_IPI, false))
      row("hang+irqs-on") shouldBe ((FtraceUpdate.STOP_MACHINE, IcacheFlush.WAIT_IPI, false))
      row("call-function-nowait") shouldBe ((FtraceUpdate.STOP_MACHINE, IcacheFlush.CALL_FUNCTION_NOWAIT, false))
      row("stop-machine+local-flush") shouldBe ((FtraceUpdate.STOP_MACHINE, IcacheFlush.LOCAL, false))
      row("delayed-flush+preempt-disable") shouldBe ((FtraceUpdate.STOP_MACHINE, IcacheFlush.WAIT_IPI, true))
    }
    "differ from plain switches where their name says so, and nowhere else" in {
      for (name <- Presets.variantNames.asScala) {
        val ftrace = kernel(name).ftrace
        ftrace.patchingCpuIrqsOn shouldBe (name == "hang+irqs-on")
        ftrace.prepareDisablesPreemption shouldBe (name == "delayed-flush+preempt-disable")
        ftrace.selfSynchronise shouldBe false
        ftrace.convertAtBoot shouldBe true
      }
    }
    "be overridden switch by switch" in {
      val set = overrides(set = Seq("kernel.ftrace.self-synchronise=true", "kernel.ftrace.convert-at-boot=false"))
      val ftrace = read("""kernel.variant = "stop-machine+local-flush"""", set).setup.kernel.ftrace
      ftrace.selfSynchronise shouldBe true
      ftrace.convertAtBoot shouldBe false
    }
    "warn of irqs off as 2.6.34 did, where the variant is of that time" in {
      kernel("stop-machine+wait-ipi").warnIrqsDisabled shouldBe true
      kernel("upstream").warnIrqsDisabled shouldBe false
    }
  }

  "Functions on read-only text" should {
    "be kept, in order and once each, with every switch, by the effective text" in {
      val first = read("""guest.read-only-text = [b, a, b], kernel { variant = "hang+irqs-on", ftrace.convert-at-boot = false }""")
      val again = read(first.effective)
      first.setup.guest.readOnlyText.asScala.toSeq shouldBe Seq("b", "a")
      again.setup.guest.readOnlyText shouldBe first.setup.guest.readOnlyText
      again.setup.kernel shouldBe first.setup.kernel
      again.effective shouldBe first.effective
    }
  }

  "The scenarios of the repository" should {
    "be readable" in {
      val folder = java.nio.file.Path.of(System.getProperty("stillpoint.root")).resolve("scenarios")
      val files = folder.toFile.listFiles.filter(_.getName.endsWith(".conf"))
      files.map(_.getName.stripSuffix(".conf")).toSet should contain allOf
        ("ftrace-hang-xls", "ftrace-octeon", "ftrace-delayed-flush", "ftrace-upstream")
      for (file <- files) {
        val scenario = stillpoint.ShippedScenarios.scenario(file.toPath)
        scenario.about should endWith(".")
        scenario.expect.isPresent shouldBe true
      }
    }
  }
}
