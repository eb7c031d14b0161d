package stillpoint.kernel.system

import java.util.SplittableRandom
import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.system.Machines._
import stillpoint.machine.interconnect.{MachineMap, RandomBoards}
import stillpoint.machine.time._

/**
 * Goal: whatever the engine may run ahead by is true of what really travels. Method: whole machines of random topologies
 * run, with a judge between each process and its outbox that knows when a message was sent, whence and whither, and
 * compares with walks over the topology's links.
 */
@RunWith(classOf[JUnitRunner])
class LinkLatencySpec extends AnyWordSpec with Matchers {

  /** Sees every message: sender, receiver, when it was sent and when it arrives. */
  private class Judged(model: Model, seen: (Int, Int, Long, Long) => Unit) extends Model {
    override def size: Int = model.size
    override def nameOf(id: Int): String = model.nameOf(id)
    override def lookaheadCycles: Long = model.lookaheadCycles
    override def places: Int = model.places
    override def placeOf(id: Int): Int = model.placeOf(id)
    override def create(id: Int): LogicalProcess = new Watched(id, model.create(id))

    private class Watched(id: Int, process: LogicalProcess) extends LogicalProcess {
      private def watching(now: Long, outbox: Outbox): Outbox = (target, arrival, message) => {
        seen(id, target, now, arrival)
        outbox.send(target, arrival, message)
      }
      override def handle(cycle: Long, sender: Int, message: Message, outbox: Outbox): Unit =
        process.handle(cycle, sender, message, watching(cycle, outbox))

      /** A cycle at a time, so that the judge knows when each message was sent. */
      override def run(until: Long, outbox: Outbox): Unit =
        while (process.nextOwnCycle < until) {
          val now = process.nextOwnCycle
          process.run(now + 1, watching(now, outbox))
        }
      override def nextOwnCycle: Long = process.nextOwnCycle
      override def blockedSince: Long = process.blockedSince
      override def inspect(cycle: Long): Report = process.inspect(cycle)
      override def foldState(hash: StateHash): Unit = process.foldState(hash)
    }
  }

  private def topology(random: SplittableRandom, cpus: Int): String = random.nextInt(4) match {
    case 0 => "topology = crossbar"
    case 1 => s"topology = ring, hop = ${random.nextInt(1, 30)} cycles"
    case 2 => s"topology = mesh, hop = ${random.nextInt(1, 30)} cycles"
    case _ =>
      val perBoard = random.nextInt(1, cpus)
      s"topology = numa, boards = ${(cpus + perBoard - 1) / perBoard}, cross-board = ${random.nextInt(1, 3000)} cycles"
  }

  private def machine(random: SplittableRandom): EmulatedMachine = {
    val cpus = Seq(2, 4, 6, 8, 12)(random.nextInt(5))
    val variant = Healthy(random.nextInt(Healthy.size))
    val slices = "directory-slices { cpus-per-slice = 2, at-most = 16 }, interrupt-slices { cpus-per-slice = 3, at-most = 16 }"
    val flits = if (random.nextBoolean()) "flit-bytes = 4," else ""
    val jitter = if (random.nextBoolean()) "latency.jitter = 3," else ""
    new EmulatedMachine(Plan(
      variant, cpus, machine = s"$jitter $slices, interconnect { $flits ${topology(random, cpus)} }",
      limits = "virtual-time = 400us", seed = random.nextLong()).setup)
  }

  "A message of a running machine" should {
    (1 to 12).foreach { seed =>
      s"arrive no sooner than its link allows, nor than its pieces may run apart (seed $seed)" in {
        val random = new SplittableRandom(seed)
        val model = machine(random)
        val map = model.shared.map
        val board = map.board
        val placement = Placement.of(model, random.nextInt(2, 5))
        val crossing = CrossingLookahead.of(model, placement)
        val hops = RandomBoards.hops(board.interconnect, map.cpuCount)
        var messages, crossed = 0L
        val judged = new Judged(model, { (from, to, sent, arrives) =>
          val places = (map.placeOf(from), map.placeOf(to))
          val way = hops(places._1)(places._2) * RandomBoards.hopCycles(board.interconnect)
          val port = math.min(board.cpuToHomeCycles, math.min(board.cpuToControllerCycles, board.cpuToConsoleCycles))
          val routers = Seq(from, to).count(map.kindOf(_) == MachineMap.Kind.ROUTER)
          if (map.hasRouters && places._1 != places._2) routers shouldBe 2
          // through routers a port is paid at both ends of the way
          val leastPort = if (routers == 2) 0 else if (routers == 1) port / 2 else port
          messages += 1
          if (arrives - sent < leastPort + way) fail(s"${map.nameOf(from)} to ${map.nameOf(to)}: $sent to $arrives")
          val (a, b) = (placement.shardOf(from), placement.shardOf(to))
          if (a != b) {
            crossed += 1
            if (arrives - sent < crossing.between(a, b)) fail(s"pieces $a and $b: $sent to $arrives")
          }
        })
        val judge = new MachineJudge(model.shared.setup)
        val outcome = SequentialEngine.run(judged, judge)
        messages should be > 100L
        if (crossing.smallest < Long.MaxValue) crossed should be > 0L
        outcome.digest shouldBe SequentialEngine.run(model, new MachineJudge(model.shared.setup)).digest
      }
    }
  }
}
