package stillpoint.machine.smp

import java.util.OptionalLong

import scala.collection.mutable.ListBuffer
import scala.jdk.CollectionConverters._
import scala.jdk.OptionConverters._
import scala.util.Random

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.actors.snapshot.CborSnapshots
import stillpoint.machine.bare.{BareMachine, RegisterValues}
import stillpoint.machine.board.{Board, Interconnect, MemoryOrder}
import stillpoint.machine.coherence.CoherenceProtocol
import stillpoint.machine.cpu.CoreConfig
import stillpoint.machine.isa.RegisterNames
import stillpoint.machine.time.{MachineSnapshot, Message, Outbox, SequentialEngine, SnapshotSchedule}

/**
 * Goal: programs see past the caches what the architecture promises: memory itself, and not what some cache holds. Method: guests on
 * several CPUs that know of each other's progress by cached flags, and look at one line of data cached and uncached. s0 is its cached
 * address, s1 the uncached one, s2 the flags'; `say n` and `hear n` tell and wait for a step.
 */
@RunWith(classOf[JUnitRunner])
class PastCachesSpec extends AnyWordSpec with Matchers with SmpFixtures {
  private val HitInvalidate = 0x11
  private val HitWritebackInvalidate = 0x15
  private val HitWriteback = 0x19
  private val IndexWritebackInvalidate = 0x01
  private val IndexLoadTag = 0x05
  private val IndexStoreTag = 0x09
  private val FetchAndLock = 0x1d

  private val machines: Seq[(String, Int => Board)] = Seq(
    "a crossbar" -> (board(_)),
    "a ring" -> (n => board(n, new Interconnect.Ring(n, 3))),
    "a mesh" -> (n => board(n, new Interconnect.Mesh(n, 1, 4))),
    "boards" -> (n => board(n, new Interconnect.Numa(2, n / 2, 300))),
    "links of random delays" -> (n => board(n, jitter = 30)),
    "links of limited bandwidth" -> (n => board(n, flits = 8)),
    "tso" -> (n => board(n, order = new MemoryOrder(MemoryOrder.Kind.TSO, 8, 60))),
    "pso" -> (n => board(n, jitter = 6, order = new MemoryOrder(MemoryOrder.Kind.PSO, 4, 300))))

  /** What the macros `say`, `hear` and `op` of a guest stand for. */
  private def expanded(source: String): String = source.linesIterator.map { line =>
    line.trim.split("\\s+") match {
      case Array("say", n) => s" sync\n li t9, $n\n sw t9, 0(s2)"
      case Array("hear", n) => s"0: lw t9, 0(s2)\n li t8, $n\n bne t9, t8, 0b\n nop"
      case _ => line
    }
  }.mkString("\n")

  private val prologue =
    s"""_start: mfc0 t0, $$15, 1
       | andi t0, t0, 0x3ff
       | dla s0, 0xffffffff80200000
       | dla s1, 0xffffffffa0200000
       | dla s2, 0xffffffff80201000
       |""".stripMargin

  /** CPU 0 does `first`, CPU 1 `second`, others sleep. */
  private def pair(first: String, second: String) = expanded(
    s"""$prologue
       | beqz t0, first
       | li t1, 1
       | beq t0, t1, second
       | nop
       | wait
       |first:
       |$first
       | wait
       |second:
       |$second
       | wait
       |""".stripMargin)

  private def alone(body: String) = pair(body, "")

  private def ran(source: String, on: Board) = {
    val outcome = run(setup(source, on))
    val ends = cpus(outcome).map(_.end.toScala)
    withClue(ends) { ends.forall(_.exists(_.isInstanceOf[SmpReport.Asleep])) shouldBe true }
    cpus(outcome)
  }

  private def registerOf(source: String, on: Board, name: String, cpu: Int = 0) = register(ran(source, on)(cpu), name)

  for ((name, on) <- machines) s"On $name, an uncached load" should {
    "see memory and not another CPU's modified line, and what was stored once that is written back" in {
      val source = pair(
        s""" li t1, 5
           | sw t1, 0(s0)
           | say 1
           | hear 2
           | cache $HitWriteback, 0(s0)
           | say 3
           | hear 4
           | lw a0, 0(s0)""".stripMargin,
        """ hear 1
          | lw a0, 0(s1)
          | say 2
          | hear 3
          | lw a1, 0(s1)
          | say 4""".stripMargin)
      val Seq(one, other, _*) = ran(source, on(4))
      (register(other, "a0"), register(other, "a1"), register(one, "a0")) shouldBe ((0, 5, 5))
      for (threads <- Seq(1, 2)) digestOn(threads, setup(source, on(4))) shouldBe run(setup(source, on(4))).digest
    }
    "see its own CPU's stores only when they are written back" in {
      for (operation <- Seq(HitWriteback, HitWritebackInvalidate, IndexWritebackInvalidate)) {
        val source = alone(
          s""" li t1, 7
             | sw t1, 4(s0)
             | lw a0, 4(s1)
             | cache $operation, 0(s0)
             | lw a1, 4(s1)
             | lw a2, 4(s0)""".stripMargin)
        val one = ran(source, on(4)).head
        Seq("a0", "a1", "a2").map(register(one, _)) shouldBe Seq(0, 7, 7)
      }
    }
  }

  for ((name, on) <- machines) s"On $name, Hit Invalidate" should {
    "forget what was stored since memory last had the line" in {
      val source = pair(
        s""" li t1, 5
           | sw t1, 0(s0)
           | cache $HitWriteback, 0(s0)
           | li t1, 6
           | sw t1, 0(s0)
           | cache $HitInvalidate, 0(s0)
           | lw a0, 0(s0)
           | say 1""".stripMargin,
        """ hear 1
          | lw a0, 0(s0)
          | lw a1, 0(s1)""".stripMargin)
      val Seq(one, other, _*) = ran(source, on(4))
      (register(one, "a0"), register(other, "a0"), register(other, "a1")) shouldBe ((5, 5, 5))
    }
    "let a CPU see what was stored uncached behind its clean line" in {
      val source = pair(
        s""" lw a0, 0(s0)
           | say 1
           | hear 2
           | lw a1, 0(s0)
           | cache $HitInvalidate, 0(s0)
           | lw a2, 0(s0)""".stripMargin,
        """ hear 1
          | li t1, 9
          | sw t1, 0(s1)
          | say 2""".stripMargin)
      val one = ran(source, on(4)).head
      Seq("a0", "a1", "a2").map(register(one, _)) shouldBe Seq(0, 0, 9)
    }
  }

  /** CPU 0 hands 8 lines to CPU 1, which reaches memory as a device does, and gets 8 lines back. */
  private def handOver(writeback: String, invalidate: String) = expanded(
    s"""$prologue
       | dla s3, 0xffffffffa0202000   # the doorbell, uncached
       | beqz t0, driver
       | li t1, 1
       | beq t0, t1, device
       | nop
       | wait
       |driver: li t1, 64
       | move t2, s0
       |1: lw t3, 0x400(t2)           # the answer's lines are here, from before
       | sw t1, 0(t2)
       | addiu t1, t1, -1
       | bnez t1, 1b
       | daddiu t2, t2, 4
       | li t1, 8
       | move t2, s0
       |2: $writeback
       | addiu t1, t1, -1
       | bnez t1, 2b
       | daddiu t2, t2, 32
       | sync
       | li t1, 1
       | sw t1, 0(s3)
       |3: lw t1, 4(s3)
       | beqz t1, 3b
       | nop
       | li t1, 8
       | move t2, s0
       |4: $invalidate
       | addiu t1, t1, -1
       | bnez t1, 4b
       | daddiu t2, t2, 32
       | move a0, zero
       | li t1, 64
       | move t2, s0
       |5: lw t3, 0x400(t2)
       | addu a0, a0, t3
       | addiu t1, t1, -1
       | bnez t1, 5b
       | daddiu t2, t2, 4
       | dla t1, 0xffffffff${(Exit | 0xa0000000L).toHexString}
       | sw a0, 0(t1)
       | wait
       |device: lw t1, 0(s3)
       | beqz t1, device
       | nop
       | li t1, 64
       | move t2, s1
       |6: lw t3, 0(t2)
       | sll t3, t3, 1
       | sw t3, 0x400(t2)
       | addiu t1, t1, -1
       | bnez t1, 6b
       | daddiu t2, t2, 4
       | sw s3, 4(s3)
       | wait
       |""".stripMargin)

  private val writeback = s"cache $HitWriteback, 0(t2)"
  private val invalidate = s"cache $HitInvalidate, 0x400(t2)"

  "A hand-over to who reaches memory only" should {
    for ((name, on) <- machines)
      s"work on $name, with one digest on any number of threads" in {
        val guest = setup(handOver(writeback, invalidate), on(4))
        val outcome = run(guest)
        exit(outcome) shouldBe Some(64L * 65)
        for (threads <- Seq(1, 2, 3)) digestOn(threads, guest) shouldBe outcome.digest
      }
    "go on from a snapshot at any cycle to the same end, with code that is fetched uncached, too" in {
      for ((name, on) <- machines.filter(one => Set("boards", "pso")(one._1)); from <- Seq(Text, Text + 0x20000000)) withClue((name, from)) {
        val plain = setup(handOver(writeback, invalidate), on(4))
        val guest = new SmpSetup(plain.board, plain.seed, plain.ramBytes, plain.image, java.util.List.of(new SmpSetup.Start(0, from, 0xe0, java.util.List.of())),
          plain.mostInstructions, plain.uart, plain.exit, false, false)
        val cycles = run(guest).lastEventCycle / 40 | 1
        def judge = new SmpJudge(cycles)
        val whole = SequentialEngine.run(new SmpMachine(guest), judge)
        exit(whole) shouldBe Some(64L * 65)
        val taken = ListBuffer[MachineSnapshot]()
        val saved = new SmpMachine(guest)
        SequentialEngine.run(saved, judge, new SnapshotSchedule(cycles), new CborSnapshots(saved), taken.addOne(_)).digest shouldBe whole.digest
        taken.size should be > 20
        for (snapshot <- taken.grouped(4).map(_.head)) {
          val resumed = new SmpMachine(guest)
          val outcome = SequentialEngine.resume(resumed, judge, SnapshotSchedule.NONE, new CborSnapshots(resumed), snapshot, (_: MachineSnapshot) => ())
          outcome.digest shouldBe whole.digest
        }
      }
    }
    "fail without the writeback, and without the invalidation" in {
      val forgotten = Seq(handOver("nop", invalidate), handOver(writeback, "nop"))
      forgotten.map(source => exit(run(setup(source, board(4))))) shouldBe Seq(Some(0L), Some(0L))
    }
  }

  "Index Writeback Invalidate over the whole cache" should {
    for ((name, on) <- machines)
      s"bring all that was stored to memory on $name, also what had been replaced before" in {
        val source = pair(
          s""" li t1, 72                # more lines than the cache holds
             | move t2, s0
             |1: sw t1, 0(t2)
             | addiu t1, t1, -1
             | bnez t1, 1b
             | daddiu t2, t2, 32
             | dla t2, 0xffffffff80000000
             | li t1, 32                # 16 sets, 2 ways
             |2: cache $IndexWritebackInvalidate, 0(t2)
             | addiu t1, t1, -1
             | bnez t1, 2b
             | daddiu t2, t2, 32
             | say 1""".stripMargin,
          """ hear 1
            | li t1, 72
            | move a0, zero
            | move t2, s1
            |3: lw t3, 0(t2)
            | addu a0, a0, t3
            | addiu t1, t1, -1
            | bnez t1, 3b
            | daddiu t2, t2, 32""".stripMargin)
        registerOf(source, on(4), "a0", cpu = 1) shouldBe 72 * 73 / 2
      }
  }

  "Index Writeback Invalidate of an empty slot" should {
    "not be done before what was replaced in it is in memory" in {
      val plain = setup(s" sw zero, 0(s0)\n lw zero, 0x200(s0)\n lw zero, 0x400(s0)\n cache $IndexWritebackInvalidate, 0(s0)\n li a0, 1\n wait", board(1))
      val registers = (0 to 16).map(n => java.lang.Long.valueOf(if (n == 16) 0xffffffff80200000L else 0L)).asJava
      val machine = new SmpMachine(new SmpSetup(plain.board, plain.seed, plain.ramBytes, plain.image,
        java.util.List.of(new SmpSetup.Start(0, Text, 0xe0, registers)), plain.mostInstructions, plain.uart, plain.exit, false, false))
      val cpu = machine.create(0)
      val sent = ListBuffer[Message]()
      val outbox: Outbox = (_, _, message) => sent += message
      def told(at: Long, message: CoherenceProtocol.ToL1): Seq[String] = {
        sent.clear()
        cpu.handle(at, machine.map.homeOf(message.line), message, outbox)
        cpu.run(at + 50, outbox)
        sent.map(_.getClass.getSimpleName).toSeq
      }
      def a0(at: Long) = register(cpu.inspect(at).asInstanceOf[SmpReport.Cpu], "a0")
      val nothing = new Array[Byte](32)
      cpu.run(10, outbox)
      told(100, new CoherenceProtocol.DataI(0x100000, java.util.Arrays.copyOf(plain.image.get(0).content, 32))) shouldBe Seq("GetM")
      told(200, new CoherenceProtocol.DataM(0x200000, nothing, 0)) shouldBe Seq("GetS")
      told(300, new CoherenceProtocol.DataE(0x200200, nothing)) shouldBe Seq("PutM", "GetS")
      told(400, new CoherenceProtocol.DataE(0x200400, nothing)) shouldBe Seq("PutE")
      told(500, new CoherenceProtocol.PutAck(0x200400)) shouldBe empty
      a0(550) shouldBe 0
      told(600, new CoherenceProtocol.PutAck(0x200000)) shouldBe empty
      a0(650) shouldBe 1
    }
  }

  "Tags" should {
    "be loaded from the slot and say whether the line is there and modified" in {
      val source = alone(
        s""" cache $IndexLoadTag, 0(s0)
           | mfc0 a0, $$28
           | lw zero, 0(s0)
           | cache $IndexLoadTag, 0(s0)
           | mfc0 a1, $$28
           | sw zero, 0(s0)
           | cache $IndexLoadTag, 0(s0)
           | mfc0 a2, $$28
           | mfc0 a3, $$29
           | cache $IndexLoadTag, 0x200(s0)  # the other way
           | mfc0 a4, $$28
           | cache $HitWritebackInvalidate, 0(s0)
           | cache $IndexLoadTag, 0(s0)
           | mfc0 a5, $$28""".stripMargin)
      val one = ran(source, board(1)).head
      Seq("a0", "a1", "a2", "a3", "a4", "a5").map(register(one, _)) shouldBe Seq(0, 0x20080, 0x200c0, 0, 0, 0)
    }
    "say that a line is shared" in {
      val source = pair(
        s""" lw zero, 0(s0)
           | say 1
           | hear 2
           | cache $IndexLoadTag, 0(s0)
           | mfc0 a0, $$28""".stripMargin,
        " hear 1\n lw zero, 0(s0)\n say 2")
      registerOf(source, board(2), "a0") shouldBe 0x20040
    }
    "empty a slot without writeback where an invalid one is stored, and do nothing where a valid one is" in {
      def stored(tag: Int) = alone(
        s""" li t1, 5
           | sw t1, 0(s0)
           | li t1, $tag
           | mtc0 t1, $$28
           | cache $IndexStoreTag, 0(s0)
           | lw a0, 0(s0)
           | lw a1, 0(s1)""".stripMargin)
      Seq(0, 0x200c0).map(tag => registerOf(stored(tag), board(1), "a0")) shouldBe Seq(0, 5)
      registerOf(stored(0x200c0), board(1), "a1") shouldBe 0
    }
  }

  "Cache operations" should {
    "do nothing but translate where the cache has none of the kind" in {
      for (operation <- Seq(FetchAndLock, 0x0d, 0x02, 0x03, 0x06, 0x0b, 0x16, 0x17, 0x1b, 0x1c))
        withClue(operation) {
          registerOf(alone(s" li t1, 5\n sw t1, 0(s0)\n cache $operation, 0(s0)\n lw a0, 0(s0)\n lw a1, 0(s1)"), board(1), "a0") shouldBe 5
          registerOf(alone(s" li t1, 5\n sw t1, 0(s0)\n cache $operation, 0(s0)\n lw a0, 0(s1)"), board(1), "a0") shouldBe 0
        }
    }
    "raise what their translation raises, by address only" in {
      for ((operation, raises) <- Seq(HitWriteback -> true, FetchAndLock -> true, HitInvalidate -> true, IndexWritebackInvalidate -> false, IndexStoreTag -> false)) {
        val outcome = run(setup(s" li t0, 0x4000\n cache $operation, 0(t0)\n wait", board(1)))
        val trap = cpus(outcome).head.end.toScala.collect { case it: SmpReport.Unhandled => it.trap.code.name }
        withClue(operation) { trap shouldBe (if (raises) Some("TLBL") else None) }
      }
    }
    "reach no other CPU's cache" in {
      val source = pair(
        s""" li t1, 5
           | sw t1, 0(s0)
           | say 1
           | hear 2
           | lw a0, 0(s0)""".stripMargin,
        s""" hear 1
           | cache $HitInvalidate, 0(s0)
           | cache $HitWritebackInvalidate, 0(s0)
           | lw a0, 0(s1)
           | say 2""".stripMargin)
      val Seq(one, other) = ran(source, board(2))
      (register(one, "a0"), register(other, "a0")) shouldBe ((5, 0))
    }
    "come behind all stores of the buffer" in {
      for (kind <- Seq(MemoryOrder.Kind.TSO, MemoryOrder.Kind.PSO)) {
        val source = alone(s" li t1, 5\n sw t1, 64(s0)\n sw t1, 0(s0)\n cache $HitWriteback, 0(s0)\n lw a0, 0(s1)")
        registerOf(source, board(1, order = new MemoryOrder(kind, 8, 1000000)), "a0") shouldBe 5
      }
    }
    "break the link of their line" in {
      for ((operation, at) <- Seq(HitWriteback -> 0, HitInvalidate -> 0, HitInvalidate -> 32)) {
        val source = alone(s" sw zero, 0(s0)\n sw zero, 32(s0)\n ll t1, 0(s0)\n cache $operation, $at(s0)\n li a0, 5\n sc a0, 0(s0)")
        withClue((operation, at)) { registerOf(source, board(1), "a0") shouldBe (if (at == 0) 0 else 1) }
      }
    }
  }

  "Operations on the instruction cache" should {
    for ((name, on) <- machines)
      s"let new code be fetched on $name, written back or not, but not what was forgotten" in {
        def call(result: String) = s" jalr t2\n nop\n move $result, a0"
        val source = alone(
          s""" dla t2, routine
             | dla t1, other
             | lw t1, 0(t1)
             | lw t3, 0(t2)
             |${call("a1")}
             | sw t1, 0(t2)
             |${call("a2")}
             | cache 0x10, 0(t2)
             |${call("a3")}
             | sw t3, 0(t2)             # memory has the new code since it was fetched
             | cache $HitInvalidate, 0(t2)
             | synci 0(t2)
             |${call("a4")}
             | sw t3, 0(t2)
             | synci 0(t2)
             |${call("a5")}
             | b 7f
             | nop
             | .align 5
             |routine: li a0, 1
             | jr ra
             | nop
             |other: li a0, 2
             | .align 5
             |7:""".stripMargin)
        val one = ran(source, on(4)).head
        Seq("a1", "a2", "a3", "a4", "a5").map(register(one, _)) shouldBe Seq(1, 1, 2, 2, 1)
      }
  }

  /** Stores of every width and part at every place of a doubleword, then loads of all kinds. */
  private def widths(base: String) = {
    val stores = for ((op, step) <- Seq("sb" -> 1, "sh" -> 2, "sw" -> 4, "sd" -> 8, "swl" -> 1, "swr" -> 1, "sdl" -> 1, "sdr" -> 1); at <- 0 until 8 by step)
      yield s" daddu s5, s5, s6\n sd s6, 16($base)\n $op s5, ${16 + at}($base)\n ld t1, 16($base)\n xor s7, s7, t1\n drotr s7, s7, 7"
    val loads = for ((op, step) <- Seq("lb" -> 1, "lbu" -> 1, "lh" -> 2, "lhu" -> 2, "lw" -> 4, "lwu" -> 4, "ld" -> 8, "lwl" -> 1, "lwr" -> 1, "ldl" -> 1, "ldr" -> 1); at <- 0 until 8 by step)
      yield s" move t1, s6\n $op t1, ${16 + at}($base)\n xor s7, s7, t1\n drotr s7, s7, 7"
    s" dli s5, 0x0123456789abcdef\n dli s6, 0x9e3779b97f4a7c15\n move s7, zero\n${(stores ++ loads).mkString("\n")}"
  }

  private def onOneCpu(source: String, bigEndian: Boolean): RegisterValues = {
    val guest = setup(source, board(1, bigEndian = bigEndian))
    val settings = new BareMachine.Settings(CoreConfig.bare(0, bigEndian), 1L << 28, 0xe0, OptionalLong.empty, OptionalLong.empty, false)
    val machine = new BareMachine(settings, _ => (), _ => ())
    guest.image.asScala.foreach(piece => machine.memory.put(piece.physical, piece.content))
    machine.core.setPc(guest.start(0).pc)
    machine.run(1000000, 10000000) shouldBe a[BareMachine.Asleep]
    RegisterValues.of(machine.core)
  }

  "Uncached loads and stores" should {
    for (bigEndian <- Seq(true, false)) s"have every width and part, ${if (bigEndian) "big" else "little"}-endian" in {
      val cached = registerOf(alone(widths("s0")), board(1, bigEndian = bigEndian), "s7")
      cached should not be 0
      registerOf(alone(widths("s1")), board(1, bigEndian = bigEndian), "s7") shouldBe cached
      val order = new MemoryOrder(MemoryOrder.Kind.PSO, 4, 100)
      registerOf(alone(widths("s1")), board(1, bigEndian = bigEndian, order = order), "s7") shouldBe cached
      onOneCpu(alone(widths("s1")), bigEndian).general()(RegisterNames.numberOf("s7")) shouldBe cached
    }
    "be those of xkphys with attributes 2 and 7, of kseg0 by Config, and of pages" in {
      val plain = " li t1, 5\n sw t1, 0(s0)\n"
      val wired =
        """ li t2, 0x8017        # 0x200000, CCA 2, D, V, G
          | mtc0 t2, $2
          | mtc0 t2, $3
          | li t2, 0x4000
          | mtc0 t2, $10
          | tlbwi
          | lw a0, 0(t2)""".stripMargin
      registerOf(alone(plain + " dli t2, 0x9000000000200000\n lw a0, 0(t2)"), board(1), "a0") shouldBe 0
      registerOf(alone(plain + " dli t2, 0xb800000000200000\n lw a0, 0(t2)"), board(1), "a0") shouldBe 0
      registerOf(alone(plain + " dli t2, 0x9800000000200000\n lw a0, 0(t2)"), board(1), "a0") shouldBe 5
      registerOf(alone(plain + " mfc0 t2, $16\n li t3, 7\n not t3, t3\n and t2, t2, t3\n ori t2, t2, 2\n mtc0 t2, $16\n lw a0, 0(s0)"), board(1), "a0") shouldBe 0
      registerOf(alone(plain + wired), board(1), "a0") shouldBe 0
      registerOf(alone(plain + wired.replace("0x8017", "0x802f")), board(1), "a0") shouldBe 5
    }
    "make no link: a store conditional past the caches fails and stores nothing" in {
      val source = alone(
        """ li t1, 3
          | sw t1, 0(s1)
          | ll a0, 0(s1)
          | li a1, 5
          | sc a1, 0(s1)
          | lw a2, 0(s1)
          | ll t1, 0(s0)
          | li a3, 5
          | sc a3, 0(s1)
          | ll t1, 0(s1)
          | li a4, 5
          | sc a4, 0(s0)
          | lw a5, 0(s1)""".stripMargin)
      val one = ran(source, board(1)).head
      Seq("a0", "a1", "a2", "a3", "a4", "a5").map(register(one, _)) shouldBe Seq(3, 0, 3, 0, 0, 3)
    }
    "get a bus error where there is nothing" in {
      for (what <- Seq("lw a0, 0(t0)", "sd a0, 0(t0)")) {
        val outcome = run(setup(s"dli t0, 0x9000000030000000\n $what", board(1)))
        cpus(outcome).head.end.toScala.collect { case it: SmpReport.Unhandled => it.trap.code.name } shouldBe Some("DBE")
      }
    }
  }

  "Code that is fetched past the caches" should {
    /** Calls `routine` through `by`; it returns in a0 what its first instruction loads. */
    def called(prepare: String, by: String) = alone(
      s""" dla t2, routine
         | dla t1, other
         | lw t1, 0(t1)
         |$prepare
         | dla t2, routine
         | $by
         | jalr t2
         | nop
         | b 7f
         | nop
         | .align 5
         |routine: li a0, 1
         | jr ra
         | nop
         |other: li a0, 2
         | .align 5
         |7:""".stripMargin)
    val past = " li t3, 0x20000000\n or t2, t2, t3"
    "execute as any other, with loops and delay slots" in {
      val source = alone(
        """ dla t2, 1f
          | li t3, 0x20000000
          | or t2, t2, t3
          | jr t2
          | nop
          |1: li t1, 10
          |2: addiu t1, t1, -1
          | addu a0, a0, t1
          | sw a0, 0(s0)
          | lw a1, 0(s0)
          | bnez t1, 2b
          | addiu a2, a2, 1""".stripMargin)
      for ((name, on) <- machines) withClue(name) {
        val one = ran(source, on(2)).head
        Seq("a0", "a2").map(register(one, _)) shouldBe Seq(45, 10)
      }
    }
    "be what memory holds, whatever the data cache does" in {
      registerOf(called(" sw t1, 0(t2)", past), board(1), "a0") shouldBe 1
      registerOf(called(s" sw t1, 0(t2)\n cache $HitWriteback, 0(t2)", past), board(1), "a0") shouldBe 2
      registerOf(called(s" sw t1, 0(t2)", "nop"), board(1), "a0") shouldBe 2
    }
    "be the handler of exceptions whose vectors are uncached" in {
      val source =
        s"""_start: b 1f
           | nop
           | .org 0x180
           | li a0, 7
           | mfc0 t1, $$14
           | addiu t1, t1, 4
           | mtc0 t1, $$14
           | eret
           |1: dla t0, 0xffffffffa0100000
           | mtc0 t0, $$15, 1
           | syscall
           | li a1, 8
           | wait""".stripMargin
      val one = ran(source, board(1)).head
      (register(one, "a0"), register(one, "a1")) shouldBe ((7, 8))
    }
    "be missed where the vector holds zeros in memory, whatever the cache has" in {
      val source =
        s"""_start: b 1f
           | nop
           | .org 0x200
           |1: dla t0, 0xffffffff80100180
           | li t1, 8
           | sw t1, 0(t0)
           | dla t0, 0xffffffffa0100000
           | mtc0 t0, $$15, 1
           | syscall""".stripMargin
      val end = cpus(run(setup(source, board(1)))).head.end.toScala
      end.collect { case it: SmpReport.Unhandled => (it.trap.code.name, it.vector) } shouldBe Some(("Sys", 0xffffffffa0100180L))
    }
  }

  /**
   * A random program that reaches each of six lines, which share two sets, either cached or uncached, and writes a line back and
   * invalidates it before it changes. s7 depends on all that it has loaded.
   */
  private def keepingApart(random: Random): String = {
    val cached = Array.fill(6)(false)
    val steps = (1 to 250).map { _ =>
      val n = random.nextInt(6)
      val line = (n / 3 * 32) + 0x200 * (n % 3)
      val change = if (random.nextInt(4) != 0) "" else {
        cached(n) = !cached(n)
        if (cached(n)) "" else s" cache $HitWritebackInvalidate, ${line + random.nextInt(32)}(s0)"
      }
      val base = if (cached(n)) "s0" else "s1"
      val at = random.nextInt(4) * 8
      val (stores, loads) = (Seq("sb" -> 1, "sh" -> 2, "sw" -> 4, "sd" -> 8, "swl" -> 1, "sdr" -> 1), Seq("lbu" -> 1, "lh" -> 2, "lw" -> 4, "ld" -> 8, "lwr" -> 1, "ldl" -> 1))
      def of(all: Seq[(String, Int)]) = { val (op, bytes) = all(random.nextInt(all.size)); (op, line + at + random.nextInt(8 / bytes) * bytes) }
      val access = random.nextInt(9) match {
        case 0 => s" cache $HitWriteback, $line(s0)"
        case 1 => s" cache $IndexWritebackInvalidate, ${random.nextInt(32) * 32}(s0)"
        case 2 => " sync"
        case k if k < 6 => val (op, place) = of(stores); s" daddu s5, s5, s6\n $op s5, $place($base)"
        case _ => val (op, place) = of(loads); s" move t1, s6\n $op t1, $place($base)\n xor s7, s7, t1\n drotr s7, s7, 7"
      }
      change + "\n" + access
    }
    s"""$prologue
       | dsll t0, t0, 16
       | daddu s0, s0, t0
       | daddu s1, s1, t0
       | dli s5, 0x0123456789abcdef
       | dli s6, 0x9e3779b97f4a7c15
       | move s7, zero
       |${steps.mkString("\n")}
       | wait
       |""".stripMargin
  }

  "A program that keeps cached and uncached accesses apart" should {
    "compute on one CPU by itself what it computes as one of several" in {
      val source = alone(
        s""" li t1, 100
           | move t2, s0
           | move t3, s1
           |1: sw t1, 0(t2)
           | cache $HitWriteback, 0(t2)
           | sync
           | lw a1, 0(t3)
           | addu a0, a0, a1
           | cache $HitInvalidate, 0(t2)
           | sll a1, a1, 1
           | sw a1, 0(t3)
           | lw a2, 0(t2)
           | addu a0, a0, a2
           | addiu t1, t1, -1
           | daddiu t2, t2, 32
           | bnez t1, 1b
           | daddiu t3, t3, 32""".stripMargin)
      val expected = 3L * 5050
      registerOf(source, board(1), "a0") shouldBe expected
      onOneCpu(source, bigEndian = true).general()(RegisterNames.numberOf("a0")) shouldBe expected
    }
    "do so whatever it does, on each of several CPUs with lines of its own" in {
      for (seed <- 1 to 12) {
        val source = keepingApart(new Random(seed))
        val (name, on) = machines(seed % machines.size)
        val alone = onOneCpu(source, bigEndian = true).general()(RegisterNames.numberOf("s7"))
        withClue(s"seed $seed on $name") { ran(source, on(4)).map(register(_, "s7")).distinct shouldBe Seq(alone) }
      }
    }
  }
}
