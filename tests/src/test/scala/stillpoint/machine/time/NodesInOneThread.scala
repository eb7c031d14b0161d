package stillpoint.machine.time

import scala.annotation.tailrec
import scala.collection.mutable
import scala.util.Random

/**
 * Runs a model on several nodes of several shards each, all of them here: a seed chooses who does the next step and whose batch
 * arrives next. Batches of one node for another arrive in order, as through any link that keeps its promises. Snapshots are taken
 * as `schedule` says, and the run begins at one if there is one to go on `from`.
 */
class NodesInOneThread(
    model: Model,
    offered: Seq[Placement.Node],
    overlap: Boolean,
    judges: () => CutJudge,
    seed: Long,
    schedule: SnapshotSchedule = SnapshotSchedule.NONE,
    snapshots: Snapshots = null,
    from: Option[RestorePoint] = None) {
  private val random = new Random(seed)
  private val nodes = {
    import scala.jdk.CollectionConverters._
    Placement.of(model, offered.asJava)
  }
  private def newJudge() = {
    val judge = judges()
    from.foreach(point => snapshots.load(point.judge, judge))
    judge
  }
  private val judge = newJudge()
  private val underWay = mutable.Map.empty[(Int, Int), mutable.Queue[NodeBatch]]
  private var outcome: Option[RunOutcome] = None
  private val reports = new CutReports(model.size)
  private val stopped = mutable.Map.empty[Int, NodeRule.AtCut]
  var rounds = 0L
  var taken = Vector.empty[MachineSnapshot]

  private class OneNode(node: Int) {
    val shards: Seq[Shard] = (0 until nodes.shardsOf(node)).map(i => shard(nodes.firstShardOf(node) + i))
    val judge: CutJudge = newJudge()
    val exchange = {
      val rule = new NodeRule(nodes.nodes, math.max(1, nodes.crossingCycles), overlap, judge, schedule)
      from.foreach(point => rule.resume(point.at))
      new NodeExchange(nodes, node, rule)
    }
    private var waiting = false

    private def shard(number: Int): Shard = {
      val shard = new Shard(model, nodes, number)
      from.foreach { point =>
        for (index <- 0 until shard.size) shard.load(index, snapshots, point.process(nodes.idOf(number, index)))
        shard.resume(point.at)
      }
      shard
    }

    private def through(shard: Shard, window: WindowRule.Open): Unit = {
      val active = shard.open(window)
      for (i <- random.shuffle((0 until active).toList)) {
        val index = shard.active(i)
        shard.advance(index, window.untilCycle, shard.takeInbox(index))
      }
      shard.close()
    }

    @tailrec private def toHorizon(shard: Shard): Unit = Option(shard.further()) match {
      case Some(window) =>
        through(shard, window)
        toHorizon(shard)
      case None =>
    }

    /** Runs to the edge and sends what is due. */
    def runOn(): Unit = {
      var atEdge = false
      while (!atEdge) {
        for (shard <- random.shuffle(shards)) toHorizon(shard)
        shards.foreach(_.promise())
        for (from <- shards; to <- shards if from != to) to.receive(from.batchFor(to.number))
        val steps = shards.map(_.rule.next())
        steps.distinct should1 "all shards decide alike"
        steps.head match {
          case window: WindowRule.Open => shards.foreach(through(_, window))
          case edge: WindowRule.AtEdge =>
            atEdge = true
            for (shard <- shards) {
              val remote = Array.tabulate(nodes.nodes)(shard.takeRemote)
              exchange.atEdge(edge.node, remote, shard.takeEarliestRemote())
            }
        }
      }
      exchange.batches().forEach { batch =>
        underWay.getOrElseUpdate((batch.from, batch.to), mutable.Queue.empty).enqueue(batch)
      }
      waiting = true
    }

    def canStep: Boolean = waiting && exchange.ready()

    def step(): Unit = exchange.next() match {
      case run: NodeRule.Run => go(run)
      case cut: NodeRule.AtCut =>
        waiting = false
        deliver()
        stopped(node) = cut
    }

    private def deliver(): Unit = shards.zipWithIndex.foreach { case (shard, i) => shard.deliverAll(exchange.takeInbox(i)) }

    def progress: CutProgress = exchange.rule.cutProgress(shards.map(_.rule.openedCount).max)

    def go(run: NodeRule.Run): Unit = {
      rounds = math.max(rounds, run.round)
      deliver()
      shards.foreach(_.rule.extend(run.untilCycle))
      runOn()
    }
  }

  private implicit class Alike[A](all: Seq[A]) {
    def should1(what: String): Unit = if (all.size != 1) throw new BrokenInvariant(s"$what: $all")
  }

  private val all = (0 until nodes.nodes).map(new OneNode(_))

  def run(): RunOutcome = {
    all.foreach(_.runOn())
    while (outcome.isEmpty) {
      val steps = all.filter(_.canStep).map(node => () => node.step())
      val arrivals = underWay.toSeq.sortBy(_._1).filter(_._2.nonEmpty).map { case ((_, to), queue) =>
        () => all(to).exchange.receive(queue.dequeue())
      }
      val choices = steps ++ arrivals
      if (stopped.size == nodes.nodes) judgeCut() else choices(random.nextInt(choices.size))()
    }
    outcome.get
  }

  private def judgeCut(): Unit = {
    val cut = stopped.head._2
    if (stopped.values.toSet.size != 1) throw new BrokenInvariant(s"nodes came to different cuts: $stopped")
    stopped.clear()
    val runners = (for (node <- all; shard <- node.shards; index <- 0 until shard.size) yield shard.runner(index)).sortBy(_.id)
    val decision = if (cut.judged) judged(cut, runners) else CutJudge.Decision.GO_ON
    if (cut.last || decision == CutJudge.Decision.STOP) {
      val digest = new RunDigest
      runners.foreach(r => digest.add(r.id, r.eventHash, r.stateHash))
      outcome = Some(new RunOutcome(
        digest.print, reports.all, cut.cut.cycle, cut.cut.lastEventCycle, runners.map(_.handledCount).sum, 0, 0, RemoteTraffic.NONE, cut.cut.quiescent))
    } else {
      if (cut.judged) all.foreach(_.judge.follow(judge.posture))
      if (cut.snapshot) save(cut.cut.cycle)
      all.foreach(node => node.go(node.exchange.goOn()))
    }
  }

  private def judged(cut: NodeRule.AtCut, runners: Seq[ProcessRunner]): CutJudge.Decision = {
    val changed = all.flatMap(_.shards.flatMap(_.takeChanged())).sorted.toArray
    changed.foreach(id => reports.set(id, runners(id).inspect(cut.cut.cycle)))
    reports.changed(changed)
    judge.judge(cut.cut, reports)
  }

  private def save(cycle: Long): Unit = {
    import scala.jdk.CollectionConverters._
    val cuts = all.map(_.progress)
    cuts.map(at => (at.cycle, at.nextCutCycle)).distinct should1 "all nodes take the same cut"
    val states = for (node <- all; shard <- node.shards; index <- 0 until shard.size)
      yield (shard.runner(index).id, shard.save(index, snapshots, cycle))
    taken :+= new MachineSnapshot(cuts.head, snapshots.save(judge), states.sortBy(_._1).map(_._2).asJava)
  }
}
