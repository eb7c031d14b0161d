package stillpoint.actors.cluster

import akka.actor.typed.{ActorRef, ActorSystem, Behavior, Props}
import akka.actor.typed.javadsl.Behaviors
import com.typesafe.config.ConfigFactory
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit.SECONDS
import java.util.concurrent.atomic.AtomicInteger
import org.junit.runner.RunWith
import org.scalatest.BeforeAndAfterAll
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import scala.reflect.ClassTag
import stillpoint.actors.cluster.ControlProtocol.{Abandon, Announce, Connect, Prepare, Prepared, Stage, Started, Submit}

/**
 * Goal: no word that is lost between coordinator and nodes leaves a run waiting for ever. Method: the real coordinator, with nodes and
 * whoever wants the run played here; what they would not have heard they announce, and must be told again.
 */
@RunWith(classOf[JUnitRunner])
class RunCoordinatorSpec extends AnyWordSpec with Matchers with BeforeAndAfterAll {
  private val system = {
    val base = ConfigFactory.load()
    ActorSystem.create(Behaviors.empty[String], "coordinator-spec", base.getConfig("stillpoint.overlay").withFallback(base).resolve())
  }
  private val names = new AtomicInteger

  override def afterAll(): Unit = system.terminate()

  private def spawn[T](behavior: Behavior[T]): ActorRef[T] = system.systemActorOf(behavior, s"a${names.incrementAndGet()}", Props.empty)

  /** Plays somebody: keeps what it is told. */
  private class Heard[T <: AnyRef] {
    private val words = new LinkedBlockingQueue[T]
    /** Once true, it ends at the next word. */
    @volatile var ends = false
    val ref: ActorRef[T] =
      spawn(Behaviors.receiveMessage[T] { word => words.put(word); if (ends) Behaviors.stopped[T] else Behaviors.same[T] })
    /** The next word of a kind; others are passed over. The time bounds a failure only. */
    def next[W <: T](implicit kind: ClassTag[W]): W = {
      val word = words.poll(60, SECONDS)
      withClue(s"${kind.runtimeClass.getSimpleName} is awaited: ")(word should not be null)
      word match {
        case kind(right) => right
        case _ => next[W]
      }
    }
    def silent: Boolean = words.isEmpty
  }

  private class Node(name: String, coordinator: ActorRef[ControlProtocol.CoordinatorCommand]) extends Heard[ControlProtocol.AgentCommand] {
    def announce(epoch: Long, attempt: Long, stage: Stage): Unit =
      coordinator.tell(new Announce(ref, name, 8, 2, epoch, attempt, stage))
    def prepared(what: Prepare): Unit =
      coordinator.tell(new Prepared(what.epoch, what.node, new Heard[ClusterGateway.Command].ref, BatchSockets.Endpoint.NONE, -1))
  }

  private class Run {
    val coordinator = spawn(RunCoordinator.create())
    val nodeA = new Node("a:1", coordinator)
    val nodeB = new Node("b:1", coordinator)
    val client = new Heard[ControlProtocol.ClientCommand]
    def begin(places: Int): Unit = {
      nodeA.announce(0, 0, Stage.IDLE)
      nodeB.announce(0, 0, Stage.IDLE)
      coordinator.tell(new Submit("run", 2, 1, 60000, places, true, false, new Heard[BulkProtocol.Fetch].ref, client.ref))
    }
    def begin(): (Prepare, Prepare) = {
      begin(8)
      (nodeA.next[Prepare], nodeB.next[Prepare])
    }
  }

  "The coordinator" should {
    "begin a run that the nodes' capacities are just enough for, and refuse a larger machine" in {
      val enough = new Run
      enough.begin(16)
      enough.nodeA.next[Prepare].parts.size shouldBe 2
      val larger = new Run
      larger.begin(17)
      larger.client.next[ControlProtocol.RunLost].text should include("2 nodes carry 16 CPUs at most, and the machine has 17")
    }
    "say again what a node that announces itself has not heard, and nothing else" in {
      val run = new Run
      import run._
      val (toA, toB) = begin()
      (toA.epoch, toA.node, toB.node) shouldBe ((1, 0, 1))
      nodeB.announce(0, 0, Stage.IDLE)
      nodeB.next[Prepare] shouldBe toB
      nodeA.announce(1, toA.attempt, Stage.PREPARING)
      nodeA.prepared(toA)
      nodeA.prepared(toA)
      nodeB.prepared(toB)
      nodeA.next[Connect].epoch shouldBe 1
      nodeB.next[Connect].epoch shouldBe 1
      nodeB.announce(1, toB.attempt, Stage.PREPARED)
      nodeB.next[Connect].epoch shouldBe 1
      nodeA.announce(1, toA.attempt, Stage.CONNECTED)
      nodeB.announce(1, toB.attempt, Stage.CONNECTED)
      // whatever else had been said would be there before the answer to this
      coordinator.tell(new ControlProtocol.Cancel("run"))
      nodeA.next[ControlProtocol.AgentCommand] shouldBe new Abandon(1)
      nodeB.next[ControlProtocol.AgentCommand] shouldBe new Abandon(1)
    }
    "begin above an epoch that a node has from somebody else, be it higher or the same" in {
      for ((epoch, next) <- Seq((5L, 6L), (1L, 2L))) {
        val run = new Run
        import run._
        val (toA, _) = begin()
        nodeA.announce(epoch, toA.attempt + 1, Stage.PREPARED)
        val (again, other) = (nodeA.next[Prepare], nodeB.next[Prepare])
        (again.epoch, other.epoch) shouldBe ((next, next))
        again.attempt should not be toA.attempt
      }
    }
    "give up a node whose name comes back as another process" in {
      val run = new Run
      import run._
      val (toA, toB) = begin()
      val reborn = new Node("b:1", coordinator)
      reborn.announce(0, 0, Stage.IDLE)
      nodeA.next[Abandon].epoch shouldBe toA.epoch
      val alone = nodeA.next[Prepare]
      (alone.parts.size, alone.again) shouldBe ((1, true))
      nodeA.prepared(alone)
      nodeA.next[Connect].epoch shouldBe 2
      nodeB.next[Abandon].epoch shouldBe toB.epoch
    }
    "end what a node still does of an attempt that nobody wants" in {
      val run = new Run
      import run._
      nodeA.announce(9, 77, Stage.CONNECTED)
      nodeA.next[ControlProtocol.AgentCommand] shouldBe new Abandon(9)
    }
    "give up when nodes find different snapshots again and again" in {
      val run = new Run
      import run._
      var (toA, toB) = begin()
      var epochs = 0
      def refused = { val word = client.next[ControlProtocol.ClientCommand]; word match { case r: ControlProtocol.RunRefused => Some(r.text); case _: Started => None; case _ => None } }
      var text = Option.empty[String]
      while (text.isEmpty) {
        coordinator.tell(new Prepared(toA.epoch, 0, new Heard[ClusterGateway.Command].ref, BatchSockets.Endpoint.NONE, 100))
        coordinator.tell(new Prepared(toB.epoch, 1, new Heard[ClusterGateway.Command].ref, BatchSockets.Endpoint.NONE, 200))
        epochs += 1
        epochs should be < 100
        text = refused
        if (epochs < 20) {
          toA = nodeA.next[Prepare]
          toB = nodeB.next[Prepare]
        } else while (text.isEmpty) text = refused
      }
      text.get should include("must be one folder for all nodes")
      epochs shouldBe 20
    }
  }

  "An exploration" should {
    def explore(run: Run, name: String, nodes: Int, places: Int = 8, wait: Long = 60000): Heard[ExploreProtocol.ClientCommand] = {
      val client = new Heard[ExploreProtocol.ClientCommand]
      run.coordinator.tell(new ExploreProtocol.Explore(name, nodes, wait, places, false, client.ref))
      client
    }
    def names(crew: ExploreProtocol.Crew) = crew.members.stream.map[String](_.name).toList

    "be given its nodes when they are there, and have them for itself until it is over" in {
      val run = new Run
      import run._
      nodeA.announce(0, 0, Stage.IDLE)
      val first = explore(run, "x", 2)
      explore(run, "y", 1).next[ExploreProtocol.Lost].text should include("busy with an exploration")
      first.silent shouldBe true
      nodeB.announce(0, 0, Stage.IDLE)
      names(first.next[ExploreProtocol.Crew]) shouldBe java.util.List.of("a:1", "b:1")
      begin(8)
      client.next[ControlProtocol.RunLost].text should include("busy with an exploration")
      coordinator.tell(new ControlProtocol.Cancel("x"))
      begin()
      explore(run, "z", 1).next[ExploreProtocol.Lost].text should include("busy with a run")
    }
    "leave the nodes free when whoever asked is gone" in {
      val run = new Run
      import run._
      nodeA.announce(0, 0, Stage.IDLE)
      val first = explore(run, "x", 1)
      first.next[ExploreProtocol.Crew]
      first.ends = true
      // it ends at the next word, and that is heard of a moment later
      var next = explore(run, "y", 1).next[ExploreProtocol.ClientCommand]
      while (!next.isInstanceOf[ExploreProtocol.Crew]) {
        Thread.sleep(20)
        next = explore(run, "y", 1).next[ExploreProtocol.ClientCommand]
      }
    }
    "be told in time that nodes are missing, or too small for a machine that each carries whole" in {
      val run = new Run
      import run._
      explore(run, "x", 1, wait = 1).next[ExploreProtocol.Lost].text shouldBe "gave up: 0 of 1 nodes are there"
      nodeA.announce(0, 0, Stage.IDLE)
      explore(run, "y", 1, places = 9, wait = 1).next[ExploreProtocol.Lost].text should include(
        "0 of 1 nodes are there, and 1 too small: a run has 9 CPUs, all on one node; start some with a larger --capacity")
    }
  }

  "Threads of a node" should {
    "be as many as wanted, but no more than there can be" in {
      val ways = Seq((0, 3) -> 1, (1, 1) -> 1, (2, 3) -> 2, (100, 1) -> 64, (64, 64) -> 2, (3, 50) -> 2, (256, 128) -> 1)
      for (((wanted, nodes), threads) <- ways) withClue(s"$wanted on $nodes: ")(Attempt.threads(wanted, nodes) shouldBe threads)
    }
  }
}
