package stillpoint.console

import java.nio.file.Path
import scala.collection.mutable
import scala.util.Random

/**
 * Nodes in processes of their own and a process that asks them for runs, which stay from run to run; whoever is lost is replaced
 * before the next one. The eldest node has the coordinator.
 */
class HurtCluster(settings: Seq[String], network: TestNetwork, info: String => Unit) extends AutoCloseable {
  private val Nodes = 4
  private val MostSeconds = 300

  private val processes = new NodeProcesses(settings, network)
  private type Node = processes.Node

  /** By age. */
  private val nodes = mutable.Buffer(processes.founder())
  nodes.head.name

  private lazy val client = {
    val place = network.place()
    val client = processes.start(
      place, "stillpoint.console.RunClientProcess", s"${network.addressOf(place)}:0", nodes.map(_.name).mkString(","), Nodes.toString)
    Iterator.continually(client.line()).find(_ == "ready")
    client
  }

  /** Brings the cluster to its number of nodes. */
  private def refill(): Unit = {
    val joined = Seq.fill(Nodes - nodes.size)(processes.join(nodes))
    joined.foreach(_.name)
    nodes ++= joined

  }

  /**
   * How a run ended.
   *
   * @param ending what whoever asked for it was told
   * @param struck what was done
   * @param epochs attempts that it took
   */
  case class Outcome(ending: String, struck: Seq[Hurt], epochs: Int)

  /** A run on all nodes, which begins when all have a vote, hurt as planned; `reached`: the latest cycle of which there is a checkpoint, whole or not. */
  def run(scenario: String, everyNanos: Long, folder: Path, plan: Seq[Hurt])(reached: => Long): Outcome = {
    refill()
    new Hurting(s"$scenario $everyNanos $folder", () => reached).run(plan)
  }

  /** One run. */
  private class Hurting(wanted: String, reached: () => Long) {
    private var ending = Option.empty[String]
    private var epochs = 0
    private val struck = mutable.Buffer.empty[Hurt]
    private val lost = mutable.Buffer.empty[(Node, Hurt)]

    /** Those paused, with the epoch after which they go on; and those cut off. */
    private val paused = mutable.Buffer.empty[(Node, Int)]
    private val cut = mutable.Buffer.empty[Node]

    def run(plan: Seq[Hurt]): Outcome = {
      client.tell(wanted)
      plan.foreach { hurt =>
        // who is lost must be known to be, or two losses at once could be half of the nodes
        val losses = struck.count(_.act.loses)
        await(epochs > losses && (hurt.moment match {
          case Hurt.AtStart | Hurt.InRecovery => true
          case Hurt.AtCheckpoint(cycle) => reached() >= cycle
        }))
        if (ending.isEmpty) strike(hurt)
      }
      await(false)
      afterwards()
      Outcome(ending.get, struck.toSeq, epochs)
    }

    private def await(what: => Boolean): Unit = {
      val deadline = System.nanoTime + MostSeconds * 1000000000L
      while (ending.isEmpty && !what) {
        if (System.nanoTime > deadline) throw new IllegalStateException(s"$wanted does not end; ${describe()}")
        client.lineIfAny().foreach(heard)
        val goOn = paused.filter(epochs > _._2)
        goOn.foreach(_._1.signal("CONT"))
        paused --= goOn
        if (cut.nonEmpty && !cut.exists(_.isAlive)) {
          network.heal()
          cut.clear()
        }
      }
    }

    private def heard(line: String): Unit =
      if (line.startsWith("said ")) {
        info(line.stripPrefix("said "))
        if (line.startsWith("said node 0, ")) epochs += 1
      } else ending = Some(line)

    private def strike(hurt: Hurt): Unit = {
      val there = nodes.filter(node => node.isAlive && !lost.exists(_._1 == node))
      if (hurt.act.loses && there.size < 3) info(s"$hurt would leave no majority: left out")
      else {
        val victim = there(hurt.victim % there.size)
        // whoever asked may be late, but must stay: it is what the run is for
        val late = if (hurt.victim % 4 == 3) client else victim
        info(s"$hurt: ${if (!hurt.act.loses && late == client) "who asked" else victim.name}")
        hurt.act match {
          case Hurt.Kill => victim.signal("KILL")
          case Hurt.LongPause =>
            victim.signal("STOP")
            paused += ((victim, epochs))
          case Hurt.ShortPause(millis) =>
            late.signal("STOP")
            Thread.sleep(millis)
            late.signal("CONT")
          case Hurt.LongCut =>
            cutOff(Seq(victim))
          case Hurt.Split =>
            // of two halves the one with the lowest address goes on
            val halves = new Random(hurt.victim).shuffle(there.sortBy(_.name).tail).take(there.size / 2)
            cutOff(halves.toSeq)
            lost ++= halves.map((_, hurt))
          case Hurt.ShortCut(millis) =>
            network.cutOff(Set(late.place))
            Thread.sleep(millis)
            network.heal()
            if (cut.nonEmpty) network.cutOff(cut.map(_.place).toSet)
        }
        struck += hurt
        if (hurt.act.loses && hurt.act != Hurt.Split) lost += ((victim, hurt))
      }
    }

    private def cutOff(some: Seq[Node]): Unit = {
      network.cutOff(some.map(_.place).toSet)
      cut ++= some
    }

    /** Whoever was given up has ended itself, even if the run was over before anybody missed it. */
    private def afterwards(): Unit = {
      paused.foreach(_._1.signal("CONT"))
      for ((node, hurt) <- lost) hurt.act match {
        case Hurt.Kill => node.exit()
        case Hurt.LongPause if paused.exists(_._1 == node) => // the run ended without it being missed
          node.signal("KILL")
          node.exit()
        case _ => if (node.exit() != 3) throw new IllegalStateException(s"${node.name} was given up and ended with ${node.exit()}")
      }
      network.heal()
      nodes --= lost.map(_._1)
      val gone = nodes.filterNot(_.isAlive)
      gone.foreach { node =>
        if (node.exit() != 3) throw new IllegalStateException(s"${node.name} ended by itself with ${node.exit()}")
        info(s"${node.name} was taken for dead: this host is too busy")
      }
      nodes --= gone
    }

    private def describe() = s"$epochs epochs, struck $struck, going ${nodes.count(_.isAlive)} of ${nodes.size} nodes"
  }

  override def close(): Unit = processes.close()
}
