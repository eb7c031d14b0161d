package stillpoint.machine.cpu

import scala.collection.mutable.ListBuffer
import scala.util.Random

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.machine.coherence.AccessKind
import stillpoint.machine.isa.{Assembler, ExcCode}
import stillpoint.machine.l1.{CacheGeometry, L1State}
import stillpoint.machine.time.StateHash

@RunWith(classOf[JUnitRunner])
class CoreSpec extends AnyWordSpec with Matchers {
  private def hashOf(core: Core): Long = {
    val hash = new StateHash
    core.foldState(hash)
    hash.value
  }

  "A core" should {
    "execute one instruction a cycle and stop exactly at the cycle it was told" in {
      val bench = new Bench("loop: daddiu a0, a0, 1\n b loop\n daddiu a1, a1, 1")
      bench.memory.run(bench.core, 500, 510) shouldBe Stop.REACHED
      bench.core.cycle shouldBe 510
      bench.core.retired shouldBe 10
      bench.reg("a0") shouldBe 4
      bench.reg("a1") shouldBe 3
    }

    "stop between a branch and its delay slot, and go on from there" in {
      val source = "loop: daddiu a0, a0, 1\n bne a0, a2, loop\n daddiu a1, a1, 1\n break"
      val whole = new Bench(source)
      val stepped = new Bench(source)
      Seq(whole, stepped).foreach(_.set("a2", 5))
      whole.memory.run(whole.core, 0, 14)
      (0L until 14L).foreach { cycle =>
        stepped.memory.run(stepped.core, cycle, cycle + 1) shouldBe Stop.REACHED
      }
      hashOf(stepped.core) shouldBe hashOf(whole.core)
      stepped.reg("a1") shouldBe 4
      stepped.core.inDelaySlot shouldBe true
    }

    "execute nothing when it is told to run to where it is" in {
      val bench = new Bench("daddiu a0, a0, 1")
      bench.core.run(7, 7) shouldBe Stop.REACHED
      bench.core.retired shouldBe 0
    }

    "keep register zero" in {
      val bench = new Bench("addiu zero, zero, 5\n lw zero, 0(s0)\n mfhi zero\n move a0, zero\n break")
      bench.set("s0", bench.data)
      bench.memory.putDoubleword(bench.physicalData, -1)
      bench.runToTrap()
      bench.reg("a0") shouldBe 0
    }

    "keep j within the 256 MiB region of its delay slot" in {
      val bench = new Bench("break")
      val atEnd = 0xffffffff8ffffffcL
      // the jump is the last word of a region, so its delay slot and its target are in the next one
      bench.core.instructionCache.fill(0x0fffffe0L, line(7, 0x08040000))
      bench.core.instructionCache.fill(0x10000000L, line(0, 0))
      bench.core.setPc(atEnd)
      bench.core.run(0, 2) shouldBe Stop.REACHED
      bench.core.pc shouldBe 0xffffffff90100000L
    }
  }

  private def line(index: Int, word: Int): Array[Byte] = {
    val buffer = java.nio.ByteBuffer.allocate(32)
    buffer.putInt(4 * index, word).array
  }

  "A delay slot" should {
    "name its branch when it traps, taken" in {
      val bench = new Bench("nop\n b over\n syscall 77\nover: break")
      bench.runToTrap() shouldBe new Trap(ExcCode.Sys, 77, 0, true, bench.code + 4)
      bench.core.pc shouldBe bench.code + 8
    }

    "name its branch when it traps, not taken" in {
      val bench = new Bench("bne zero, zero, over\n syscall\nover: break")
      bench.runToTrap() shouldBe new Trap(ExcCode.Sys, 0, 0, true, bench.code)
    }

    "lead to the branch's target when its trap is skipped" in {
      val bench = new Bench("b over\n syscall\n li a0, 1\nover: break")
      bench.runToTrap().code shouldBe ExcCode.Sys
      val retired = bench.core.retired
      bench.core.skipInstruction()
      bench.core.retired shouldBe retired + 1
      bench.core.pc shouldBe bench.program.label("over")
      bench.runToTrap() shouldBe new Trap(ExcCode.Bp, 0, 0, false, bench.program.label("over"))
      bench.reg("a0") shouldBe 0
    }

    "not lose its branch when its own fetch misses" in {
      // the branch is the last word of its line
      val bench = new Bench(".space 28\n b over\n li a0, 1\n li a1, 1\nover: break")
      bench.core.setPc(bench.code + 28)
      bench.memory.fetchLine(bench, bench.physicalCode)
      bench.core.run(0, 100) shouldBe Stop.MISS
      bench.core.accessKind shouldBe AccessKind.FETCH
      bench.core.accessAddress shouldBe bench.physicalCode + 32
      bench.core.cycle shouldBe 1
      bench.runToTrap().epc shouldBe bench.program.label("over")
      bench.reg("a0") shouldBe 1
      bench.reg("a1") shouldBe 0
    }

    "not lose its branch when its load misses, and load once" in {
      val bench = new Bench("b over\n lw a0, 0(s0)\n li a1, 1\nover: break")
      bench.set("s0", bench.data)
      bench.memory.putDoubleword(bench.physicalData, 0x1234567800000000L)
      bench.memory.fetchLine(bench, bench.physicalCode)
      bench.core.run(0, 100) shouldBe Stop.MISS
      bench.core.accessKind shouldBe AccessKind.LOAD
      bench.core.accessAddress shouldBe bench.physicalData
      bench.core.inDelaySlot shouldBe true
      bench.core.run(50, 100) shouldBe Stop.MISS // asked again, it only asks again
      bench.memory.serve(bench.core)
      bench.runToTrap()
      bench.reg("a0") shouldBe 0x12345678
      bench.reg("a1") shouldBe 0
      bench.core.retired shouldBe 2
    }

    "be skipped by a likely branch that is not taken, also in another line" in {
      val bench = new Bench(".space 28\n bnel zero, zero, over\n li a0, 1\n li a1, 1\nover: break")
      bench.core.setPc(bench.code + 28)
      bench.runToTrap()
      bench.reg("a0") shouldBe 0
      bench.reg("a1") shouldBe 1
    }

    "be one instruction at the first target when it holds a branch itself" in {
      val bench = new Bench("b one\n b two\n nop\none: li a0, 1\n li a1, 1\ntwo: break")
      bench.runToTrap().epc shouldBe bench.program.label("two")
      bench.reg("a0") shouldBe 1
      bench.reg("a1") shouldBe 0
    }
  }

  private implicit class Filling(memory: FlatMemory) {
    def fetchLine(bench: Bench, physical: Long): Unit = {
      val words = java.nio.ByteBuffer.allocate(32)
      (0 until 8).foreach(i => words.putInt(memory.word(physical + 4 * i)))
      bench.core.instructionCache.fill(physical, words.array)
    }
  }

  "An exception" should {
    "report the address of a badly aligned access" in {
      val bench = new Bench("sw a0, 2(s0)")
      bench.set("s0", bench.data)
      bench.runToTrap() shouldBe new Trap(ExcCode.AdES, 0, bench.data + 2, false, bench.code)
    }
    "come from the target of a jump to an odd address" in {
      val bench = new Bench("jr t0\n nop")
      bench.set("t0", bench.code + 2)
      bench.runToTrap() shouldBe
        new Trap(ExcCode.AdEL, 0, bench.code + 2, false, bench.code + 2)
    }
    "be a TLB refill for mapped addresses, an address error for impossible ones" in {
      val cases = Seq(
        0x1000L -> ExcCode.TLBL,
        0xffffffffc0000000L -> ExcCode.TLBL,
        0xc000000000001000L -> ExcCode.TLBL,
        0x4000000000001000L -> ExcCode.TLBL,
        0x0001000000000000L -> ExcCode.AdEL,
        0xffffff0000000000L -> ExcCode.AdEL,
        0x9fff000000000000L -> ExcCode.AdEL
      )
      for ((address, code) <- cases) withClue(address.toHexString) {
        val bench = new Bench("lw a0, 0(s0)")
        bench.set("s0", address)
        bench.runToTrap() shouldBe new Trap(code, 0, address, false, bench.code)
      }
    }
    "be the store's own for stores to mapped addresses" in {
      val bench = new Bench("sd a0, 8(zero)")
      bench.runToTrap() shouldBe new Trap(ExcCode.TLBS, 0, 8, false, bench.code)
    }
    "carry the number of the missing coprocessor" in {
      val bench = new Bench(".word 0x46000000")
      bench.runToTrap() shouldBe new Trap(ExcCode.CpU, 1, 0, false, bench.code)
    }
    "carry the 20 bits of a break" in {
      val bench = new Bench("break 5, 6")
      bench.runToTrap() shouldBe new Trap(ExcCode.Bp, 5 << 10 | 6, 0, false, bench.code)
    }
    "go to its vector and come back by eret" in {
      val bench = new Bench("b over\n lw a0, 1(s0)\nover: break\n .space 372\nhandler: eret")
      bench.program.label("handler") shouldBe bench.code + 0x180
      bench.set("s0", bench.data)
      bench.core.cp0.write(15, 1, bench.code, 0)
      bench.core.deliverException(bench.runToTrap())
      bench.core.pc shouldBe bench.code + 0x180
      bench.core.cp0.epc shouldBe bench.code
      bench.core.cp0.badVAddr shouldBe bench.data + 1
      bench.core.cp0.cause shouldBe (1 << 31 | 4 << 2)
      bench.core.cp0.status & 2 shouldBe 2
      bench.set("s0", bench.data - 1)
      bench.runToTrap().code shouldBe ExcCode.Bp
      bench.core.cp0.status & 2 shouldBe 0
    }
    "keep user mode out of the kernel's segments and registers" in {
      val bench = new Bench("mfc0 a0, $12\n break")
      bench.core.setStatus(0x10)
      bench.core.run(0, 10) shouldBe Stop.TRAPPED
      bench.core.trap.code shouldBe ExcCode.AdEL
      bench.core.setStatus(0x12) // EXL: kernel mode
      bench.runToTrap().code shouldBe ExcCode.Bp
      bench.reg("a0") shouldBe 0x12
    }
  }

  "The segments" should {
    "reach one memory through ckseg0, ckseg1 and xkphys" in {
      val bench = new Bench("sd a0, 0(s0)\n ld a1, 0(s1)\n ld a2, 0(s2)\n break")
      bench.set("a0", 42)
      bench.set("s0", bench.data)
      bench.set("s1", 0xffffffffa0000000L + bench.physicalData)
      bench.set("s2", 0xa800000000000000L + bench.physicalData)
      bench.runToTrap()
      (bench.reg("a1"), bench.reg("a2")) shouldBe ((42L, 42L))
    }
  }

  "A load linked" should {
    val increment = "again: ll a0, 0(s0)\n addiu a1, a0, 1\n syscall\n sc a1, 0(s0)\n break"
    def linked(): Bench = {
      val bench = new Bench(increment)
      bench.set("s0", bench.data)
      bench.runToTrap().code shouldBe ExcCode.Sys
      bench.core.skipInstruction()
      bench
    }
    def stored(bench: Bench): Long = {
      bench.runToTrap().code shouldBe ExcCode.Bp
      bench.memory.drain(bench.core.dataCache)
      bench.memory.word(bench.physicalData).toLong
    }
    "let its store happen while its line is held" in {
      val bench = linked()
      bench.core.lineLost(bench.physicalData + 32)
      stored(bench) shouldBe 1
      bench.reg("a1") shouldBe 1
    }
    "make its store fail once its line is lost, without any access" in {
      val bench = linked()
      bench.core.dataCache.setState(bench.core.dataCache.find(bench.physicalData), L1State.I)
      bench.core.lineLost(bench.physicalData)
      bench.core.run(bench.core.cycle, 100) shouldBe Stop.TRAPPED // no miss on the way
      bench.reg("a1") shouldBe 0
      stored(bench) shouldBe 0
    }
    "make its store wait for a shared line to become writable, and fail if it is lost meanwhile" in {
      val bench = linked()
      val cache = bench.core.dataCache
      cache.setState(cache.find(bench.physicalData), L1State.S)
      bench.core.run(bench.core.cycle, 100) shouldBe Stop.MISS
      bench.core.accessKind shouldBe AccessKind.STORE
      bench.core.lineLost(bench.physicalData)
      stored(bench) shouldBe 0
      bench.reg("a1") shouldBe 0
    }
    "break at an exception" in {
      val bench = linked()
      val at = bench.core.pc
      bench.core.deliverException(new Trap(ExcCode.Int, 0, 0, false, at))
      bench.core.setPc(at)
      stored(bench) shouldBe 0
    }
    "allow one store only" in {
      val bench = new Bench("ll a0, 0(s0)\n li a1, 1\n sc a1, 0(s0)\n li a2, 2\n sc a2, 0(s0)\n break")
      bench.set("s0", bench.data)
      bench.runToTrap()
      (bench.reg("a1"), bench.reg("a2")) shouldBe ((1L, 0L))
    }
  }

  "The unaligned pairs" should {
    for (bigEndian <- Seq(true, false)) {
      s"move any word and doubleword, ${if (bigEndian) "big" else "little"}-endian" in {
        val (left, right) = if (bigEndian) (0, 1) else (1, 0)
        for (offset <- 0 until 9) withClue(s"offset $offset: ") {
          val (w, d) = (3, 7)
          val source =
            s"""lwl a0, ${offset + left * w}(s0)
               |lwr a0, ${offset + right * w}(s0)
               |ldl a1, ${offset + left * d}(s0)
               |ldr a1, ${offset + right * d}(s0)
               |swl a2, ${64 + offset + left * w}(s0)
               |swr a2, ${64 + offset + right * w}(s0)
               |sdl a3, ${128 + offset + left * d}(s0)
               |sdr a3, ${128 + offset + right * d}(s0)
               |break""".stripMargin
          val bench = new Bench(source, bigEndian)
          bench.set("s0", bench.data)
          bench.set("a2", 0x8877665544332211L)
          bench.set("a3", 0x8877665544332211L)
          val random = new Random(offset)
          val bytes = Array.fill(192)(random.nextInt(256))
          bytes.indices.foreach(i => bench.memory.putByte(bench.physicalData + i, bytes(i)))
          bench.runToTrap()
          def number(from: Int, size: Int): Long = {
            val these = bytes.slice(from, from + size)
            (if (bigEndian) these else these.reverse).foldLeft(0L)((n, b) => n << 8 | b)
          }
          bench.reg("a0") shouldBe number(offset, 4).toInt.toLong
          bench.reg("a1") shouldBe number(offset, 8)
          def put(at: Int, value: Long, size: Int): Unit =
            for (i <- 0 until size)
              bytes(at + i) = (value >>> 8 * (if (bigEndian) size - 1 - i else i)).toInt & 0xff
          put(64 + offset, 0x44332211L, 4)
          put(128 + offset, 0x8877665544332211L, 8)
          bench.memory.drain(bench.core.dataCache)
          bytes.indices.map(i => bench.memory.byteAt(bench.physicalData + i)) shouldBe bytes.toSeq
        }
      }
    }
  }

  "The instruction cache" should {
    // the store changes the word that is executed next but one, in a line already fetched
    val patching = "sw t0, 8(s0)\n nop\n li a0, 1\n break"
    def patched(source: String): Bench = {
      val bench = new Bench(source)
      bench.set("s0", bench.code)
      bench.set("t0", Assembler.assemble("li a0, 2", 0)(0))
      bench.runToTrap().code shouldBe ExcCode.Bp
      bench
    }
    "execute a stale word as if nothing had happened" in {
      patched(patching).reg("a0") shouldBe 1
    }
    "execute the new word after synci" in {
      patched(patching.replace("nop", "synci 8(s0)")).reg("a0") shouldBe 2
    }
    "execute the new word after a hit invalidate and after an index invalidate" in {
      patched(patching.replace("nop", "cache 0x10, 8(s0)")).reg("a0") shouldBe 2
      val all = "sw t0, 16(s0)\n cache 0, 0(s0)\n cache 0, 0x200(s0)\n nop\n li a0, 1\n break"
      patched(all).reg("a0") shouldBe 2
    }
    "keep the stale word through operations on the data cache" in {
      patched(patching.replace("nop", "cache 0x15, 8(s0)")).reg("a0") shouldBe 1
    }
    "show what it holds, and cost nothing before it holds anything" in {
      val bench = new Bench("li a0, 2")
      bench.core.instructionCache.holds(bench.physicalCode) shouldBe false
      bench.memory.fetchLine(bench, bench.physicalCode)
      bench.core.instructionCache.peek(bench.physicalCode) shouldBe 0x24040002
      bench.core.instructionCache.invalidateLine(bench.physicalCode) shouldBe true
      bench.core.instructionCache.holds(bench.physicalCode) shouldBe false
    }
    "replace round robin" in {
      val bench = new Bench("nop", geometry = new CacheGeometry(1, 2, 32))
      val cache = bench.core.instructionCache
      Seq(0, 32, 64).foreach(a => cache.fill(a, new Array[Byte](32)))
      Seq(0L, 32L, 64L).map(cache.holds) shouldBe Seq(false, true, true)
      cache.fill(96, new Array[Byte](32))
      Seq(32L, 64L, 96L).map(cache.holds) shouldBe Seq(false, true, true)
    }
  }

  "A code watch" should {
    final class Log(watched: Long*) extends CodeWatch {
      val seen = ListBuffer[(Long, Int, Long, Long)]()
      override def watches(physical: Long): Boolean = watched.contains(physical)
      override def executed(physical: Long, word: Int, cycle: Long, pc: Long): Unit =
        seen += ((physical, word, cycle, pc))
    }
    "hear of each execution of a watched word, also in a delay slot, and of no other" in {
      val log = new Log(0x100004L, 0x10000cL)
      val bench =
        new Bench("li t0, 2\nloop: daddiu a0, a0, 1\n bne a0, t0, loop\n nop\n break", watch = log)
      bench.runToTrap()
      val word = bench.program.words()(1)
      log.seen.toSeq shouldBe Seq(
        (0x100004L, word, 1L, bench.code + 4),
        (0x10000cL, 0, 3L, bench.code + 12),
        (0x100004L, word, 4L, bench.code + 4),
        (0x10000cL, 0, 6L, bench.code + 12)
      )
    }
    "hear the word that was executed, not the one that memory holds" in {
      val log = new Log(0x100008L)
      val source =
        """ sw t0, 8(s0)
          | nop
          |again: li a0, 1
          | bnez a1, out
          | li a1, 1
          | synci 0(s0)
          | j again
          | nop
          |out: break""".stripMargin
      val bench = new Bench(source, watch = log)
      bench.set("s0", bench.code)
      bench.set("t0", Assembler.assemble("li a0, 2", 0)(0))
      bench.runToTrap()
      log.seen.map(_._2).toSeq shouldBe Seq(0x24040001, 0x24040002)
    }
    "not hear of a word that missed or trapped" in {
      val log = new Log(0x100000L, 0x100004L)
      val bench = new Bench("lw a0, 0(s0)\n syscall", watch = log)
      bench.set("s0", bench.data)
      bench.runToTrap()
      log.seen.map(_._1).toSeq shouldBe Seq(0x100000L)
    }
  }

  "CP0" should {
    "count every other cycle from what was written" in {
      val bench = new Bench("li t0, 1000\n mtc0 t0, $9\n nop\n nop\n mfc0 a0, $9\n rdhwr a1, $2\n break")
      bench.runToTrap()
      bench.reg("a0") shouldBe 1002 // written in cycle 1 (count 0), read in cycle 4
      bench.reg("a1") shouldBe 1002
    }
    "say when Count will be Compare" in {
      val bench = new Bench("nop")
      bench.core.cp0.write(9, 0, 100, 51)
      bench.core.cp0.write(11, 0, 110, 51)
      val at = bench.core.cp0.timerCycleAfter(51)
      bench.core.cp0.count(at) shouldBe 110
      bench.core.cp0.count(at - 1) shouldBe 109
      bench.core.cp0.timerCycleAfter(at) shouldBe at + (1L << 33)
    }
    "describe the caches in Config1 and the byte order in Config" in {
      val bench = new Bench("mfc0 a0, $16\n mfc0 a1, $16, 1\n break")
      bench.runToTrap()
      (bench.reg("a0") >> 15 & 1) shouldBe 1
      (bench.reg("a1") >> 19 & 7) shouldBe 4 // 32-byte lines
      (bench.reg("a1") >> 7 & 7) shouldBe 1 // two ways
    }
    "stop the run after ei and mtc0, and after wait, with the instruction retired" in {
      val bench = new Bench("ei\n mtc0 a0, $11\n wait\n break")
      bench.run() shouldBe Stop.CHECK_INTERRUPTS
      bench.core.cp0.interruptsEnabled shouldBe true
      bench.run() shouldBe Stop.CHECK_INTERRUPTS
      bench.run() shouldBe Stop.WAITING
      bench.core.pc shouldBe bench.code + 12
      bench.core.retired shouldBe 3
    }
  }

  "A run with misses" should {
    "end in the state of a run without" in {
      for (seed <- 1 to 40; bigEndian <- Seq(true, false)) withClue(s"seed $seed: ") {
        val source = RandomPrograms.source(new Random(seed))
        val smooth = new Bench(source, bigEndian, geometry = new CacheGeometry(64, 8, 32))
        val rough = new Bench(source, bigEndian, geometry = new CacheGeometry(64, 8, 32))
        val benches = Seq(smooth, rough)
        for (bench <- benches; i <- 0 until 128)
          bench.memory.putDoubleword(bench.physicalData + 8 * i, StateHash.mix(i + seed))
        benches.foreach { b => b.set("s0", b.data); b.set("s1", b.data + 512) }
        smooth.run() shouldBe Stop.TRAPPED
        val random = new Random(seed)
        var stop = rough.core.run(0, 1)
        var misses = 0
        while (stop == Stop.MISS || stop == Stop.REACHED) {
          if (stop == Stop.MISS) {
            misses += 1
            // sometimes somebody else is served first and it has to ask again
            if (random.nextInt(4) != 0) rough.memory.serve(rough.core)
          } else if (random.nextInt(3) == 0) {
            // lines go away at any time; data lines are written back first
            rough.memory.drain(rough.core.dataCache)
            rough.core.instructionCache.invalidateAll()
          }
          stop = rough.core.run(rough.core.cycle, rough.core.cycle + 1 + random.nextInt(6))
        }
        stop shouldBe Stop.TRAPPED
        rough.core.trap shouldBe smooth.core.trap
        misses should be > 100
        hashOf(rough.core) shouldBe hashOf(smooth.core)
        benches.foreach(b => b.memory.drain(b.core.dataCache))
        for (i <- 0 until 128)
          rough.memory.doubleword(rough.physicalData + 8 * i) shouldBe
            smooth.memory.doubleword(smooth.physicalData + 8 * i)
      }
    }
  }
}
