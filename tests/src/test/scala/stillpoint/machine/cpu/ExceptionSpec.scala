package stillpoint.machine.cpu

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.machine.isa.ExcCode
import stillpoint.machine.l1.{CacheGeometry, DataCache, InstructionCache}

/** What the PRA (volume III, chapter 6) says of exceptions, on a core that runs by itself. */
@RunWith(classOf[JUnitRunner])
class ExceptionSpec extends AnyWordSpec with Matchers {
  private val kseg0 = 0xffffffff80000000L
  private val boot = 0xffffffffbfc00200L

  "An exception" should {
    "set EPC, Cause and EXL and go to the general vector" in {
      val bench = new BareBench("nop\n syscall")
      bench.runToTrap().code shouldBe ExcCode.Sys
      bench.core.pc shouldBe kseg0 + 0x180
      bench.core.cp0.epc shouldBe 0xffffffff80010004L
      bench.exceptionCode shouldBe 8
      bench.inBranchDelay shouldBe false
      bench.core.cp0.status shouldBe (0xe0 | 2)
    }
    "name the branch in EPC and set BD in a delay slot, for taken, untaken and likely branches" in {
      val branches = Seq("b over", "bne zero, zero, over", "beql zero, zero, over", "jal over", "jr t0", "bgezal zero, over")
      for (branch <- branches) withClue(branch) {
        val bench = new BareBench(s"nop\n$branch\n lw a0, 1(s0)\nover: nop").set("s0", kseg0 + 0x2000).set("t0", kseg0)
        bench.runToTrap().code shouldBe ExcCode.AdEL
        bench.core.cp0.epc shouldBe 0xffffffff80010004L
        bench.inBranchDelay shouldBe true
        bench.cp0(8) shouldBe kseg0 + 0x2001
      }
    }
    "leave EPC and BD alone at exception level, and use the general vector there" in {
      val bench = new BareBench("b over\n syscall\nover: nop\n lw a0, 0(zero)", status = 0xe2)
      bench.setCp0(14, 0x1234)
      bench.runToTrap().code shouldBe ExcCode.Sys
      (bench.core.cp0.epc, bench.inBranchDelay) shouldBe ((0x1234L, false))
      bench.core.setPc(bench.label("over"))
      bench.runToTrap().code shouldBe ExcCode.TLBL
      bench.core.pc shouldBe kseg0 + 0x180
      bench.core.cp0.epc shouldBe 0x1234L
    }
    "use the vectors of the boot ROM while BEV is set, and EBase's otherwise" in {
      val cases = Seq(("syscall", 0x180L), ("lw a0, 0(zero)", 0x80L))
      for ((source, offset) <- cases) {
        val rom = new BareBench(source, status = 0x4000e0)
        rom.runToTrap()
        rom.core.pc shouldBe boot + offset
        val moved = new BareBench(source).setCp0(15, kseg0 + 0x4000, 1)
        moved.runToTrap()
        moved.core.pc shouldBe kseg0 + 0x4000 + offset
      }
    }
    "leave the destination of the instruction as it was" in {
      val sources = Seq(
        "add a0, a1, a1" -> ExcCode.Ov, "dadd a0, a2, a2" -> ExcCode.Ov, "daddi a0, a2, 1" -> ExcCode.Ov,
        "lw a0, 0(zero)" -> ExcCode.TLBL, "ld a0, 4(s0)" -> ExcCode.AdEL, "lwl a0, 5(zero)" -> ExcCode.TLBL,
        "mtc1 a0, $0" -> ExcCode.CpU, "rdhwr a0, $17" -> ExcCode.RI)
      for ((source, code) <- sources) withClue(source) {
        val word = source.replace("mtc1 a0, $0", ".word 0x44840000")
        val bench = new BareBench(word).set("a0", 77).set("a1", 0x7fffffff).set("a2", Long.MaxValue).set("s0", kseg0)
        bench.runToTrap().code shouldBe code
        bench.reg("a0") shouldBe 77
      }
    }
    "not happen for arithmetic that wraps, nor in a likely branch's slot that is skipped" in {
      val bench = new BareBench("addu a0, a1, a1\n bnel zero, zero, over\n syscall\nover: break").set("a1", 0x7fffffff)
      bench.runToTrap().code shouldBe ExcCode.Bp
      bench.reg("a0") shouldBe -2
    }
    "carry the coprocessor's number in CE, and clear it the next time" in {
      for ((word, unit) <- Seq(0x44000000 -> 1, 0x48000000 -> 2, 0x4c000021 -> 1, 0xd8000000 -> 2, 0xc4000000 -> 1, 0x00000001 -> 1)) {
        val bench = new BareBench(s".word $word\n syscall")
        bench.runToTrap().code shouldBe ExcCode.CpU
        (bench.core.cp0.cause >>> 28 & 3) shouldBe unit
        bench.core.setStatus(0xe0)
        bench.core.setPc(0xffffffff80010004L)
        bench.runToTrap()
        (bench.core.cp0.cause >>> 28 & 3) shouldBe 0
      }
    }
    "come from a fetch at an address that is not a word's, named by EPC and BadVAddr alike" in {
      val bench = new BareBench("jr t0\n nop").set("t0", kseg0 + 0x3002)
      bench.runToTrap().code shouldBe ExcCode.AdEL
      (bench.core.cp0.epc, bench.cp0(8)) shouldBe ((kseg0 + 0x3002, kseg0 + 0x3002))
      bench.inBranchDelay shouldBe false
    }
    "be a bus error where nothing answers, on load, store and fetch" in {
      for ((source, code) <- Seq("lw a0, 0(t0)" -> ExcCode.DBE, "sw a0, 0(t0)" -> ExcCode.DBE, "jr t0\n nop" -> ExcCode.IBE);
           base <- Seq(kseg0, kseg0 + 0x20000000)) withClue(s"$source at ${base.toHexString}: ") {
        val bench = new BareBench(source).set("t0", base + 0x1000000)
        bench.runToTrap().code shouldBe code
        bench.core.pc shouldBe kseg0 + 0x180
      }
    }
    "cost time also when its handler cannot be fetched, so that a run ends" in {
      val bench = new BareBench("syscall").setCp0(15, 0xffffffff90000000L, 1)
      bench.runFor(100).core.cycle shouldBe 100
      bench.exceptionCode shouldBe 6
    }
  }

  "eret" should {
    "leave exception level without a delay slot, and break the link" in {
      val source = "ll a0, 0(s0)\n eret\n li a1, 1\nback: sc a2, 0(s0)\n break"
      val bench = new BareBench(source, status = 0xe2).set("s0", kseg0 + 0x2000).set("a2", 5)
      bench.setCp0(14, bench.label("back"))
      bench.runToTrap().code shouldBe ExcCode.Bp
      (bench.reg("a1"), bench.reg("a2")) shouldBe ((0L, 0L))
      bench.core.cp0.status shouldBe 0xe2 // the break's
    }
    "leave error level first, to ErrorEPC" in {
      val bench = new BareBench("eret\n nop\nerror: break", status = 0xe6)
      bench.setCp0(30, bench.label("error")).setCp0(14, 0)
      bench.runToTrap().code shouldBe ExcCode.Bp
      bench.core.cp0.status shouldBe 0xe2
    }
  }

  "A cold reset" should {
    "start uncached at the boot ROM, with BEV and ERL" in {
      val geometry = new CacheGeometry(16, 2, 32)
      val core = new Core(CoreConfig.bare(0, true), new InstructionCache(geometry, true), new DataCache(geometry, true), null)
      core.pc shouldBe 0xffffffffbfc00000L
      core.cp0.status shouldBe 0x400004
      core.cp0.read(1, 0, 0) shouldBe 63 // Random
      core.cp0.read(6, 0, 0) shouldBe 0 // Wired
      core.run(0, 10) shouldBe Stop.UNCACHED
      (core.accessKind.toString, core.accessAddress, core.accessBytes) shouldBe (("FETCH", 0x1fc00000L, 4))
    }
    "be told from a soft reset and an NMI by Status and ErrorEPC" in {
      for ((nmi, bits) <- Seq(false -> 0x100000, true -> 0x80000)) {
        val bench = new BareBench("b over\n nop\nover: nop")
        bench.core.run(0, 1)
        bench.memory.serve(bench.core)
        bench.core.run(0, 1)
        bench.core.inDelaySlot shouldBe true
        bench.core.softReset(nmi)
        bench.core.cp0.status shouldBe (0x4000e4 | bits)
        bench.cp0(30) shouldBe 0xffffffff80010000L
        bench.core.pc shouldBe 0xffffffffbfc00000L
      }
    }
  }

  "An interrupt" should {
    val loop = "again: b again\n nop"
    def pending(status: Int, lines: Int) = {
      val bench = new BareBench(loop, status = status)
      bench.core.cp0.setHardwareInterrupts(lines)
      bench
    }
    "be taken when it is pending, unmasked and enabled, at the general vector" in {
      val bench = pending(0x4e1, 1)
      bench.runToTrap().code shouldBe ExcCode.Int
      bench.core.pc shouldBe kseg0 + 0x180
      (bench.exceptionCode, bench.core.cp0.cause & 0xff00) shouldBe ((0, 0x400))
    }
    "not be taken with IE off, IM off, at exception level or at error level" in {
      for (status <- Seq(0x4e0, 0x8e1, 0x4e3, 0x4e5))
        pending(status, 1).runFor(100).core.cp0.status shouldBe status
    }
    "go to the special vector when IV is set, also from the boot ROM's" in {
      val bench = pending(0x4e1, 1).setCp0(13, 1 << 23)
      bench.runToTrap()
      bench.core.pc shouldBe kseg0 + 0x200
      val rom = pending(0x4004e1, 1).setCp0(13, 1 << 23).setCp0(12, 0x20, 1)
      rom.runToTrap()
      rom.core.pc shouldBe boot + 0x200
    }
    "go to a vector of its own, the highest line first, when IntCtl spaces them" in {
      for ((lines, mask, vector) <- Seq((1, 0xff00, 2), (0x21, 0xff00, 7), (0x21, 0x7f00, 2)); spacing <- Seq(1, 2, 4, 8, 16)) {
        val bench = pending(0xe1 | mask, lines).setCp0(13, 1 << 23).setCp0(12, spacing << 5, 1)
        bench.runToTrap()
        bench.core.pc shouldBe kseg0 + 0x200 + vector * spacing * 32
      }
    }
    "be raised by software in Cause" in {
      val bench = new BareBench("mtc0 t0, $13\n nop\n nop", status = 0x1e1).set("t0", 0x100)
      bench.runToTrap().code shouldBe ExcCode.Int
      bench.core.cp0.epc shouldBe 0xffffffff80010004L
    }
    "name the branch when it comes before a delay slot" in {
      val bench = new BareBench("b over\n nop\nover: b over\n nop", status = 0x4e1)
      bench.bare.run(0, 1)
      bench.core.cp0.setHardwareInterrupts(1)
      bench.runToTrap()
      (bench.core.cp0.epc, bench.inBranchDelay) shouldBe ((0xffffffff80010000L, true))
    }
    "come from the timer when Count reaches Compare, and go when Compare is written" in {
      val source = "mfc0 t0, $9\n addiu t0, t0, 20\n mtc0 t0, $11\nagain: b again\n nop"
      val bench = new BareBench(source, status = 0x80e1)
      bench.runToTrap().code shouldBe ExcCode.Int
      bench.core.cycle shouldBe 41L +- 2L
      bench.core.cp0.cause & 0x40008000 shouldBe 0x40008000
      bench.setCp0(11, 0)
      bench.core.cp0.cause & 0x40008000 shouldBe 0
    }
    "not come from a timer that Cause.DC stops" in {
      val bench = new BareBench(loop, status = 0x80e1).setCp0(11, 100).setCp0(13, 1 << 27)
      bench.runFor(1000).cp0(9) shouldBe 0
      bench.core.cp0.cause & 0x8000 shouldBe 0
    }
    "end wait, at the cycle it comes" in {
      val bench = new BareBench("mtc0 t0, $11\n wait\n li a0, 1", status = 0x80e1).set("t0", 1000)
      bench.runToTrap().code shouldBe ExcCode.Int
      bench.core.cycle shouldBe 2001
      (bench.core.cp0.epc, bench.reg("a0")) shouldBe ((0xffffffff80010008L, 0L))
    }
    "end wait also while IE is off, without being taken" in {
      val bench = new BareBench("mtc0 t0, $11\n wait\n break", status = 0x80e0).set("t0", 100)
      bench.runToTrap().code shouldBe ExcCode.Bp
      bench.core.cycle shouldBe 201
    }
    "leave a wait asleep that nothing can end" in {
      val bench = new BareBench("wait\n break")
      bench.runFor(5000).bare.waiting shouldBe true
      (bench.core.cycle, bench.core.retired) shouldBe ((5000L, 1L))
    }
  }

  "A watch register" should {
    def watching(source: String, flags: Int, hi: Long = 1L << 30, status: Int = 0xe0) =
      new BareBench(source, status = status).set("s0", kseg0 + 0x2000)
        .setCp0(18, kseg0 + 0x2008 | flags).setCp0(19, hi)
    "stop loads, stores and fetches of its doubleword, and say which" in {
      val bench = watching("lw a0, 4(s0)\n sw a0, 12(s0)\n lb a0, 15(s0)", 2)
      bench.runToTrap().code shouldBe ExcCode.Watch
      bench.core.cp0.epc shouldBe 0xffffffff80010008L
      bench.cp0(19) & 7 shouldBe 2
      watching("lw a0, 12(s0)\n sw a0, 16(s0)\n sw a0, 12(s0)", 1).runToTrap().epc shouldBe 0xffffffff80010008L
      val fetch = new BareBench("nop\n nop\n nop\n nop").setCp0(19, 1L << 30)
      fetch.set("t0", 0xffffffff80010008L | 4)
      fetch.core.moveToCp0(stillpoint.machine.isa.Decoder.decode(stillpoint.machine.isa.Assembler.assemble("dmtc0 t0, $18", 0)(0)))
      fetch.runToTrap() shouldBe new Trap(ExcCode.Watch, 0, 0, false, 0xffffffff80010008L)
    }
    "look at the ASID unless G is set, and leave bits out that Mask names" in {
      val other = watching("lw a0, 8(s0)\n break", 2, hi = 5L << 16)
      other.runToTrap().code shouldBe ExcCode.Bp
      watching("lw a0, 8(s0)\n break", 2, hi = 5L << 16).setCp0(10, 5).runToTrap().code shouldBe ExcCode.Watch
      watching("lw a0, 0x28(s0)\n break", 2, hi = 1L << 30 | 0xff8).runToTrap().code shouldBe ExcCode.Watch
    }
    "wait at exception level until it is left" in {
      val source = "lw a0, 8(s0)\n eret\nback: nop\n nop"
      val bench = watching(source, 2, status = 0xe2)
      bench.setCp0(14, bench.label("back"))
      bench.runToTrap() shouldBe new Trap(ExcCode.Watch, 0, 0, false, bench.label("back"))
      bench.core.cp0.cause & (1 << 22) shouldBe 0
    }
  }
}
