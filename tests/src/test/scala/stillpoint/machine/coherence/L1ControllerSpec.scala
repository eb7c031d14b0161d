package stillpoint.machine.coherence

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import scala.collection.mutable.ArrayBuffer
import stillpoint.machine.coherence.AccessKind.{FETCH, GLOBAL_INVALIDATE_I, LOAD, STORE}
import stillpoint.machine.coherence.CoherenceProtocol._
import stillpoint.machine.coherence.FabricFixtures._
import stillpoint.machine.l1.{DataCache, L1State}
import stillpoint.machine.time.{BrokenInvariant, StateHash}

@RunWith(classOf[JUnitRunner])
class L1ControllerSpec extends AnyWordSpec with Matchers {
  private val Line = 0x1000L
  private val SameSet = 0x1020L
  private val OtherSet = 0x1010L

  /** CPU 1 of four, a home with two slices, and everything the CPU is told. */
  private class Cpu extends L1Controller.Listener {
    val map = mapOf(4, slices = 2)
    val cache = new DataCache(TwoLines, true)
    val outbox = new Recorder
    val told = ArrayBuffer.empty[String]
    val controller = new L1Controller(1, map, cache, this)
    var cycle = 100L

    override def accessReady(kind: AccessKind, line: Long, words: Array[Byte]): Unit =
      told += f"$kind ready 0x$line%x" + Option(words).fold("")(w => s" ${w(0)}")
    override def lineLost(line: Long): Unit = told += f"lost 0x$line%x ${state(line)}"
    override def invalidateInstructionLine(line: Long): Unit = told += f"drop instructions 0x$line%x"

    def state(line: Long): L1State = cache.find(line) match {
      case DataCache.ABSENT => L1State.I
      case slot             => cache.state(slot)
    }
    def request(kind: AccessKind, address: Long) = { controller.request(kind, address, cycle, outbox); this }
    def get(messages: ToL1*) = { messages.foreach(controller.handle(cycle, _, outbox)); this }
    def takeTold(): Seq[String] = { val all = told.toSeq; told.clear(); all }
    /** Forgets what was said so far. */
    def quietly: this.type = { outbox.take(); told.clear(); this }
    def hash: Long = { val h = new StateHash; controller.foldState(h); h.value }
  }

  private def inShared = new Cpu().request(LOAD, Line).get(new DataS(Line, lineOf(5))).quietly
  private def inExclusive = new Cpu().request(LOAD, Line).get(new DataE(Line, lineOf(5))).quietly
  private def inModified = new Cpu().request(STORE, Line).get(new DataM(Line, lineOf(5), 0)).quietly
  /** Line given back for another, which has come. */
  private def writingBack =
    inModified.request(LOAD, SameSet).get(new DataS(SameSet, lineOf(6))).quietly

  private def bytesOf(message: Any): Int = message match {
    case copy: Copyback => copy.data()(0).toInt
    case data: DataS    => data.data()(0).toInt
    case data: DataM    => data.data()(0).toInt
    case put: PutM      => put.data()(0).toInt
    case other          => fail(s"no data in $other")
  }

  "An L1" when {
    "its CPU misses" should {
      "ask the line's home, and reach it after the link's latency" in {
        val cpu = new Cpu().request(LOAD, OtherSet + 8)
        cpu.outbox.take() shouldBe Seq(Sent(cpu.map.homeOf(OtherSet), 100 + HomeLatency, new GetS(OtherSet)))
        cpu.state(OtherSet) shouldBe L1State.IS_D
        cpu.map.homeOf(OtherSet) should not be cpu.map.homeOf(Line)
      }
      "have the access done when the data comes, and not be stalled any more" in {
        val cpu = new Cpu().request(LOAD, Line + 8).get(new DataE(Line, lineOf(5)))
        cpu.takeTold() shouldBe Seq("LOAD ready 0x1000")
        cpu.state(Line) shouldBe L1State.E
        cpu.cache.read(cpu.cache.find(Line), Line, 1) shouldBe 5
        cpu.controller.stalled shouldBe false
      }
      "say what it waits for" in {
        val waiting = new Cpu().request(STORE, OtherSet + 4).controller.outstanding.get
        waiting shouldBe new L1Controller.Outstanding(STORE, OtherSet, waiting.home, 100)
        waiting.describe(new Cpu().map) shouldBe "memory answer from directory1 for line 0x1010"
      }
      "keep the words of a fetch out of the data cache" in {
        val cpu = new Cpu().request(FETCH, Line).get(new DataI(Line, lineOf(9)))
        cpu.outbox.takeMessages() shouldBe Seq(new GetI(Line))
        cpu.takeTold() shouldBe Seq("FETCH ready 0x1000 9")
        cpu.state(Line) shouldBe L1State.I
      }
      "give back a shared or an exclusive line for another, without data" in {
        for ((cpu, put) <- Seq((inShared, new PutS(Line)), (inExclusive, new PutE(Line)))) {
          cpu.request(LOAD, SameSet).outbox.takeMessages() shouldBe Seq(put, new GetS(SameSet))
          cpu.takeTold() shouldBe Seq("lost 0x1000 I")
          cpu.controller.writebacksPending shouldBe 1
        }
      }
      "give back a modified line for another, data and all" in {
        val cpu = inModified.request(STORE, SameSet)
        val Seq(put: PutM, get: GetM) = cpu.outbox.takeMessages()
        (put.line, bytesOf(put), get.line) shouldBe ((Line, 5, SameSet))
        cpu.takeTold() shouldBe Seq("lost 0x1000 I")
        cpu.controller.writebacksPending shouldBe 1
        cpu.get(new PutAck(Line)).controller.writebacksPending shouldBe 0
      }
      "refuse a second request, and one that hits" in {
        val twice = intercept[BrokenInvariant](new Cpu().request(LOAD, Line).request(FETCH, OtherSet))
        twice.getMessage shouldBe "cpu1: FETCH while LOAD is outstanding (line 0x1010, cycle 100)"
        val hit = intercept[BrokenInvariant](inShared.request(LOAD, Line))
        hit.getMessage shouldBe "cpu1: LOAD cannot happen in S (line 0x1000, cycle 100)"
      }
    }
    "another CPU wants to write" should {
      "drop to I and acknowledge an Inv to who will write, CPU or home" in {
        for ((replyTo, ack) <- Seq((2, new InvAck(Line)), (mapOf(4, 2).homeOf(Line), new InvAckToHome(Line)))) {
          val cpu = inShared.get(new Inv(Line, replyTo))
          cpu.outbox.take() shouldBe Seq(Sent(replyTo, 100 + HomeLatency, ack))
          cpu.takeTold() shouldBe Seq("lost 0x1000 I")
        }
      }
      "acknowledge an Inv for a line that it is giving back, once" in {
        val cpu = inShared.request(LOAD, SameSet).quietly
        cpu.get(new Inv(Line, 2)).outbox.takeMessages() shouldBe Seq(new InvAck(Line))
        cpu.takeTold() shouldBe empty
        intercept[BrokenInvariant](cpu.get(new Inv(Line, 2)))
        cpu.get(new PutAck(Line)).controller.writebacksPending shouldBe 0
      }
      "do its load first when the Inv comes before data that another CPU sends" in {
        val cpu = new Cpu().request(LOAD, Line).get(new Inv(Line, 2))
        cpu.outbox.takeMessages() shouldBe Seq(new GetS(Line))
        cpu.get(new DataS(Line, lineOf(8)))
        cpu.takeTold() shouldBe Seq("LOAD ready 0x1000", "lost 0x1000 I")
        cpu.outbox.takeMessages() shouldBe Seq(new InvAck(Line))
      }
      "lose the race for an upgrade, and go on from I" in {
        val cpu = inShared.request(STORE, Line)
        cpu.state(Line) shouldBe L1State.SM_AD
        cpu.takeTold() shouldBe empty
        cpu.get(new Inv(Line, 2))
        cpu.state(Line) shouldBe L1State.IM_AD
        cpu.takeTold() shouldBe Seq("lost 0x1000 IM_AD")
        cpu.outbox.takeMessages() shouldBe Seq(new GetM(Line), new InvAck(Line))
        cpu.get(new DataM(Line, lineOf(7), 0))
        cpu.cache.read(cpu.cache.find(Line), Line, 1) shouldBe 7
        cpu.takeTold() shouldBe Seq("STORE ready 0x1000")
      }
      "end a store conditional that came too late without taking the line from anybody" in {
        val cpu = inShared
        cpu.controller.requestStoreConditional(Line, cpu.cycle, cpu.outbox)
        cpu.get(new Inv(Line, 2), new UpgradeRefused(Line))
        cpu.outbox.takeMessages() shouldBe Seq(new Upgrade(Line), new InvAck(Line))
        cpu.takeTold() shouldBe Seq("lost 0x1000 IM_AD", "STORE ready 0x1000")
        cpu.state(Line) shouldBe L1State.I
        cpu.controller.stalled shouldBe false
      }
      "do a store conditional that came in time" in {
        val cpu = inShared
        cpu.controller.requestStoreConditional(Line, cpu.cycle, cpu.outbox)
        cpu.get(new AckCount(Line, 0))
        cpu.takeTold() shouldBe Seq("STORE ready 0x1000")
        cpu.state(Line) shouldBe L1State.M
      }
      "upgrade without data, and lose nothing" in {
        val cpu = inShared.request(STORE, Line).get(new AckCount(Line, 0))
        cpu.state(Line) shouldBe L1State.M
        cpu.cache.read(cpu.cache.find(Line), Line, 1) shouldBe 5
        cpu.takeTold() shouldBe Seq("STORE ready 0x1000")
      }
    }
    "others have to drop their copies for it" should {
      "store when all have said so, whether they are faster than their count or not" in {
        val ack = new InvAck(Line)
        for (messages <- Seq(
            Seq(new DataM(Line, lineOf(5), 2), ack, ack), Seq(ack, new DataM(Line, lineOf(5), 2), ack),
            Seq(ack, ack, new DataM(Line, lineOf(5), 2)))) {
          val cpu = new Cpu().request(STORE, Line).get(messages.init: _*)
          cpu.takeTold() shouldBe empty
          cpu.get(messages.last).takeTold() shouldBe Seq("STORE ready 0x1000")
          cpu.state(Line) shouldBe L1State.M
        }
      }
      "stay readable meanwhile if it had a copy" in {
        val cpu = inShared.request(STORE, Line).get(new AckCount(Line, 1))
        cpu.state(Line) shouldBe L1State.SM_A
        cpu.state(Line).readable shouldBe true
        cpu.get(new InvAck(Line)).state(Line) shouldBe L1State.M
      }
      "hold whoever wants the line next until its own store is done" in {
        for (next <- Seq(new FwdGetS(Line, 3), new FwdGetM(Line, 3), new Recall(Line, true), new Recall(Line, false))) {
          val cpu = new Cpu().request(STORE, Line).get(next, new DataM(Line, lineOf(5), 1))
          cpu.outbox.takeMessages() shouldBe Seq(new GetM(Line))
          cpu.get(new InvAck(Line)).takeTold() shouldBe Seq("STORE ready 0x1000", "lost 0x1000 " + cpu.state(Line))
          cpu.outbox.takeMessages().map(bytesOf).distinct shouldBe Seq(5)
        }
      }
      "refuse a second to hold" in {
        intercept[BrokenInvariant](new Cpu().request(STORE, Line).get(new FwdGetM(Line, 3), new FwdGetM(Line, 2)))
      }
    }
    "another CPU wants what it owns" should {
      "send a reader the newest bytes, a copy home, and keep one" in {
        val cpu = inModified
        cpu.cache.write(cpu.cache.find(Line), Line, 1, 77)
        cpu.get(new FwdGetS(Line, 3))
        val sent = cpu.outbox.take()
        sent.map(s => (s.target, bytesOf(s.message))) shouldBe Seq((3, 77), (cpu.map.homeOf(Line), 77))
        cpu.takeTold() shouldBe Seq("lost 0x1000 S")
      }
      "send a writer the newest bytes, and keep nothing" in {
        val cpu = inExclusive.get(new FwdGetM(Line, 3))
        cpu.outbox.take().map(s => (s.target, bytesOf(s.message))) shouldBe Seq((3, 5))
        cpu.takeTold() shouldBe Seq("lost 0x1000 I")
      }
      "answer from the writeback buffer when the line is on its way home" in {
        val cpu = writingBack.get(new FwdGetS(Line, 3))
        cpu.outbox.takeMessages().map(bytesOf) shouldBe Seq(5, 5)
        cpu.takeTold() shouldBe empty
        writingBack.controller.writebackOf(Line).get()(0) shouldBe 5
        cpu.controller.writebackOf(Line).isPresent shouldBe false
      }
      "answer what crosses its writeback, whatever its CPU wants of the line by then" in {
        val wishes: Seq[Cpu => Unit] =
          Seq(LOAD, STORE, FETCH, GLOBAL_INVALIDATE_I).map(kind => (cpu: Cpu) => { cpu.request(kind, Line); () }) ++
          DataCacheOperation.values.toSeq.map { operation => (cpu: Cpu) =>
            cpu.controller.requestOperation(operation, Line, 100, cpu.outbox)
          } ++ Seq[Cpu => Unit](
            cpu => cpu.controller.requestUncachedLoad(Line, 4, 100, cpu.outbox),
            cpu => { cpu.get(new InvalidateI(Line)); () })
        def evicted(cpu: Cpu) = cpu.request(LOAD, SameSet).get(new DataS(SameSet, lineOf(6))).quietly
        for (wish <- wishes) {
          for (owner <- Seq(() => inExclusive, () => inModified); forward <- Seq(new FwdGetM(Line, 3), new Recall(Line, true))) {
            val cpu = evicted(owner())
            wish(cpu)
            cpu.quietly.get(forward).outbox.takeMessages().map(bytesOf) shouldBe Seq(5)
          }
          val sharer = evicted(inShared)
          wish(sharer)
          sharer.quietly.get(new Inv(Line, 3)).outbox.takeMessages() shouldBe Seq(new InvAck(Line))
        }
      }
      "wait for the end of its own writeback before it asks for the line again" in {
        val cpu = writingBack.request(LOAD, Line)
        cpu.outbox.takeMessages() shouldBe empty
        cpu.get(new FwdGetM(Line, 3)).outbox.takeMessages().map(bytesOf) shouldBe Seq(5)
        cpu.get(new PutAck(Line)).outbox.takeMessages() shouldBe Seq(new PutS(SameSet), new GetS(Line))
        cpu.get(new DataS(Line, lineOf(6)))
        cpu.cache.read(cpu.cache.find(Line), Line, 1) shouldBe 6
      }
    }
    "it is recalled" should {
      "send the newest bytes and drop the line" in {
        val cpu = inModified
        cpu.cache.write(cpu.cache.find(Line), Line, 1, 77)
        cpu.get(new Recall(Line, false))
        cpu.outbox.takeMessages().map(bytesOf) shouldBe Seq(77)
        cpu.takeTold() shouldBe Seq("lost 0x1000 I")
      }
      "keep a shared copy if told so, and know that it can no longer write" in {
        val cpu = inModified.get(new Recall(Line, true))
        cpu.outbox.takeMessages().map(bytesOf) shouldBe Seq(5)
        cpu.takeTold() shouldBe Seq("lost 0x1000 S")
      }
      "do its access first when the recall comes right behind the data" in {
        val cpu = new Cpu().request(LOAD, Line).get(new DataE(Line, lineOf(5)), new Recall(Line, false))
        cpu.takeTold() shouldBe Seq("LOAD ready 0x1000", "lost 0x1000 I")
      }
    }
    "its CPU goes past the caches" should {
      "ask the home, whatever it holds, and hand on the answer" in {
        for (cpu <- Seq(new Cpu, inShared, inModified)) {
          cpu.controller.requestUncachedLoad(Line + 4, 2, 100, cpu.outbox)
          cpu.outbox.takeMessages() shouldBe Seq(new UncachedLoad(Line, 4, 2))
          cpu.get(new UncachedAnswer(Line, Array[Byte](7, 8))).takeTold() shouldBe Seq("UNCACHED ready 0x1000 7")
        }
      }
      "store so too" in {
        val cpu = new Cpu()
        cpu.controller.requestUncachedStore(Line + 4, Array[Byte](9), 100, cpu.outbox)
        val Seq(store: UncachedStore) = cpu.outbox.takeMessages()
        (store.line, store.offset, store.data.toSeq) shouldBe ((Line, 4, Seq[Byte](9)))
      }
    }
    "its CPU does a cache operation" should {
      def operate(cpu: Cpu, operation: DataCacheOperation): Cpu = {
        cpu.controller.requestOperation(operation, Line + 5, 100, cpu.outbox)
        cpu
      }
      "be done at once where there is nothing to do" in {
        for (cpu <- Seq(operate(new Cpu, DataCacheOperation.INVALIDATE), operate(inShared, DataCacheOperation.WRITEBACK),
            operate(inExclusive, DataCacheOperation.WRITEBACK))) {
          cpu.outbox.takeMessages() shouldBe empty
          cpu.takeTold() shouldBe Seq("CACHE_OPERATION ready 0x1000")
        }
      }
      "write a modified line back, and be done when the home has it" in {
        for (operation <- Seq(DataCacheOperation.WRITEBACK, DataCacheOperation.WRITEBACK_INVALIDATE)) {
          val cpu = operate(inModified, operation)
          cpu.outbox.takeMessages().map(bytesOf) shouldBe Seq(5)
          cpu.takeTold() shouldBe Seq("lost 0x1000 I")
          cpu.get(new PutAck(Line)).takeTold() shouldBe Seq("CACHE_OPERATION ready 0x1000")
        }
      }
      "throw a modified line away when it is to be invalidated" in {
        val cpu = operate(inModified, DataCacheOperation.INVALIDATE)
        cpu.outbox.takeMessages() shouldBe Seq(new PutE(Line))
        cpu.get(new PutAck(Line)).takeTold() shouldBe Seq("lost 0x1000 I", "CACHE_OPERATION ready 0x1000")
      }
      "serve a CPU that asked before the home heard of the operation" in {
        val cpu = operate(inModified, DataCacheOperation.WRITEBACK_INVALIDATE).quietly.get(new FwdGetM(Line, 3))
        cpu.outbox.take().map(s => (s.target, bytesOf(s.message))) shouldBe Seq((3, 5))
        cpu.get(new PutAck(Line)).takeTold() shouldBe Seq("CACHE_OPERATION ready 0x1000")
      }
      "name a line by the slot that it is in, if it is in one" in {
        val cpu = inModified
        val slot = cpu.cache.find(Line)
        cpu.controller.requestIndexOperation(DataCacheOperation.WRITEBACK_INVALIDATE, 1 - slot, 100, cpu.outbox) shouldBe false
        cpu.controller.stalled shouldBe false
        cpu.controller.requestIndexOperation(DataCacheOperation.WRITEBACK_INVALIDATE, slot, 100, cpu.outbox) shouldBe true
        cpu.outbox.takeMessages().map(bytesOf) shouldBe Seq(5)
        val empty = new Cpu
        empty.controller.requestIndexOperation(DataCacheOperation.INVALIDATE, 0, 100, empty.outbox) shouldBe false
      }
      "by index, not be done before what has left the slot's set is home, too" in {
        val cpu = inModified.request(LOAD, SameSet).get(new DataS(SameSet, lineOf(6))).quietly
        val slot = cpu.cache.find(SameSet)
        def again() = cpu.controller.requestIndexOperation(DataCacheOperation.WRITEBACK_INVALIDATE, slot, 100, cpu.outbox)
        again() shouldBe true
        cpu.outbox.takeMessages() shouldBe Seq(new PutS(SameSet))
        cpu.get(new PutAck(SameSet)).takeTold().last shouldBe "CACHE_OPERATION ready 0x1020"
        again() shouldBe true
        cpu.outbox.takeMessages() shouldBe empty
        cpu.takeTold() shouldBe empty
        cpu.get(new PutAck(Line)).takeTold() shouldBe Seq("CACHE_OPERATION ready 0x1000")
        again() shouldBe false
      }
      "know the op fields of the architecture, and refuse to lock a line" in {
        def of(field: Int) = DataCacheOperation.of(field)
        (of(0x01).get, of(0x11).get, of(0x15).get, of(0x19).get) shouldBe ((DataCacheOperation.WRITEBACK_INVALIDATE,
          DataCacheOperation.INVALIDATE, DataCacheOperation.WRITEBACK_INVALIDATE, DataCacheOperation.WRITEBACK))
        (0 until 32).filter(of(_).isPresent) shouldBe Seq(0x01, 0x11, 0x15, 0x19)
        (0 until 32).filter(DataCacheOperation.byIndex(_)) shouldBe Seq(0x01)
      }
    }
    "instruction caches are flushed everywhere" should {
      "drop the words and acknowledge, whatever the data line does" in {
        Seq(new Cpu, inShared, inModified, new Cpu().request(STORE, Line).quietly).foreach { cpu =>
          cpu.get(new InvalidateI(Line))
          cpu.takeTold() shouldBe Seq("drop instructions 0x1000")
          cpu.outbox.takeMessages() shouldBe Seq(new InvalidateIAck(Line))
        }
      }
      "wait for the home's word" in {
        val cpu = inModified.request(GLOBAL_INVALIDATE_I, Line + 4)
        cpu.outbox.takeMessages() shouldBe Seq(new GlobalInvalidateI(Line))
        cpu.controller.outstanding.get.describe(cpu.map) shouldBe
          "end of a global icache invalidation from directory0 for line 0x1000"
        cpu.get(new GlobalInvalidateIDone(Line)).takeTold() shouldBe Seq("GLOBAL_INVALIDATE_I ready 0x1000")
        cpu.state(Line) shouldBe L1State.M
      }
    }
    "told what cannot be" should {
      "name state, event, line and cycle" in {
        val broken = intercept[BrokenInvariant](inShared.get(new Recall(Line, true)))
        broken.getMessage shouldBe "cpu1: RECALL_TO_SHARE cannot happen in S (line 0x1000, cycle 100)"
        intercept[BrokenInvariant](inModified.get(new Inv(Line, 2)))
        intercept[BrokenInvariant](new Cpu().get(new PutAck(Line)))
        intercept[BrokenInvariant](new Cpu().get(new DataI(Line, lineOf(1)))).getMessage should
          include("nobody asked for")
      }
    }
    "hashed" should {
      "show its request and its writebacks" in {
        Seq(new Cpu, new Cpu().request(LOAD, Line), new Cpu().request(STORE, Line), writingBack)
          .map(_.hash).distinct should have size 4
      }
    }
  }
}
