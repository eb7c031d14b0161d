package stillpoint.machine.interconnect

import java.util.SplittableRandom
import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.machine.board.{Board, Interconnect}
import stillpoint.machine.board.Board.InterruptControllerKind.XLR_PIC
import stillpoint.machine.board.Interconnect.{Mesh, Numa, Ring}
import stillpoint.machine.interconnect.MachineMap.Kind
import stillpoint.machine.l1.CacheGeometry
import stillpoint.machine.time.{CrossingLookahead, PlaceRange, Placement}

/**
 * Ways are compared with walks over the links themselves, lookaheads with the smallest of all latencies, on random
 * machines of every topology.
 */
@RunWith(classOf[JUnitRunner])
class InterconnectSpec extends AnyWordSpec with Matchers {
  private def randomly(seeds: Range)(body: SplittableRandom => Unit): Unit =
    seeds.foreach(seed => withClue(s"seed $seed: ")(body(new SplittableRandom(seed))))

  "The way between two places" should {
    "be as many hops as a walk over the links, and no longer than the longest" in randomly(1 to 200) { random =>
      val (cpus, way) = RandomBoards.interconnect(random)
      val hops = RandomBoards.hops(way, cpus)
      for (a <- 0 until cpus; b <- 0 until cpus)
        way.wayCycles(a, b) shouldBe hops(a)(b) * RandomBoards.hopCycles(way)
      way.mostWayCycles shouldBe hops.flatten.max * RandomBoards.hopCycles(way)
    }
    "be the shortest of all to a range of places" in randomly(1 to 200) { random =>
      val (cpus, way) = RandomBoards.interconnect(random)
      for (from <- 0 until cpus; until <- from + 1 to cpus; place <- 0 until cpus)
        way.nearestCycles(place, from, until) shouldBe (from until until).map(way.wayCycles(place, _)).min
    }
    "take 3 hops across a ring of 8, 2 + 3 in a mesh, and one leap between boards" in {
      new Ring(8, 5).wayCycles(1, 6) shouldBe 15
      new Mesh(4, 4, 2).wayCycles(1, 15) shouldBe 10
      new Numa(4, 16, 5000).wayCycles(15, 16) shouldBe 5000
      new Numa(4, 16, 5000).wayCycles(16, 31) shouldBe 0
    }
  }

  "An interconnect" should {
    "be refused when it does not fit its CPUs, costs nothing, or is too long for any latency" in {
      def fits(way: Interconnect, cpus: Int) =
        try { way.requireFits(cpus); true } catch { case _: IllegalArgumentException => false }
      (fits(new Ring(8, 1), 8), fits(new Ring(8, 1), 9)) shouldBe ((true, false))
      (fits(new Mesh(2, 3, 1), 6), fits(new Mesh(2, 3, 1), 5)) shouldBe ((true, false))
      Seq(8, 9, 12, 13).map(fits(new Numa(3, 4, 1), _)) shouldBe Seq(false, true, true, false)
      intercept[IllegalArgumentException](new Ring(8, 0))
      intercept[IllegalArgumentException](new Mesh(0, 3, 1))
      intercept[IllegalArgumentException](new Numa(2, 2, 0))
      intercept[IllegalArgumentException](new Ring(1000000, 1000000)).getMessage should include("500000000000 cycles")
    }
  }

  "The map of a machine of any topology" should {
    "add the way to the port, for every pair, the same both ways" in randomly(1 to 200) { random =>
      val map = new MachineMap(RandomBoards.board(random))
      val b = map.board
      val hops = RandomBoards.hops(b.interconnect, map.cpuCount)
      for (cpu <- 0 until map.cpuCount; other <- 0 until map.size if other != cpu) {
        val port = map.kindOf(other) match {
          case Kind.CPU | Kind.DIRECTORY_SLICE => b.cpuToHomeCycles
          case Kind.INTERRUPT_SLICE => b.cpuToControllerCycles
          case _                    => b.cpuToConsoleCycles
        }
        val latency = port + hops(cpu)(map.placeOf(other)) * RandomBoards.hopCycles(b.interconnect)
        map.latencyCycles(cpu, other) shouldBe latency
        map.latencyCycles(other, cpu) shouldBe latency
        latency should be >= map.lookaheadCycles
      }
    }
    "have on each board its own share of slices, and interrupts of a CPU on the CPU's board" in randomly(1 to 200) { random =>
      val map = new MachineMap(RandomBoards.board(random))
      val starts = (0 to map.boards).map(map.firstCpuOfBoard)
      starts.head shouldBe 0
      starts.last shouldBe map.cpuCount
      def boardOf(id: Int) = starts.lastIndexWhere(_ <= map.placeOf(id))
      for (kind <- Seq(Kind.INTERRUPT_SLICE, Kind.DIRECTORY_SLICE)) {
        val boards = (0 until map.size).filter(map.kindOf(_) == kind).map(boardOf)
        boards shouldBe boards.sorted
        boards.groupBy(identity).values.map(_.size).toSet.size shouldBe 1
        boards.toSet.size shouldBe map.boards
      }
      (0 until map.cpuCount).foreach { cpu =>
        boardOf(map.interruptSliceOf(cpu)) shouldBe boardOf(cpu)
        val index = map.interruptSliceOf(cpu) - map.interruptSlice(0)
        (map.firstCpuOfInterruptSlice(index) until map.firstCpuOfInterruptSlice(index + 1)) should contain(cpu)
      }
    }
    "keep memory that a CPU owns on its board, in turn on each slice, and all other on board 0" in randomly(1 to 100) { random =>
      val board = RandomBoards.board(random)
      val owned = new OwnedMemory(0x10000, 96, board.cpuCount)
      val map = new MachineMap(board, java.util.List.of(owned))
      def boardOf(id: Int) = (0 to map.boards).lastIndexWhere(map.firstCpuOfBoard(_) <= map.placeOf(id))
      for (cpu <- 0 until board.cpuCount) {
        val homes = (0 until 3).map(line => map.homeOf(0x10000 + 96 * cpu + 32 * line + 31))
        homes.map(boardOf).distinct shouldBe Seq(if (map.boards == 1) boardOf(homes.head) else boardOf(cpu)).distinct
        homes.distinct.size shouldBe math.min(3, map.directorySlicesPerBoard)
      }
      for (line <- Seq(0L, 0xffe0L, 0x10000L + 96 * board.cpuCount)) {
        map.homeOf(line) should be < map.directorySlice(map.directorySlicesPerBoard)
      }
    }
  }

  "The lookahead between pieces of a placement" should {
    "be the smallest latency of all links that join them" in randomly(1 to 300) { random =>
      val map = new MachineMap(RandomBoards.board(random))
      val model = RandomBoards.model(map)
      val placement = Placement.of(model, random.nextInt(1, 7))
      val crossing = CrossingLookahead.of(model, placement)
      val links =
        for ((one, other) <- RandomBoards.links(map))
          yield (Set(placement.shardOf(one), placement.shardOf(other)), map.latencyCycles(one, other).toLong)
      for (a <- 0 until placement.shards; b <- a + 1 until placement.shards) {
        val brute = links.collect { case (ends, cycles) if ends == Set(a, b) => cycles }.minOption.getOrElse(Long.MaxValue)
        crossing.between(a, b) shouldBe brute
        crossing.between(b, a) shouldBe brute
      }
      crossing.smallest shouldBe links.collect { case (ends, cycles) if ends.size == 2 => cycles }.minOption.getOrElse(Long.MaxValue)
    }
    "be the leap between boards where they stay whole, and a board's own where one is cut" in {
      val cache = new CacheGeometry(2, 1, 32)
      val map = new MachineMap(new Board(
        "big", 100000, 1000, true, cache, cache, 256, XLR_PIC, 64, 30, 100, 40, 1000, false, 0,
        new Numa(4, 25000, 5000), 0))
      val boards = (0 until map.boards).map(b => new PlaceRange(map.firstCpuOfBoard(b), map.firstCpuOfBoard(b + 1)))
      for (a <- boards; b <- boards)
        map.smallestLatencyBetween(a, b) shouldBe (if (a == b) 30 else 5030)
      map.smallestLatencyBetween(new PlaceRange(0, 25000), new PlaceRange(25000, 100000)) shouldBe 5030
      map.smallestLatencyBetween(new PlaceRange(0, 24999), new PlaceRange(24999, 100000)) shouldBe 30
      map.smallestLatencyBetween(new PlaceRange(0, 0), new PlaceRange(0, 100000)) shouldBe Long.MaxValue
    }
  }
}
