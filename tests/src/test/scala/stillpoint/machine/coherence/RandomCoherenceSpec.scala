package stillpoint.machine.coherence

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
/**
 * Random programs on random small machines with hot lines and tiny caches: loads, stores, ll and sc, fetches, flushes,
 * cache operations, uncached accesses, a device's DMA, with random delays. The judge sees only what CPUs and the device
 * load, store and fetch, never the protocol. That it would notice is ProtocolMutationSpec's business.
 */
@RunWith(classOf[JUnitRunner])
class RandomCoherenceSpec extends AnyWordSpec with Matchers {
  private val seeds = 1L to java.lang.Long.getLong("stillpoint.coherence-seeds", 150L)

  "The protocol, under random programs," should {
    "let every load see the last store, lose no increment, and come to an end" in {
      seeds.foreach { seed =>
        withClue(s"seed $seed: ") { RandomCoherence.verdict(seed, Tables()) shouldBe None }
      }
    }
    "do so on 64 CPUs, on a crossbar and on boards" in (1L to 6L).foreach { seed =>
      val topology = if (seed % 2 == 0) None else Some((cpus: Int, _: java.util.SplittableRandom) =>
        new stillpoint.machine.board.Interconnect.Numa(4, cpus / 4, 100))
      withClue(s"seed $seed: ") {
        RandomCoherence.verdictOf(new RandomCoherence(seed, operations = 25, cpus64 = true, topology = topology)) shouldBe None
      }
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
}
