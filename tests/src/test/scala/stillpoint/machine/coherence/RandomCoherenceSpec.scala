package stillpoint.machine.coherence

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import scala.jdk.CollectionConverters._
import stillpoint.machine.coherence.HomeMesi.{Action => H, Event => HE}
import stillpoint.machine.coherence.HomeState.{EM, EMI_D, EMS_D, SM_A, S => HS, I => HI}
import stillpoint.machine.coherence.L1Mesi.{Action => A, Event => LE}
import stillpoint.machine.l1.L1State.{E, I, IM_D, IS_D, M, MI_A, S, SM_D}

/**
 * Random programs on random small machines with hot lines and tiny caches. The judge sees only what CPUs load, store and
 * fetch, never the protocol. To know that it would notice, each broken table here must be caught.
 */
@RunWith(classOf[JUnitRunner])
class RandomCoherenceSpec extends AnyWordSpec with Matchers {
  private val seeds = 1L to java.lang.Long.getLong("stillpoint.coherence-seeds", 150L)

  private val l1 = L1Mesi.TABLE
  private val home = HomeMesi.TABLE

  private val mutants = Seq(
    "an L1 that keeps S on Inv" -> Tables(l1 = l1.replacing(S, LE.INV, S, A.SEND_INV_ACK)),
    "an L1 that stays in SM_D on Inv" -> Tables(l1 = l1.replacing(SM_D, LE.INV, SM_D, A.SEND_INV_ACK)),
    "an L1 that keeps M on a Recall to drop" ->
      Tables(l1 = l1.replacing(M, LE.RECALL_TO_DROP, M, A.SEND_RECALL_ACK)),
    "an L1 that keeps M on a Recall to share" ->
      Tables(l1 = l1.replacing(M, LE.RECALL_TO_SHARE, M, A.SEND_RECALL_ACK)),
    "an L1 that drops M like S" -> Tables(l1 = l1.replacing(M, LE.REPLACEMENT, I, A.TELL_LINE_LOST)),
    "an L1 that takes DataS for exclusive" ->
      Tables(l1 = l1.replacing(IS_D, LE.DATA_S, E, A.FILL_LINE, A.COMPLETE_ACCESS)),
    "an L1 that upgrades without the data" ->
      Tables(l1 = l1.replacing(IM_D, LE.DATA_M, M, A.COMPLETE_ACCESS)),
    "an L1 that tells nobody of a lost upgrade" ->
      Tables(l1 = l1.replacing(SM_D, LE.INV, IM_D, A.SEND_INV_ACK)),
    "an L1 that tells nobody of a replaced line" ->
      Tables(l1 = l1.replacing(M, LE.REPLACEMENT, MI_A, A.MOVE_TO_WRITEBACK_BUFFER, A.SEND_PUTM)),
    "an L1 that keeps its instructions on InvalidateI" ->
      Tables(l1 = l1.replacing(I, LE.INVALIDATE_I, I, A.SEND_INVALIDATE_I_ACK)),
    "an L1 that forgets to acknowledge an Inv" -> Tables(l1 = l1.replacing(S, LE.INV, I, A.TELL_LINE_LOST)),
    "a home that skips the Invs" -> Tables(home = home.replacing(
      HS, HE.GETM, EM, H.CLEAR_SHARERS, H.MAKE_REQUESTER_OWNER, H.READ_MEMORY, H.SEND_DATA_M)),
    "a home that answers at the first InvAck" -> Tables(home = home.replacing(
      SM_A, HE.INV_ACK, EM, H.COUNT_ACK, H.MAKE_REQUESTER_OWNER, H.SEND_DATA_M)),
    "a home that gives M away without a recall" -> Tables(home = home.replacing(
      EM, HE.GETM, EM, H.MAKE_REQUESTER_OWNER, H.READ_MEMORY, H.SEND_DATA_M)),
    "a home that shares a line without a recall" -> Tables(home = home.replacing(
      EM, HE.GETS, HS, H.ADD_OWNER_TO_SHARERS, H.CLEAR_OWNER, H.ADD_REQUESTER_TO_SHARERS, H.SEND_DATA_S)),
    "a home that serves fetches from stale memory" ->
      Tables(home = home.replacing(EM, HE.GETI, EM, H.READ_MEMORY, H.SEND_DATA_I)),
    "a home that forgets recalled data" -> Tables(home = home.replacing(
      EMS_D, HE.RECALL_ACK, HS, H.ADD_OWNER_TO_SHARERS, H.CLEAR_OWNER, H.ADD_REQUESTER_TO_SHARERS, H.SEND_DATA_S)),
    "a home that forgets data given back" ->
      Tables(home = home.replacing(EM, HE.PUTM, HI, H.CLEAR_OWNER, H.SEND_PUT_ACK)),
    "a home that forgets the old owner shares" -> Tables(home = home.replacing(
      EMI_D, HE.RECALL_ACK, HS, H.WRITE_MEMORY, H.CLEAR_OWNER, H.SEND_DATA_I)),
    "a home that forgets a reader" ->
      Tables(home = home.replacing(HS, HE.GETS, HS, H.READ_MEMORY, H.SEND_DATA_S)),
    "a home that gives a second exclusive copy" ->
      Tables(home = home.replacing(HS, HE.GETS, EM, H.CLEAR_SHARERS, H.MAKE_REQUESTER_OWNER, H.SEND_DATA_E)),
    "a home that ends a global flush before it began" -> Tables(home = home.replacing(
      HS, HE.GLOBAL_INVALIDATE_I, HS, H.SEND_GLOBAL_INVALIDATE_I_DONE)))

  "The protocol, under random programs," should {
    "let every load see the last store, lose no increment, and come to an end" in {
      seeds.foreach { seed =>
        withClue(s"seed $seed: ") { RandomCoherence.verdict(seed, Tables()) shouldBe None }
      }
    }
    "be used in every cell of both tables, so that none is untested" in {
      val tables = Tables(l1.counted(), home.counted())
      seeds.foreach(seed => new RandomCoherence(seed, tables).run())
      tables.l1.unusedCells shouldBe empty
      // these need a machine of one CPU, see DirectorySliceSpec
      tables.home.unusedCells.asScala.toSet shouldBe
        Set("I", "S", "EM").map(_ + " on GLOBAL_INVALIDATE_I_NO_OTHERS")
    }
    "let some CPU succeed soon, however many contend for one word with ll and sc" in {
      (1L to 10L).foreach { seed =>
        val machine = new RandomCoherence(seed, operations = 40, contended = true).run()
        withClue(s"seed $seed: ") {
          machine.loop.events / machine.cpus.map(_.increments).sum should be < 20L * machine.cpuCount
        }
      }
    }
    "let instruction caches execute stale words" in {
      seeds.take(20).map(new RandomCoherence(_).run().judge.staleExecutions).sum should be > 0L
    }
    "give one state for one seed, inspected or not" in {
      seeds.take(20).foreach { seed =>
        val undisturbed = new RandomCoherence(seed).run().loop.digest
        val inspected = new RandomCoherence(seed)
        inspected.run(() => inspected.slices.foreach(_.inspect(inspected.loop.cycle)))
        inspected.loop.digest shouldBe undisturbed
      }
    }
    "leave memory snapshots as they were when they were taken" in {
      val machine = new RandomCoherence(3)
      val taken = scala.collection.mutable.ArrayBuffer.empty[(MemorySnapshot, Long, Int, Seq[Byte])]
      machine.run { () =>
        if (machine.judge.step % 50 == 0) {
          val line = 0x1000L
          val slice = machine.slices(machine.map.indexOfDirectorySlice(machine.map.homeOf(line)))
          val memory = machine.report(slice).memory
          taken += ((memory, line, memory.ownerOf(line), memory.memoryLine(line).toSeq))
        }
      }
      taken.map(_._4).distinct.size should be > 3
      taken.foreach { case (memory, line, owner, bytes) =>
        memory.ownerOf(line) shouldBe owner
        memory.memoryLine(line).toSeq shouldBe bytes
      }
    }
  }

  "The judge" should {
    mutants.foreach { case (what, tables) =>
      s"catch $what" in {
        val caught = seeds.iterator.flatMap(seed => RandomCoherence.verdict(seed, tables)).nextOption()
        caught should not be None
      }
    }
  }
}
