package stillpoint.machine.interrupt

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.machine.board.Board
import stillpoint.machine.board.Board.InterruptControllerKind
import stillpoint.machine.board.Board.InterruptControllerKind.{GIC, OCTEON_CIU, VSMP, XLR_PIC}
import stillpoint.machine.coherence.{Recorder, Sent}
import stillpoint.machine.interconnect.MachineMap
import stillpoint.machine.interrupt.InterruptProtocol._
import stillpoint.machine.l1.CacheGeometry
import stillpoint.machine.time.{BrokenInvariant, LogicalProcess, Message, StateHash}

@RunWith(classOf[JUnitRunner])
class InterruptControllerSpec extends AnyWordSpec with Matchers {
  private val Latency = 7

  private def mapOf(kind: InterruptControllerKind, cpus: Int, slices: Int): MachineMap = {
    val cache = new CacheGeometry(2, 1, 16)
    new MachineMap(new Board("small", cpus, 1000, true, cache, cache, 1, kind, slices, 20, 50, Latency, 9))
  }

  private class Slice(kind: InterruptControllerKind, cpus: Int = 10, slices: Int = 3, index: Int = 0) {
    val map = mapOf(kind, cpus, slices)
    val slice: LogicalProcess = InterruptController.create(map.interruptSlice(index), map)
    val outbox = new Recorder
    def get(cpu: Int, message: Message): Seq[Sent] = {
      slice.handle(500, cpu, message, outbox)
      outbox.take()
    }
    def hash: Long = { val h = new StateHash; slice.foldState(h); h.value }
  }

  "A sender" should {
    "tell each slice that serves a target once, with that slice's targets" in {
      val map = mapOf(OCTEON_CIU, 10, 3) // four, four and two CPUs
      val outbox = new Recorder
      InterruptController.setMailbox(map, 5, 4, CpuSet.range(0, 10).without(5), 100, outbox)
      outbox.take() shouldBe Seq(
        Sent(map.interruptSlice(0), 100 + Latency, new SetMailbox(4, CpuSet.range(0, 4))),
        Sent(map.interruptSlice(1), 100 + Latency, new SetMailbox(4, CpuSet.range(4, 8).without(5))),
        Sent(map.interruptSlice(2), 100 + Latency, new SetMailbox(4, CpuSet.range(8, 10))))
      InterruptController.sendVector(map, 5, 3, CpuSet.of(9), 100, outbox)
      outbox.take() shouldBe Seq(Sent(map.interruptSlice(2), 100 + Latency, new SendVector(3, CpuSet.of(9))))
      InterruptController.sendVector(map, 5, 3, CpuSet.empty, 100, outbox)
      outbox.take() shouldBe empty
    }
    "broadcast to a million CPUs in one message a slice" in {
      val map = mapOf(XLR_PIC, 1000000, 4096)
      val outbox = new Recorder
      InterruptController.sendVector(map, 0, 1, CpuSet.range(0, 1000000), 0, outbox)
      val sent = outbox.take()
      sent.map(_.message).collect { case m: SendVector => m.targets.size }.sum shouldBe 1000000
      sent.map(_.target).distinct.size shouldBe sent.size
    }
  }

  "An XLR PIC slice" should {
    "raise the vector at each target after the link's latency" in {
      val pic = new Slice(XLR_PIC)
      pic.get(9, new SendVector(5, CpuSet.range(1, 4))) shouldBe
        Seq(1, 2, 3).map(cpu => Sent(cpu, 500 + Latency, new VectorRaised(5)))
    }
    "pass every IPI on, and count them by vector" in {
      val pic = new Slice(XLR_PIC)
      pic.get(9, new SendVector(5, CpuSet.of(1)))
      pic.get(8, new SendVector(5, CpuSet.of(1))) should have size 1
      pic.get(8, new SendVector(6, CpuSet.range(0, 4)))
      val report = pic.slice.inspect(500).asInstanceOf[XlrPicReport]
      (report.raisedByVector()(5), report.raisedByVector()(6), report.raised) shouldBe ((2L, 4L, 6L))
    }
    "refuse targets of other slices, vectors that do not exist, and mailboxes" in {
      intercept[BrokenInvariant](new Slice(XLR_PIC).get(0, new SendVector(5, CpuSet.of(4)))).getMessage shouldBe
        "interrupt-controller0 does not serve cpu4"
      intercept[BrokenInvariant](new Slice(XLR_PIC).get(0, new SendVector(64, CpuSet.of(1))))
      intercept[BrokenInvariant](new Slice(XLR_PIC).get(0, new SetMailbox(1, CpuSet.of(1)))).getMessage should
        startWith("interrupt-controller0 has no use for SetMailbox")
    }
  }

  "An Octeon CIU slice" should {
    "raise the line when the word was zero, and coalesce until it is read" in {
      val ciu = new Slice(OCTEON_CIU, index = 1)
      ciu.get(0, new SetMailbox(4, CpuSet.of(6))) shouldBe Seq(Sent(6, 500 + Latency, new MailboxRaised))
      ciu.get(1, new SetMailbox(4, CpuSet.of(6))) shouldBe empty
      ciu.get(1, new SetMailbox(2, CpuSet.of(6))) shouldBe empty
      ciu.get(6, new ReadAndClearMailbox) shouldBe Seq(Sent(6, 500 + Latency, new MailboxRead(6)))
      ciu.get(6, new ReadAndClearMailbox) shouldBe Seq(Sent(6, 500 + Latency, new MailboxRead(0)))
      ciu.get(1, new SetMailbox(1, CpuSet.of(6))) should have size 1
    }
    "count what was set, what raised and what coalesced" in {
      val ciu = new Slice(OCTEON_CIU, index = 1)
      ciu.get(0, new SetMailbox(4, CpuSet.range(4, 8)))
      ciu.get(0, new SetMailbox(4, CpuSet.range(4, 8)))
      ciu.get(0, new SetMailbox(3, CpuSet.of(7)))
      val report = ciu.slice.inspect(500).asInstanceOf[OcteonCiuReport]
      (report.sets, report.raised, report.coalesced) shouldBe ((9L, 4L, 5L))
      (report.setsByBit()(2), report.coalescedByBit()(2)) shouldBe ((8L, 4L))
      (report.setsByBit()(0), report.coalescedByBit()(0)) shouldBe ((1L, 0L))
      (report.mailboxOf(4), report.mailboxOf(7)) shouldBe ((4, 7))
    }
    "show its words in its state" in {
      val ciu = new Slice(OCTEON_CIU)
      val before = ciu.hash
      ciu.get(0, new SetMailbox(4, CpuSet.of(1)))
      ciu.hash should not be before
    }
    "refuse cores of other slices, and vectors" in {
      intercept[BrokenInvariant](new Slice(OCTEON_CIU).get(9, new ReadAndClearMailbox))
      intercept[BrokenInvariant](new Slice(OCTEON_CIU).get(0, new SendVector(1, CpuSet.of(1))))
    }
    "serve no CPU at all when there are more slices than CPUs" in {
      val spare = new Slice(OCTEON_CIU, cpus = 2, slices = 5, index = 4)
      spare.slice.inspect(0).asInstanceOf[OcteonCiuReport].mailboxes shouldBe empty
    }
  }

  "A GIC slice" should {
    "raise the pin when it was low, and coalesce an interrupt that is pending" in {
      val gic = new Slice(GIC, index = 1)
      gic.get(0, new WedgeInterrupts(1, CpuSet.range(4, 7))) shouldBe Seq(4, 5, 6).map(cpu => Sent(cpu, 500 + Latency, new SharedRaised))
      gic.get(1, new WedgeInterrupts(1, CpuSet.of(6))) shouldBe empty
      gic.get(1, new WedgeInterrupts(2, CpuSet.of(6))) shouldBe empty
      gic.get(6, new AcknowledgeShared) shouldBe Seq(Sent(6, 500 + Latency, new SharedRead(6)))
      gic.get(6, new AcknowledgeShared) shouldBe Seq(Sent(6, 500 + Latency, new SharedRead(0)))
      gic.get(1, new WedgeInterrupts(0, CpuSet.of(6))) should have size 1
      val report = gic.slice.inspect(500).asInstanceOf[GicReport]
      (report.wedges.toSeq, report.coalesced.toSeq) shouldBe ((Seq(1, 4, 1), Seq(0, 1, 0)))
      (report.raised, report.spurious, report.pendingOf(4), report.pendingOf(6), report.pendingOf(7)) shouldBe ((4, 1, 2, 1, 0))
    }
    "show what is pending in its state, and refuse what is not its own" in {
      val gic = new Slice(GIC)
      val before = gic.hash
      gic.get(0, new WedgeInterrupts(0, CpuSet.of(1)))
      gic.hash should not be before
      intercept[BrokenInvariant](gic.get(0, new WedgeInterrupts(0, CpuSet.of(4))))
      intercept[BrokenInvariant](gic.get(0, new WedgeInterrupts(3, CpuSet.of(1))))
      intercept[BrokenInvariant](gic.get(9, new AcknowledgeShared))
      intercept[BrokenInvariant](gic.get(0, new SetMailbox(1, CpuSet.of(1))))
    }
    "tell nobody of a device whose interrupt is masked" in {
      val gic = new Slice(GIC)
      gic.get(0, new DeviceInterrupt(3, true)) shouldBe empty
      gic.get(0, new AcknowledgeShared) shouldBe Seq(Sent(0, 500 + Latency, new SharedRead(0)))
    }
  }

  "A VSMP slice" should {
    "pass every software interrupt on, and count them by line" in {
      val vsmp = new Slice(VSMP)
      vsmp.get(0, new RaiseSoftwareInterrupt(0, CpuSet.range(1, 3))) shouldBe
        Seq(1, 2).map(cpu => Sent(cpu, 500 + Latency, new SoftwareInterruptRaised(0)))
      vsmp.get(0, new RaiseSoftwareInterrupt(1, CpuSet.of(1))) should have size 1
      vsmp.get(0, new RaiseSoftwareInterrupt(1, CpuSet.of(1))) should have size 1
      vsmp.slice.inspect(500).asInstanceOf[VsmpReport].raisedByLine.toSeq shouldBe Seq(2, 2)
    }
    "refuse other slices' CPUs, lines that do not exist, and what is not its own" in {
      val vsmp = new Slice(VSMP)
      intercept[BrokenInvariant](vsmp.get(0, new RaiseSoftwareInterrupt(0, CpuSet.of(4))))
      intercept[BrokenInvariant](vsmp.get(0, new RaiseSoftwareInterrupt(2, CpuSet.of(1))))
      intercept[BrokenInvariant](vsmp.get(0, new SendVector(1, CpuSet.of(1))))
    }
  }

  "A device" should {
    "reach a controller of any kind without disturbing inter-processor interrupts, and be in its state" in {
      for (kind <- InterruptControllerKind.values) withClue(kind) {
        val slice = new Slice(kind)
        val before = slice.hash
        slice.get(0, new DeviceInterrupt(4, true)) shouldBe empty
        slice.hash should not be before
      }
    }
  }

  "A read of nothing" should {
    "be counted by the CIU as a spurious interrupt" in {
      val ciu = new Slice(OCTEON_CIU, index = 1)
      ciu.get(6, new ReadAndClearMailbox)
      ciu.slice.inspect(500).asInstanceOf[OcteonCiuReport].spurious shouldBe 1
    }
  }
}
