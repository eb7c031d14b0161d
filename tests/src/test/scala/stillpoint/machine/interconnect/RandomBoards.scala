package stillpoint.machine.interconnect

import java.util.SplittableRandom
import stillpoint.machine.board.Board.InterruptControllerKind.XLR_PIC
import stillpoint.machine.board.{Board, Interconnect}
import stillpoint.machine.board.Interconnect.{Crossbar, Mesh, Numa, Ring}
import stillpoint.machine.l1.CacheGeometry
import stillpoint.machine.time.{LogicalProcess, Model, PlaceRange}

/** Small machines of every topology, with slices that need not fit the CPUs. */
object RandomBoards {
  private val cache = new CacheGeometry(2, 1, 32)

  def interconnect(random: SplittableRandom): (Int, Interconnect) = random.nextInt(4) match {
    case 0 => (random.nextInt(1, 20), Interconnect.CROSSBAR)
    case 1 =>
      val cpus = random.nextInt(1, 20)
      (cpus, new Ring(cpus, random.nextInt(1, 9)))
    case 2 =>
      val (width, height) = (random.nextInt(1, 6), random.nextInt(1, 6))
      (width * height, new Mesh(width, height, random.nextInt(1, 9)))
    case _ =>
      val (boards, perBoard) = (random.nextInt(1, 6), random.nextInt(1, 6))
      (boards * perBoard - random.nextInt(perBoard), new Numa(boards, perBoard, random.nextInt(1, 3000)))
  }

  def board(random: SplittableRandom): Board = {
    val (cpus, way) = interconnect(random)
    def slices() = way.boards * random.nextInt(1, 6)
    new Board(
      "random", cpus, 1000, true, cache, cache, slices(), XLR_PIC, slices(), random.nextInt(1, 50), 50,
      random.nextInt(1, 50), random.nextInt(1, 2000), false, 0, way, 0)
  }

  /** What a {@code Placement} needs of a machine. */
  def model(map: MachineMap): Model = new Model {
    override def size: Int = map.size
    override def create(id: Int): LogicalProcess = throw new UnsupportedOperationException
    override def nameOf(id: Int): String = map.nameOf(id)
    override def lookaheadCycles: Long = map.lookaheadCycles
    override def places: Int = map.cpuCount
    override def placeOf(id: Int): Int = map.placeOf(id)
    override def lookaheadBetween(a: PlaceRange, b: PlaceRange): Long = map.smallestLatencyBetween(a, b)
  }

  /** Hops between any two places, found by walking the links from neighbour to neighbour. */
  def hops(way: Interconnect, cpus: Int): Seq[Seq[Int]] = {
    def neighbours(place: Int): Seq[Int] = way match {
      case _: Crossbar => Nil
      case ring: Ring  => Seq((place + 1) % ring.stations, (place + ring.stations - 1) % ring.stations)
      case mesh: Mesh =>
        val (x, y) = (place % mesh.width, place / mesh.width)
        for ((dx, dy) <- Seq((1, 0), (-1, 0), (0, 1), (0, -1))
            if 0 <= x + dx && x + dx < mesh.width && 0 <= y + dy && y + dy < mesh.height)
          yield (y + dy) * mesh.width + x + dx
      case numa: Numa => (0 until cpus).filter(_ / numa.cpusPerBoard != place / numa.cpusPerBoard)
    }
    (0 until cpus).map { from =>
      val hops = Array.fill(cpus)(0)
      var (front, reached, count) = (Seq(from), Set(from), 0)
      while (front.nonEmpty) {
        front.foreach(hops(_) = count)
        count += 1
        front = front.flatMap(neighbours).distinct.filterNot(reached)
        reached ++= front
      }
      way match { // everybody of one's own board is at hand
        case numa: Numa => hops.indices.map(to => if (to / numa.cpusPerBoard == from / numa.cpusPerBoard) 0 else 1)
        case _          => hops.toSeq
      }
    }
  }

  /** Who talks to whom: CPUs with everybody, the console with directory slices. */
  def links(map: MachineMap): Seq[(Int, Int)] =
    (for (cpu <- 0 until map.cpuCount; other <- cpu + 1 until map.size) yield (cpu, other)) ++
      (0 until map.board.directorySlices).map(slice => (map.console, map.directorySlice(slice)))

  def hopCycles(way: Interconnect): Int = way match {
    case _: Crossbar => 0
    case ring: Ring  => ring.hopCycles
    case mesh: Mesh  => mesh.hopCycles
    case numa: Numa  => numa.crossBoardCycles
  }
}
