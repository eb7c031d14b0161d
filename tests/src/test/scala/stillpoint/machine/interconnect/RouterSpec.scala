package stillpoint.machine.interconnect

import java.util.SplittableRandom
import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import scala.collection.mutable
import stillpoint.machine.board.Board.InterruptControllerKind.XLR_PIC
import stillpoint.machine.board.{Board, Interconnect}
import stillpoint.machine.board.Interconnect.{Mesh, Ring}
import stillpoint.machine.l1.CacheGeometry
import stillpoint.machine.time.{LogicalProcess, Message, Outbox, Report, StateHash}

/**
 * Goal: links that many share carry a flit a cycle and no more, lose nothing and keep order. Method: random traffic on random
 * rings and meshes; a judge that knows only the topology sees every hop and keeps its own list of the cycles of each link.
 */
@RunWith(classOf[JUnitRunner])
class RouterSpec extends AnyWordSpec with Matchers {
  private class Carries(val number: Int, bytes: Int) extends Message {
    override def fold(hash: StateHash): Unit = hash.fold(number)
    override def payloadBytes: Int = bytes
  }

  private case class Order(number: Int, from: Int, to: Int, cycle: Long, bytes: Int)
  private case class Got(number: Int, from: Int, to: Int, cycle: Long)

  /** Sends each order at its cycle, notes what it gets. */
  private class End(id: Int, map: MachineMap, orders: Seq[Order], got: mutable.Buffer[Got]) extends LogicalProcess {
    private var left = orders.sortBy(o => (o.cycle, o.number))
    override def handle(cycle: Long, sender: Int, message: Message, outbox: Outbox): Unit =
      got += Got(message.asInstanceOf[Carries].number, sender, id, cycle)
    override def run(untilCycle: Long, outbox: Outbox): Unit =
      while (nextOwnCycle < untilCycle) {
        val order = left.head
        left = left.tail
        outbox.send(order.to, order.cycle + map.latencyCycles(id, order.to), new Carries(order.number, order.bytes))
      }
    override def nextOwnCycle: Long = left.headOption.fold(LogicalProcess.NEVER)(_.cycle)
    override def inspect(cycle: Long): Report = new Report {}
    override def foldState(hash: StateHash): Unit = ()
  }

  private case class Hop(from: Int, to: Int, sent: Long, arrives: Long, message: Message)

  private class Traffic(val map: MachineMap, orders: Seq[Order]) {
    val got = mutable.ArrayBuffer.empty[Got]
    val hops = mutable.ArrayBuffer.empty[Hop]
    private val processes: IndexedSeq[LogicalProcess] = (0 until map.size).map { id =>
      if (map.kindOf(id) == MachineMap.Kind.ROUTER) new RouterProcess(id, map)
      else new EgressProcess(new End(id, map, orders.filter(_.from == id), got), id, map)
    }
    private val calendar = mutable.PriorityQueue.empty[(Long, Int, Int, Int, Message)](
      Ordering.by((e: (Long, Int, Int, Int, Message)) => (e._1, e._2, e._3)).reverse)
    private val sequences = new Array[Int](map.size)
    private def outbox(now: Long, id: Int): Outbox = (target, arrival, message) => {
      sequences(id) += 1
      hops += Hop(id, target, now, arrival, message)
      calendar.enqueue((arrival, id, sequences(id), target, message))
    }
    private def own = processes.indices.minBy(id => (processes(id).nextOwnCycle, id))
    while (calendar.nonEmpty || processes(own).nextOwnCycle < LogicalProcess.NEVER) {
      val now = processes(own).nextOwnCycle
      if (calendar.nonEmpty && calendar.head._1 <= now) {
        val (cycle, sender, _, target, message) = calendar.dequeue()
        processes(target).handle(cycle, sender, message, outbox(cycle, target))
      } else processes(own).run(now + 1, outbox(now, own))
    }
  }

  private val cache = new CacheGeometry(2, 1, 32)
  private val flitBytes = 8

  private def machine(random: SplittableRandom): MachineMap = {
    val way = if (random.nextBoolean()) new Ring(random.nextInt(2, 12), random.nextInt(1, 9))
    else new Mesh(random.nextInt(1, 5), random.nextInt(2, 5), random.nextInt(1, 9))
    val cpus = way match { case r: Ring => r.stations; case m: Mesh => m.width * m.height }
    map(way, cpus, random.nextInt(1, 6), random.nextInt(2, 40), random.nextInt(2, 40))
  }

  private def map(way: Interconnect, cpus: Int, slices: Int, home: Int, console: Int) = new MachineMap(new Board(
    "routed", cpus, 1000, true, cache, cache, slices, XLR_PIC, slices, home, 50, 7, console, false, 0, way, flitBytes))

  private def flits(bytes: Int) = 1 + (bytes + flitBytes - 1) / flitBytes

  /** CPUs to anybody, and back. */
  private def pairs(map: MachineMap): Seq[(Int, Int)] =
    for (cpu <- 0 until map.cpuCount; other <- 0 to map.console if other != cpu; pair <- Seq((cpu, other), (other, cpu))) yield pair

  private def randomOrders(map: MachineMap, random: SplittableRandom, count: Int): Seq[Order] = {
    val all = pairs(map)
    val hot = all(random.nextInt(all.size))
    (0 until count).map { number =>
      val (from, to) = if (random.nextInt(3) == 0) hot else all(random.nextInt(all.size))
      Order(number, from, to, random.nextInt(300).toLong, random.nextInt(5) * random.nextInt(12))
    }
  }

  private def randomly(seeds: Range)(body: SplittableRandom => Unit): Unit =
    seeds.foreach(seed => withClue(s"seed $seed: ")(body(new SplittableRandom(seed))))

  "A message through routers" should {
    "take as long as without them, if it meets no other" in randomly(1 to 60) { random =>
      val here = machine(random)
      here.hasRouters shouldBe true
      val orders = pairs(here).zipWithIndex.map { case ((from, to), number) =>
        Order(number, from, to, 100000L * (number + 1), random.nextInt(64))
      }
      val traffic = new Traffic(here, orders)
      traffic.got.map(got => (got.number, got.cycle)).sorted shouldBe
        orders.map(o => (o.number, o.cycle + here.latencyCycles(o.from, o.to) + flits(o.bytes) - 1))
    }
    "come once, to whom it was sent, from whom it says, no sooner than that, and behind what that one sent before" in
      randomly(1 to 150) { random =>
        val here = machine(random)
        val orders = randomOrders(here, random, 200)
        val traffic = new Traffic(here, orders)
        val got = traffic.got.map(g => g.number -> g).toMap
        traffic.got.size shouldBe orders.size
        for (order <- orders) {
          val arrived = got(order.number)
          (arrived.from, arrived.to) shouldBe ((order.from, order.to))
          arrived.cycle should be >= order.cycle + here.latencyCycles(order.from, order.to) + flits(order.bytes) - 1
        }
        for ((_, ofPair) <- orders.groupBy(o => (o.from, o.to))) {
          val cycles = ofPair.sortBy(o => (o.cycle, o.number)).map(o => got(o.number).cycle)
          cycles shouldBe cycles.sorted
        }
      }
    "go over neighbouring routers alone, by as few as can be" in randomly(1 to 150) { random =>
      val here = machine(random)
      val orders = randomOrders(here, random, 200)
      val distances = RandomBoards.hops(here.board.interconnect, here.cpuCount)
      val walked = mutable.Map.empty[Int, Int].withDefaultValue(0)
      for (hop <- new Traffic(here, orders).hops) hop.message match {
        case routed: Routed =>
          val (a, b) = (here.placeOf(hop.from), here.placeOf(hop.to))
          distances(a)(b) should be <= 1
          hop.arrives - hop.sent should be >= here.lookaheadCycles.toLong
          if (a != b) walked(routed.message.asInstanceOf[Carries].number) += 1
        case _ => here.placeOf(hop.from) shouldBe here.placeOf(hop.to)
      }
      for (order <- orders) walked(order.number) shouldBe distances(here.placeOf(order.from))(here.placeOf(order.to))
    }
  }

  "A link between routers" should {
    "carry one flit a cycle, and stand idle only while nothing waits for it" in randomly(1 to 150) { random =>
      val here = machine(random)
      val hopCycles = RandomBoards.hopCycles(here.board.interconnect)
      val traffic = new Traffic(here, randomOrders(here, random, 300))
      val between = traffic.hops.filter(h => Seq(h.from, h.to).forall(here.kindOf(_) == MachineMap.Kind.ROUTER))
      between should not be empty
      for ((_, hops) <- between.groupBy(h => (h.from, h.to))) {
        var free = 0L
        for (hop <- hops) { // in the order in which their first flits came to the router
          val leaves = hop.arrives - hopCycles
          leaves shouldBe math.max(hop.sent, free)
          free = leaves + hop.message.asInstanceOf[Routed].flits
        }
      }
    }
    "make everybody who writes to one corner of a mesh wait for its turn" in {
      val here = map(new Mesh(4, 4, 3), 16, 1, 30, 9)
      val home = here.directorySlice(0) // at place 0
      val orders = (1 until 16).flatMap(cpu => (0 until 10).map(n => Order(10 * cpu + n, cpu, home, 0, 32)))
      val last = new Traffic(here, orders).got.map(_.cycle).max
      // 150 messages of five flits come out of one router
      last should be >= 150L * 5
      last should be < 150L * 5 + 100
    }
  }

  "A crossbar, boards, one place and links as wide as it takes" should {
    "have no routers" in {
      val one = map(new Ring(1, 4), 1, 1, 30, 9)
      (one.hasRouters, one.size) shouldBe ((false, 4))
      map(Interconnect.CROSSBAR, 8, 1, 30, 9).hasRouters shouldBe false
      map(new Interconnect.Numa(2, 4, 100), 8, 2, 30, 9).hasRouters shouldBe false
    }
  }
}
