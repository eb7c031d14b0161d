package stillpoint.machine.smp

import java.nio.file.{Files, Path}

import scala.jdk.CollectionConverters._
import scala.jdk.OptionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.machine.board.Interconnect

/**
 * Goal: programs that share memory compute on this machine what they compute on hardware, and one setup gives one digest however
 * it is carried. Method: guests of our own, small caches, every topology, judged by what they leave in registers and memory.
 */
@RunWith(classOf[JUnitRunner])
class SmpMachineSpec extends AnyWordSpec with Matchers with SmpFixtures {
  private lazy val counter = Files.readString(Path.of(System.getProperty("stillpoint.root", "..")).resolve("guest/smp/counter.s"))

  "CPUs that share a spin lock" should {
    val ways = Seq(
      "a crossbar" -> board(4), "a ring" -> board(5, new Interconnect.Ring(5, 3)), "a mesh" -> board(6, new Interconnect.Mesh(3, 2, 4)),
      "boards" -> board(4, new Interconnect.Numa(2, 2, 300)), "links of random delays" -> board(4, jitter = 6),
      "links of limited bandwidth" -> board(3, flits = 8))
    for ((name, board) <- ways)
      s"lose no update on $name, with one digest on any number of threads" in {
        val outcome = run(setup(counter, board))
        exit(outcome) shouldBe Some(0L)
        for (threads <- Seq(1, 3))
          digestOn(threads, setup(counter, board)) shouldBe outcome.digest
      }
    "lose updates without the lock" in {
      val unlocked = counter.linesIterator.map(line => if (line.contains("sc      t1, 0(s1)")) "        li      t1, 1" else line).mkString("\n")
      exit(run(setup(unlocked, board(4)))) shouldBe Some(1L)
    }
  }

  "Each CPU" should {
    "know its number" in {
      val outcome = run(setup("mfc0 a0, $15, 1\n rdhwr a1, $0\n wait", board(4)))
      cpus(outcome).map(one => register(one, "a0") & 0x3ff) shouldBe Seq(0, 1, 2, 3)
      cpus(outcome).map(register(_, "a1")) shouldBe Seq(0, 1, 2, 3)
      outcome.quiescent shouldBe true
      cpus(outcome).map(_.end.get).distinct shouldBe Seq(new SmpReport.Asleep(Text + 12, false))
    }
    "stop after its own number of instructions" in {
      val outcome = run(setup("mfc0 a0, $15, 1\n andi a0, a0, 1\n beqz a0, 2f\n nop\n1: b 1b\n nop\n2: wait", board(3), 1000))
      cpus(outcome).map(_.registers.retired) shouldBe Seq(5, 1000, 5)
      cpus(outcome)(1).end.toScala.collect { case it: SmpReport.LimitReached => it.pc } shouldBe Some(Text + 16)
    }
    "wake from wait by its own timer" in {
      val outcome = run(setup("mfc0 t0, $9\n addiu t0, t0, 300\n mtc0 t0, $11\n li t1, 0x80e0\n mtc0 t1, $12\n wait\n li a0, 7\n mtc0 zero, $12\n wait",
        board(2)))
      cpus(outcome).map(register(_, "a0")) shouldBe Seq(7, 7)
      outcome.lastEventCycle should be > 600L
    }
    "take its own exceptions" in {
      val outcome = run(setup("_start: b 1f\n nop\n1: syscall\n addiu a1, a1, 1\n wait\n .org 0x80\n", board(2)))
      cpus(outcome).flatMap(_.end.toScala).collect { case it: SmpReport.Unhandled => it.trap.epc } should contain(Text + 8)
    }
    "get a bus error where there is nothing" in {
      val outcome = run(setup("dli t0, 0xffffffffb9000000\n lw a0, 0(t0)", board(1)))
      val trap = cpus(outcome).head.end.toScala.collect { case it: SmpReport.Unhandled => it.trap }
      trap.map(_.code.name) shouldBe Some("DBE")
    }
    "reach the UART through cached segments as well" in {
      val source = "dla t0, 0xffffffff980003f8\n li t1, 65\n sb t1, 0(t0)\n lbu a0, 5(t0)\n wait"
      val outcome = run(setup(source, board(2)))
      val sent = outcome.finalReports.asScala.collectFirst { case it: SmpReport.Devices => it.transmitted.toSeq }
      cpus(outcome).map(register(_, "a0")) shouldBe Seq(0x60, 0x60)
      sent shouldBe Some(Seq[Byte](65, 65))
    }
    "be interrupted by the lines of a controller, also out of wait" in {
      val one = new SmpMachine(setup("li t1, 0x4e1\n mtc0 t1, $12\n wait\n nop", board(1)))
      val cpu = one.create(0)
      val sent = collection.mutable.ListBuffer[Any]()
      val outbox: stillpoint.machine.time.Outbox = (_, _, message) => sent += message
      cpu.run(10, outbox)
      cpu.handle(40, one.map.directorySlice(0), new stillpoint.machine.coherence.CoherenceProtocol.DataI(0x100000, line(setup("li t1, 0x4e1\n mtc0 t1, $12\n wait\n nop", board(1)))), outbox)
      cpu.nextOwnCycle shouldBe Long.MaxValue
      cpu.handle(100, one.map.interruptSlice(0), new DeviceProtocol.InterruptLines(1), outbox)
      cpu.run(103, outbox)
      val report = cpu.inspect(103).asInstanceOf[SmpReport.Cpu]
      report.registers.pc shouldBe 0xffffffff80000180L
      report.registers.cp0()(1) & 0x400 shouldBe 0x400
    }
  }

  private def line(setup: SmpSetup): Array[Byte] = java.util.Arrays.copyOf(setup.image.get(0).content, 32)
}
