package stillpoint.machine.cpu

import java.util.OptionalLong

import scala.jdk.CollectionConverters._
import scala.util.Random

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.machine.bare.{BareMachine, ProgramLoader}
import stillpoint.machine.elf.ElfReader
import stillpoint.machine.oracle.{Harness, ProgramGenerator}
import stillpoint.machine.time.StateHash

/**
 * Goal: translated code does what the interpreter does, cycle for cycle. Method: two cores side by side, one with a translator
 * that translates all it can; after every run of some cycles, few or many, all of their states must be equal: registers, CP0,
 * TLB, both caches with the order of replacement, cycle and count of instructions.
 */
@RunWith(classOf[JUnitRunner])
class TranslatorSpec extends AnyWordSpec with Matchers {
  private def eager = new Translator(0, 1)

  private def state(core: Core): Seq[Long] = {
    val hash = new StateHash
    core.foldState(hash)
    val registers = hash.value
    core.instructionCache.foldState(hash)
    core.dataCache.foldState(hash)
    Seq(core.pc, core.cycle, core.retired, registers, hash.value)
  }

  /** Lets two run on by turns; returns how many runs there were. */
  private def sideBySide(random: Random, one: Core, other: Core)(run: (Core, Long) => Boolean): Int =
    Iterator
      .continually {
        val cycles = if (random.nextInt(3) == 0) 1 + random.nextInt(12) else 1 + random.nextInt(4000)
        val goesOn = run(one, cycles)
        run(other, cycles) shouldBe goesOn
        withClue(f"after cycle ${one.cycle}%d, pc 0x${one.pc}%x: ")(state(other) shouldBe state(one))
        goesOn
      }
      .takeWhile(identity)
      .size

  "Translated code" should {
    // the data, one and a half KiB, does not fit the cache of one: misses go on, also in delay slots
    for (seed <- 1 to 12) s"leave every state of a random program, seed $seed" in {
      val random = new Random(seed)
      val source = "dla s0, 0xffffffff80020000\n daddiu s1, s0, 1024\n" + RandomPrograms.source(random)
      val translator = eager
      val Seq(plain, translated) = Seq.fill(2)(new BareBench(source, bigEndian = seed % 2 == 0))
      translated.core.translateBy(translator)
      val benches = Map(plain.core -> plain, translated.core -> translated)
      sideBySide(random, plain.core, translated.core) { (core, cycles) =>
        benches(core).bare.run(core.cycle, core.cycle + cycles) == Stop.REACHED && core.cycle < 40000
      }
      translator.regions should be > 5
    }

    for {
      bigEndian <- Seq(true, false)
      seed <- Seq(7000, 8000)
    } s"leave every state of the oracle's programs from seed $seed on, big-endian $bigEndian" in {
      val programs = (0 until 60).map(i => ProgramGenerator.generate(seed + i))
      val image = Harness.image(programs.asJava, bigEndian, false)
      val translator = eager
      val Seq(plain, translated) = Seq.fill(2)(new Machine(image))
      translated.machine.core.translateBy(translator)
      val machines = Map(plain.machine.core -> plain, translated.machine.core -> translated)
      sideBySide(new Random(seed), plain.machine.core, translated.machine.core) { (core, cycles) =>
        machines(core).machine.run(Long.MaxValue, cycles) == null
      }
      translated.text.toString shouldBe plain.text.toString
      plain.text.toString.split("\n").length should be >= programs.size
      translator.regions should be > 100
    }

    "execute stale words until the instruction cache drops them" in {
      // three rounds: the word is overwritten after the first, and its line dropped after the second
      val source = """
        |  dla s0, patched
        |  dla s1, new
        |  li s4, 3
        |round:
        |  li s2, 40
        |patched:
        |  addiu v0, v0, 1
        |  daddiu s2, s2, -1
        |  bnez s2, patched
        |  nop
        |  lw t0, 0(s1)
        |  sw t0, 0(s0)
        |  slti t1, s4, 3
        |  beqz t1, next
        |  nop
        |  synci 0(s0)
        |next:
        |  daddiu s4, s4, -1
        |  bnez s4, round
        |  nop
        |  break
        |new:
        |  addiu v0, v0, 100
        |""".stripMargin
      for (translators <- Seq(Seq(eager), Seq())) {
        val bench = new BareBench(source)
        translators.foreach(bench.core.translateBy)
        bench.runToTrap()
        bench.reg("v0") shouldBe 40 + 40 + 4000
        translators.foreach(_.regions should be >= 2)
      }
    }
  }

  private class Machine(image: Array[Byte]) {
    val text = new StringBuilder
    private val elf = ElfReader.read("oracle image", image)
    private val config = CoreConfig.bare(0, elf.bigEndian).withSegmentBits(42).withPhysicalBits(36)
    val machine = new BareMachine(
      new BareMachine.Settings(config, 1L << 27, 0xe0, OptionalLong.of(Harness.UART), OptionalLong.of(Harness.EXIT), false),
      byte => text.append(byte.toChar),
      _ => ()
    )
    ProgramLoader.load(elf, machine.memory, false)
    machine.core.setPc(elf.entry)
  }
}
