package stillpoint.machine.cpu

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.machine.isa.ExcCode

/** Segments and TLB as the PRA (volume III, chapter 4) has them. */
@RunWith(classOf[JUnitRunner])
class MmuSpec extends AnyWordSpec with Matchers {
  private val kseg0 = 0xffffffff80000000L
  private val KX = 0x80
  private val SX = 0x40
  private val UX = 0x20
  private val kernel = 0
  private val supervisor = 0x08
  private val user = 0x10

  /** EntryLo of a page at a physical address: cached, valid, dirty; G if global. */
  private def lo(physical: Long, valid: Boolean = true, dirty: Boolean = true, global: Boolean = false, c: Int = 3): Long =
    physical >> 12 << 6 | c << 3 | (if (dirty) 4 else 0) | (if (valid) 2 else 0) | (if (global) 1 else 0)

  private def bench(source: String, config: CoreConfig => CoreConfig = identity) = new BareBench(source, config = config)

  /** What a load of a byte at an address does in a mode, tried without running: nothing, or its exception. */
  private def loadIn(status: Int, address: Long): Option[ExcCode] = {
    val b = bench("lb a0, 0(s0)")
    b.core.setStatus(status)
    b.set("s0", address)
    b.core.load(stillpoint.machine.isa.Decoder.decode(stillpoint.machine.isa.Assembler.assemble("lb a0, 0(s0)", 0)(0)), 1, true)
      .toString match {
      case "TRAPPED" => Some(b.core.trap.code)
      case _         => None
    }
  }

  "The segments" should {
    val refill = Some(ExcCode.TLBL)
    val error = Some(ExcCode.AdEL)
    // address -> kernel, supervisor, user without and with its 64-bit bit
    val rows = Seq(
      (0x0000000000000000L, "useg", 0, (refill, refill, refill), (refill, refill, refill)),
      (0x000000007fffffffL, "useg's end", 0, (refill, refill, refill), (refill, refill, refill)),
      (0x0000000080000000L, "xuseg", UX, (error, error, error), (refill, refill, refill)),
      (0x000000ffffffffffL, "xuseg's end", UX, (error, error, error), (refill, refill, refill)),
      (0x0000010000000000L, "beyond xuseg", UX, (error, error, error), (error, error, error)),
      (0x4000000000000000L, "xsseg", SX, (error, error, error), (refill, refill, error)),
      (0x400000ffffffffffL, "xsseg's end", SX, (error, error, error), (refill, refill, error)),
      (0x4000010000000000L, "beyond xsseg", SX, (error, error, error), (error, error, error)),
      (0x9800000000000000L, "xkphys", KX, (error, error, error), (None, error, error)),
      (0x9800000fffffffffL, "xkphys's end", KX, (error, error, error), (None, error, error)),
      (0x9800001000000000L, "beyond xkphys", KX, (error, error, error), (error, error, error)),
      (0xc000000000000000L, "xkseg", KX, (error, error, error), (refill, error, error)),
      (0xc00000ff7fffffffL, "xkseg's end", KX, (error, error, error), (refill, error, error)),
      (0xc00000ff80000000L, "beyond xkseg", KX, (error, error, error), (error, error, error)),
      (0xffffffff7fffffffL, "below kseg0", KX, (error, error, error), (error, error, error)),
      (0xffffffff80000000L, "kseg0", 0, (None, error, error), (None, error, error)),
      (0xffffffff9fffffffL, "kseg0's end", 0, (None, error, error), (None, error, error)),
      (0xffffffffa0000000L, "kseg1", 0, (None, error, error), (None, error, error)),
      (0xffffffffbfffffffL, "kseg1's end", 0, (None, error, error), (None, error, error)),
      (0xffffffffc0000000L, "sseg", 0, (refill, refill, error), (refill, refill, error)),
      (0xffffffffdfffffffL, "sseg's end", 0, (refill, refill, error), (refill, refill, error)),
      (0xffffffffe0000000L, "kseg3", 0, (refill, error, error), (refill, error, error)),
      (0xffffffffffffffffL, "kseg3's end", 0, (refill, error, error), (refill, error, error))
    )
    for ((address, name, bit, off, on) <- rows) {
      s"let each mode into $name as the manual's table says" in {
        // user programs that know 32 bits only compute addresses in 32 bits
        val wrapped = loadIn(user, address.toInt.toLong)
        (loadIn(kernel, address), loadIn(supervisor, address)) shouldBe ((off._1, off._2))
        loadIn(user, address) shouldBe wrapped
        (loadIn(kernel | bit, address), loadIn(supervisor | bit, address), loadIn(user | bit | UX, address)) shouldBe on
      }
    }
    "be the kernel's at exception and error level, whatever KSU says" in {
      for (level <- Seq(2, 4); mode <- Seq(supervisor, user)) loadIn(mode | level, kseg0) shouldBe None
    }
    "show useg unmapped at error level" in {
      val b = new BareBench("lw a0, 0(s0)\n lw a1, 4(s0)\n break", status = 0xe4).set("s0", 0x2000)
      b.memory.putWords(0x2000, Array(5, 6))
      b.runToTrap()
      (b.reg("a0"), b.reg("a1")) shouldBe ((5L, 6L))
    }
    "refuse badly aligned addresses before anything else" in {
      val b = bench("lw a0, 2(zero)")
      b.runToTrap().code shouldBe ExcCode.AdEL
      b.cp0(8) shouldBe 2
    }
    "give a 32-bit user program addresses of 32 bits" in {
      val b = new BareBench("nop", status = 0x12) // user, but at exception level
      b.mapPages(0, 0x7fffe000L, lo(0x4000), lo(0x5000)).mapPages(1, 0x10000, lo(0x10000), lo(0x11000))
      b.memory.putWords(0x5ffc, Array(0x1234))
      val program = stillpoint.machine.isa.Assembler.assemble("lui t0, 0x8000\n lw a0, -4(t0)\n break", 0)
      b.memory.putWords(0x10000, program)
      b.core.setStatus(0x10)
      b.core.setPc(0x10000)
      b.runToTrap().code shouldBe ExcCode.Bp
      b.reg("a0") shouldBe 0x1234
    }
  }

  "Cache attributes" should {
    "send kseg1, xkphys with attributes 2 and 7, and uncached kseg0 past the caches" in {
      val cases = Seq(
        (0xffffffffa0002000L, true), (0x9000000000002000L, true), (0xb800000000002000L, true),
        (0x8000000000002000L, false), (0x8800000000002000L, false), (0x9800000000002000L, false),
        (0xa000000000002000L, false), (0xa800000000002000L, false), (0xb000000000002000L, false),
        (0xffffffff80002000L, false))
      for ((address, uncached) <- cases; op <- Seq("lw", "sw")) withClue(s"$op ${address.toHexString}: ") {
        val b = bench(s"$op a0, 0(s0)\n break").set("s0", address)
        b.runToTrap()
        (b.core.dataCache.find(0x2000) < 0) shouldBe uncached
      }
      val b = bench("lw a0, 0(s0)\n break").set("s0", kseg0 + 0x2000)
      b.core.cp0.write(16, 0, 2, 0)
      b.core.setStatus(0xe0)
      b.runToTrap()
      b.core.dataCache.find(0x2000) should be < 0
      b.core.instructionCache.holds(0x10000) shouldBe false
    }
    "reach the same bytes cached and uncached, in every size and both byte orders" in {
      for (bigEndian <- Seq(true, false)) {
        val source = "sd a1, 0(s0)\n lw a2, 4(s0)\n lhu a3, 2(s0)\n lb t0, 7(s0)\n swl a4, 9(s0)\n sdr a4, 19(s0)\n ld t1, 8(s1)\n ld t2, 16(s1)\n ldl t3, 3(s0)\n break"
        val runs = Seq(kseg0 + 0x2000, 0xffffffffa0002000L).map { base =>
          val b = new BareBench(source, bigEndian).set("s0", base).set("s1", kseg0 + 0x2000)
          b.set("a1", 0x0123456789abcdefL).set("a4", 0x8877665544332211L)
          b.runToTrap()
          Seq("a2", "a3", "t0", "t1", "t2", "t3").map(b.reg)
        }
        runs(0) shouldBe runs(1)
      }
    }
    "be those of the page where one is mapped" in {
      val b = bench("lw a0, 0(s0)\n lw a1, 0(s1)\n break").set("s0", 0x2000).set("s1", 0x3000)
      b.mapPages(0, 0x2000, lo(0x6000, c = 2), lo(0x7000))
      b.runToTrap()
      b.core.dataCache.find(0x6000) should be < 0
      b.core.dataCache.find(0x7000) should be >= 0
    }
  }

  "The TLB" should {
    "map even and odd pages of every size" in {
      for (pages <- 0 to 8) withClue(s"4 KiB x 4^$pages: ") {
        val size = 0x1000L << 2 * pages
        val b = bench("lw a0, 0(s0)\n lw a1, 0(s1)\n break", _.withPhysicalBits(36))
        // a page larger than the memory: look at its lowest bytes only
        b.mapPages(9, 0xc000000000000000L + 4 * size, lo(0), lo(size), ((size << 1) - 1) & ~0x1fffL)
        b.core.tlb.entry(9).pageMask shouldBe (((size << 1) - 1) & ~0x1fffL)
        b.set("s0", 0xc000000000000000L + 4 * size + 0x5c0)
        b.set("s1", 0xc000000000000000L + 5 * size + 0x5c4)
        b.memory.putWords(0x5c0, Array(77, 78))
        if (size < 0x80000) b.memory.putWords(size + 0x5c4, Array(79))
        val trap = b.runToTrap()
        b.reg("a0") shouldBe 77
        if (size < 0x80000) b.reg("a1") shouldBe 79
        else trap.code shouldBe ExcCode.DBE
      }
    }
    "raise a refill at a vector of its own, and fill in what the handler needs" in {
      for ((source, code) <- Seq("lw a0, 0(s0)" -> ExcCode.TLBL, "sw a0, 0(s0)" -> ExcCode.TLBS, "jr s0\n nop" -> ExcCode.TLBL)) {
        val b = bench(source).set("s0", 0xc0000012345678a8L)
        b.setCp0(4, 0xffffffff12800000L).setCp0(20, 0xabc0000000000000L).setCp0(10, 0x55)
        b.runToTrap().code shouldBe code
        b.core.pc shouldBe kseg0 + 0x80
        b.cp0(8) shouldBe 0xc0000012345678a8L
        b.cp0(10) shouldBe 0xc000001234566055L
        b.cp0(4) shouldBe (0xffffffff12800000L | (0x345678a8L >> 13 & 0x7ffff) << 4)
        // SEGBITS = 40: R in bits 32-31, BadVPN2 in 30-4
        b.cp0(20) shouldBe (0xabc0000000000000L | 3L << 31 | (0x12345678a8L >> 13) << 4)
      }
    }
    "take the 32-bit refill vector unless the region's 64-bit addresses are enabled" in {
      val cases = Seq((0x2000L, KX | SX, 0x0), (0x2000L, UX, 0x80), (0xffffffffc0002000L, UX | SX, 0x0), (0xffffffffe0002000L, KX, 0x80))
      for ((address, status, offset) <- cases) withClue(f"0x$address%x with $status%x: ") {
        val b = new BareBench("lw a0, 0(s0)", status = status).set("s0", address)
        b.runToTrap()
        b.core.pc shouldBe kseg0 + offset
      }
    }
    "raise invalid and modified at the general vector" in {
      val invalid = bench("lw a0, 0(s0)").set("s0", 0x2000).mapPages(0, 0x2000, lo(0x4000, valid = false), lo(0))
      invalid.runToTrap() shouldBe new Trap(ExcCode.TLBL, 1, 0x2000, false, 0xffffffff80010000L)
      invalid.core.pc shouldBe kseg0 + 0x180
      val modified = bench("lw a0, 0(s0)\n sw a0, 4(s0)").set("s0", 0x2000).mapPages(0, 0x2000, lo(0x4000, dirty = false), lo(0))
      modified.runToTrap() shouldBe new Trap(ExcCode.Mod, 0, 0x2004, false, 0xffffffff80010004L)
      modified.core.pc shouldBe kseg0 + 0x180
      (modified.cp0(8), modified.cp0(10)) shouldBe ((0x2004L, 0x2000L))
    }
    "match the ASID unless both pages are global" in {
      for ((g0, g1, asid, hit) <- Seq((false, false, 7, true), (false, false, 8, false), (true, false, 8, false), (true, true, 8, true))) {
        val b = bench("lw a0, 0(s0)\n break").set("s0", 0x2000)
        b.mapPages(0, 0x2007, lo(0x4000, global = g0), lo(0x5000, global = g1))
        b.setCp0(10, asid.toLong)
        b.core.moveToCp0(stillpoint.machine.isa.Decoder.decode(0x40805000)) // mtc0 zero, $10: then again
        b.setCp0(10, asid.toLong)
        (b.runToTrap().code == ExcCode.Bp) shouldBe hit
      }
    }
    "forget recent pages when the ASID changes, an entry is written, or the mode may not go there" in {
      val source =
        """ lw a0, 0(s0)
          | dmtc0 t0, $10
          | lw a1, 0(s0)
          | dmtc0 zero, $10
          | lw a2, 0(s0)
          | dmtc0 t1, $2
          | dmtc0 t2, $10
          | tlbwi
          | dmtc0 zero, $10
          | lw a3, 0(s0)
          | break""".stripMargin
      val b = bench(source).set("s0", 0x2000).set("t0", 9).set("t1", lo(0x6000)).set("t2", 0x2000)
      b.mapPages(1, 0x2000, lo(0x4000), lo(0)).mapPages(0, 0x2009, lo(0x5000), lo(0))
      b.memory.putWords(0x4000, Array(4))
      b.memory.putWords(0x5000, Array(5))
      b.memory.putWords(0x6000, Array(6))
      b.setCp0(0, 1).setCp0(3, 0).setCp0(10, 0)
      b.runToTrap().code shouldBe ExcCode.Bp
      Seq("a0", "a1", "a2", "a3").map(b.reg) shouldBe Seq(4, 5, 4, 6)
    }
    "check the machine on a double hit, of an access and of a probe" in {
      for (source <- Seq("lw a0, 0(s0)", "tlbp")) {
        val b = bench(source).set("s0", 0x2000)
        b.mapPages(0, 0x2000, lo(0x4000), lo(0)).mapPages(5, 0x2000, lo(0x4000), lo(0))
        b.runToTrap().code shouldBe ExcCode.MCheck
        (b.exceptionCode, b.core.cp0.status & 1 << 21) shouldBe ((24, 1 << 21))
        b.core.pc shouldBe kseg0 + 0x180
      }
    }
    "be read as it was written, with address bits below the page size gone" in {
      val b = bench("nop")
      b.mapPages(3, 0xc00000000123e0aaL, lo(0x123000, global = true), lo(0x456000), 0x6000)
      b.core.tlb.entry(3) shouldBe new TlbEntry(0xc0000000012380aaL, lo(0x120000), lo(0x454000), 0x6000)
    }
    "give Random from the top down to Wired and around again, and start at the top when Wired is written" in {
      val b = bench("nop", _.withTlbEntries(8)).setCp0(6, 5)
      val seen = (0 until 5).map { _ => val r = b.cp0(1); b.core.tlbWriteRandom(); r }
      seen shouldBe Seq(7, 6, 5, 7, 6)
      b.setCp0(6, 0)
      b.cp0(1) shouldBe 7
    }
    "take a page mask that no page size has as 4 KiB" in {
      for (mask <- Seq(0x2000L, 0xc000L, 0x1fffe000L >> 1)) bench("nop").setCp0(5, mask).cp0(5) shouldBe 0
      bench("nop").setCp0(5, -1).cp0(5) shouldBe 0x1fffe000L
    }
    "match nothing after reset" in {
      bench("lw a0, 0(zero)").runToTrap().isRefill shouldBe true
    }
    "map code too, page by page" in {
      val b = bench("nop").mapPages(0, 0x2000, lo(0x10000), lo(0x20000))
      b.memory.putWords(0x10ff8, stillpoint.machine.isa.Assembler.assemble("li a0, 1\n b 0x300c\n li a1, 2\n nop\n break", 0x2ff8))
      b.memory.putWords(0x20000, stillpoint.machine.isa.Assembler.assemble("li a1, 3\n nop\n nop\n break", 0x3000))
      b.core.setPc(0x2ff8)
      b.runToTrap().epc shouldBe 0x300cL
      (b.reg("a0"), b.reg("a1")) shouldBe ((1L, 3L))
    }
    "let an unaligned pair cross from page to page, each half by its own entry" in {
      val b = bench("lwl a0, 0(s0)\n lwr a0, 3(s0)\n sdl a1, 0(s0)\n sdr a1, 7(s0)\n break").set("s0", 0x2ffe)
      b.set("a1", 0x0102030405060708L)
      b.mapPages(0, 0x2000, lo(0x4000), lo(0x8000))
      b.memory.putWords(0x4ffc, Array(0x11223344))
      b.memory.putWords(0x8000, Array(0x55667788))
      b.runToTrap().code shouldBe ExcCode.Bp
      b.reg("a0") shouldBe 0x33445566
      b.memory.drain(b.core.dataCache)
      (b.memory.word(0x4ffc), b.memory.word(0x8000), b.memory.word(0x8004)) shouldBe ((0x11220102, 0x03040506, 0x07080000))
      val half = bench("lwl a0, 0(s0)\n lwr a0, 3(s0)").set("s0", 0x2ffe).set("a0", 9)
      half.mapPages(0, 0x2000, lo(0x4000), lo(0x8000, valid = false))
      half.runToTrap() shouldBe new Trap(ExcCode.TLBL, 1, 0x3001, false, 0xffffffff80010004L)
    }
  }

  "A user program" should {
    def inUser(source: String, status: Int) = {
      val b = new BareBench("nop", status = status | 2)
      b.mapPages(0, 0x10000, lo(0x10000), lo(0x11000))
      b.memory.putWords(0x10000, stillpoint.machine.isa.Assembler.assemble(source, 0x10000))
      b.core.setStatus(status)
      b.core.setPc(0x10000)
      b
    }
    "not use 64-bit operations unless PX or UX is set" in {
      val wide = Seq("daddu a0, a0, a0", "dsll a0, a0, 1", "ld a0, 0(zero)", "sd a0, 0(zero)", "lwu a0, 0(zero)", "ldl a0, 0(zero)",
        "dmult a0, a1", "dext a0, a0, 1, 2", "lld a0, 0(zero)", "scd a0, 0(zero)", "daddi a0, a0, 1", "dclz a0, a0", "dsbh a0, a0")
      for (source <- wide) withClue(source) {
        inUser(source, user).runToTrap().code shouldBe ExcCode.RI
        for (bits <- Seq(1 << 23, UX)) inUser(s"$source\n break", user | bits).runToTrap().code should not be ExcCode.RI
      }
      for (source <- Seq("divu a0, a1", "addu a0, a0, a0")) inUser(s"$source\n break", user).runToTrap().code shouldBe ExcCode.Bp
    }
    "not use CP0 unless CU0 is set" in {
      val privileged = Seq("mfc0 a0, $12", "dmfc0 a0, $12", "mtc0 a0, $12", "dmtc0 a0, $4", "tlbp", "tlbr", "tlbwi", "tlbwr", "eret", "deret", "wait",
        "di", "ei", "cache 0, 0(zero)", "rdpgpr a0, a0", "wrpgpr a0, a0")
      for (source <- privileged) withClue(source) {
        val b = inUser(source, user | UX)
        b.runToTrap().code shouldBe ExcCode.CpU
        b.core.cp0.cause >>> 28 & 3 shouldBe 0
      }
      inUser("mfc0 a0, $12\n break", user | UX | 1 << 28).runToTrap().code shouldBe ExcCode.Bp
    }
    "read the hardware registers that HWREna shows it, and no other" in {
      for (n <- Seq(0, 1, 2, 3, 29)) {
        inUser(s"rdhwr a0, $$$n", user).runToTrap().code shouldBe ExcCode.RI
        inUser(s"rdhwr a0, $$$n\n break", user).setCp0(7, 1L << n).runToTrap().code shouldBe ExcCode.Bp
      }
      inUser("rdhwr a0, $29\n break", user).setCp0(7, -1).setCp0(4, 0x1234567890L, 2).runToTrap()
    }
    "come back to kernel mode by an exception, and to user mode by eret" in {
      val b = inUser("syscall\n break", user | UX)
      b.memory.putWords(0x180, stillpoint.machine.isa.Assembler.assemble(
        "mfc0 k0, $14\n addiu k0, k0, 4\n mtc0 k0, $14\n eret", 0xffffffff80000180L))
      b.runToTrap().code shouldBe ExcCode.Sys
      b.runToTrap() shouldBe new Trap(ExcCode.Bp, 0, 0, false, 0x10004L)
    }
  }
}
