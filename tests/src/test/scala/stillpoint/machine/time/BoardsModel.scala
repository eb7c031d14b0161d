package stillpoint.machine.time

/**
 * Boards of players that pass balls: near ones with a delay of {@code near} cycles or more, those of other boards with {@code far}
 * or more. Some balls lie still for long, so that there is silence to be jumped; every player also does things of its own.
 */
case class BoardsModel(boards0: Int, players: Int, near: Long, far: Long, seed: Long, throwsEach: Int, silence: Int) extends Model {
  import BoardsModel._

  override def size: Int = boards0 * players
  override def nameOf(id: Int): String = s"player$id"
  override def lookaheadCycles: Long = near
  override def places: Int = size
  override def placeOf(id: Int): Int = id
  override def boards: Int = boards0
  override def constants: java.util.List[Object] = java.util.List.of(this)
  override def firstPlaceOfBoard(index: Int): Int = index * players
  private def boardOf(id: Int) = id / players

  override def lookaheadBetween(a: PlaceRange, b: PlaceRange): Long = {
    def boardsOf(range: PlaceRange) = (range.from until range.until).map(boardOf).toSet
    if (boardsOf(a).intersect(boardsOf(b)).nonEmpty) near else far
  }

  override def create(id: Int): LogicalProcess = new Player(id)

  /** Named, so that it can go into a snapshot. */
  private class Player(id: Int) extends LogicalProcess {
    private val random = SeededRandom.ofSeed(seed).fork("player").fork(id)
    private var own: Long = random.nextInt(50).toLong
    private var lastOwn = -1L
    private var left = throwsEach
    private var sum = 0L

    private def pass(cycle: Long, hops: Int, outbox: Outbox): Unit = if (left > 0) {
      left -= 1
      val stays = players > 1 && (boards0 == 1 || random.nextInt(4) > 0)
      val board = if (stays) boardOf(id) else (boardOf(id) + 1 + random.nextInt(boards0 - 1)) % boards0
      val target =
        if (stays) board * players + (id % players + 1 + random.nextInt(players - 1)) % players
        else board * players + random.nextInt(players)
      val rest = if (random.nextInt(20) == 0) silence else 1
      outbox.send(target, cycle + (if (stays) near else far) + random.nextInt(rest * near.toInt + 1), Ball(hops + 1, sum))
    }

    override def handle(cycle: Long, sender: Int, message: Message, outbox: Outbox): Unit = message match {
      case Ball(hops, value) =>
        sum = sum * 31 + value + sender
        pass(cycle, hops, outbox)
    }

    /** A stretch of five cycles now and then: windows cut it where they like. */
    override def run(until: Long, outbox: Outbox): Unit = while (own < until) {
      lastOwn = own
      sum += own
      if (own % 5 == 0) pass(own, 0, outbox)
      own = if (left == 0) LogicalProcess.NEVER else if (own % 5 == 4) own + 1 + 5 * near * random.nextInt(8) else own + 1
    }

    override def nextOwnCycle: Long = own
    override def lastOwnCycle: Long = lastOwn
    override def inspect(cycle: Long): Report = Passed(id, left, sum)
    override def foldState(hash: StateHash): Unit = { hash.fold(own).fold(left.toLong).fold(sum); () }
  }
}

object BoardsModel {
  case class Ball(hops: Int, sum: Long) extends Message {
    override def fold(hash: StateHash): Unit = { hash.fold(hops.toLong).fold(sum); () }
  }
  case class Passed(id: Int, left: Int, sum: Long) extends Report

  def random(random: scala.util.Random): BoardsModel = {
    val near = 1 + random.nextInt(20)
    BoardsModel(
      1 + random.nextInt(5), 1 + random.nextInt(6), near.toLong, near.toLong * (1 + random.nextInt(30)), random.nextLong(),
      5 + random.nextInt(40), 1 + random.nextInt(200)) match {
      case alone if alone.size < 2 => alone.copy(players = 2)
      case model => model
    }
  }
}
