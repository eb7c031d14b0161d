package stillpoint.machine.coherence

import java.util.SplittableRandom
import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.machine.board.Interconnect
import stillpoint.machine.board.Interconnect.{Mesh, Numa, Ring}

/**
 * The random programs of RandomCoherenceSpec on machines whose CPUs are unequally far from a line's home: with delays and
 * without, near requests overtake far ones in every way that links allow.
 */
@RunWith(classOf[JUnitRunner])
class TopologyCoherenceSpec extends AnyWordSpec with Matchers {
  private val seeds = 1L to java.lang.Long.getLong("stillpoint.coherence-seeds", 60L)

  private val topologies = Seq[(String, (Int, SplittableRandom) => Interconnect)](
    "a ring" -> ((cpus, random) => new Ring(cpus, random.nextInt(1, 40))),
    "a mesh" -> { (cpus, random) =>
      val widths = (1 to cpus).filter(cpus % _ == 0)
      val width = widths(random.nextInt(widths.size))
      new Mesh(width, cpus / width, random.nextInt(1, 40))
    },
    "boards" -> { (cpus, random) =>
      val perBoard = random.nextInt(1, cpus)
      new Numa((cpus + perBoard - 1) / perBoard, perBoard, random.nextInt(1, 400))
    })

  for ((name, topology) <- topologies) {
    def machine(seed: Long, tables: Tables = Tables()) = new RandomCoherence(seed, tables, topology = Some(topology))

    s"The protocol on $name" should {
      "let every load see the last store, lose no increment, and come to an end" in seeds.foreach { seed =>
        withClue(s"seed $seed: ")(RandomCoherence.verdictOf(machine(seed)) shouldBe None)
      }
      "let some CPU succeed soon, however many contend for one word with ll and sc" in (1L to 5L).foreach { seed =>
        val run = new RandomCoherence(seed, operations = 40, contended = true, topology = Some(topology)).run()
        withClue(s"seed $seed: ") {
          run.loop.events / run.cpus.map(_.increments).sum should be < 20L * run.cpuCount
        }
      }
      "do so when messages queue for links of 1 to 8 bytes a cycle" in seeds.foreach { seed =>
        val machine = new RandomCoherence(seed, topology = Some(topology), flitBytes = 1 << (seed % 4))
        withClue(s"seed $seed: ")(RandomCoherence.verdictOf(machine) shouldBe None)
      }
      "give one state for one seed" in seeds.take(5).foreach { seed =>
        machine(seed).run().loop.digest shouldBe machine(seed).run().loop.digest
      }
    }
  }
}
