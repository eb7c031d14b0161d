package stillpoint.actors

import java.util.concurrent.atomic.AtomicInteger
import java.util.Optional

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.ShippedScenarios
import stillpoint.actors.reconcile.Reconciliation
import stillpoint.actors.reconcile.Reconciliation.{Engine, Side}
import stillpoint.kernel.system.{EmulatedMachine, MachineJudge}
import stillpoint.machine.time._

/**
 * Goal: where two placements part is named exactly. Method: a ring of processes in which one, at one known event, sends what no
 * process may know: how often somebody asked in this JVM, or the name of its thread. The report must name that process, that
 * cycle and that event, and nothing of the many that differ afterwards because of it.
 */
@RunWith(classOf[JUnitRunner])
class ReconciliationSpec extends AnyWordSpec with Matchers {
  private case class Token(lap: Int, note: String) extends Message {
    override def fold(hash: StateHash): Unit = { hash.fold(lap.toLong).fold(note); () }
  }
  private case class Count(lap: Int) extends Report

  private val Size = 12
  private val Latency = 10L

  /** Every process has a token of its own on its way round; {@code plant} spoils what process {@code at} sends in one lap. */
  private class Ring(plant: (Int, Int) => String) extends Model {
    def size: Int = Size
    def places: Int = Size
    def placeOf(id: Int): Int = id
    def nameOf(id: Int): String = s"node$id"
    def lookaheadCycles: Long = Latency
    def create(id: Int): LogicalProcess = new LogicalProcess {
      private var started = false
      private var laps = 0
      def nextOwnCycle: Long = if (started) LogicalProcess.NEVER else 5
      def run(untilCycle: Long, outbox: Outbox): Unit = {
        started = true
        outbox.send((id + 1) % Size, 5 + Latency, Token(0, "start"))
      }
      def handle(cycle: Long, sender: Int, message: Message, outbox: Outbox): Unit = message match {
        case Token(lap, note) =>
          laps += 1
          if (lap < 200) outbox.send((id + 1) % Size, cycle + Latency + id % 3, Token(lap + 1, note + plant(id, lap)))
        case other => fail(s"$other")
      }
      def inspect(cycle: Long): Report = Count(laps)
      def foldState(hash: StateHash): Unit = { hash.fold(laps.toLong); () }
    }
  }

  private class EveryHundred extends CutJudge {
    def nextCutAfter(cycle: Long): Long = (cycle / 100 + 1) * 100
    def wantsReports(cut: CutJudge.Cut, blockedSince: Long): Boolean = true
    def judge(cut: CutJudge.Cut, reports: CutReports): CutJudge.Decision = CutJudge.Decision.GO_ON
  }

  private def threads(count: Int): Engine = (model, judge) => Simulation.run(model, judge, RunOptions.onThreads(count))
  private val plain: Engine = (model, judge) => SequentialEngine.run(model, judge)
  private def side(name: String, engine: Engine, plant: (Int, Int) => String) =
    new Side(name, new Ring(plant), new EveryHundred, engine)
  private val honest: (Int, Int) => String = (_, _) => ""

  "What watches a side" should {
    "hand on every question there is, those with an answer of their own too" in {
      for ((watcher, watched) <- Seq(
          "WitnessedModel" -> classOf[Model], "ProcessWitness" -> classOf[LogicalProcess], "LockStepJudge" -> classOf[CutJudge])) {
        val type0 = Class.forName(s"stillpoint.actors.reconcile.$watcher")
        for (method <- watched.getMethods if !java.lang.reflect.Modifier.isStatic(method.getModifiers)) {
          withClue(s"$watcher: $method: ") {
            val classes = Iterator.iterate[Class[_]](type0)(_.getSuperclass).takeWhile(_ != classOf[Object]).toSeq
            classes.exists(_.getDeclaredMethods.exists { own =>
              own.getName == method.getName && own.getParameterTypes.sameElements(method.getParameterTypes)
            }) shouldBe true
          }
        }
      }
    }
  }

  "Two placements of an honest model" should {
    "come to one end, threads against threads and the plain engine against threads" in {
      for ((one, other) <- Seq((threads(1), threads(2)), (threads(3), plain))) {
        val result = Reconciliation.run(side("one", one, honest), side("other", other, honest))
        result.difference shouldBe Optional.empty
        result.one.get.digest shouldBe result.other.get.digest
      }
    }
  }

  "A planted dependence on the placement" should {
    "be named when it is a counter that all of the JVM share" in {
      val asked = new AtomicInteger
      // lap 37 is when node 7 has the token that began at node 6 - 36
      val plant = (id: Int, lap: Int) => if (id == 7 && lap == 37) s"!${asked.incrementAndGet()}" else ""
      val difference = Reconciliation.run(side("1 thread", threads(1), plant), side("2 threads", threads(2), plant)).difference.get
      val cycle = arrivalOfLap(7, 37)
      difference.process shouldBe "node7"
      difference.cycle shouldBe cycle + Latency + 1
      difference.one.get shouldBe s"node7 sends to node8, to arrive at cycle ${cycle + Latency + 1}: Token(38,start!1)"
      difference.other.get shouldBe s"node7 sends to node8, to arrive at cycle ${cycle + Latency + 1}: Token(38,start!2)"
      difference.text("1 thread", "2 threads") should startWith(s"1 thread and 2 threads part at cycle ${cycle + Latency + 1}, at node7:")
    }
    "be named when it is the thread's name, in the plain engine and on actors" in {
      val plant = (id: Int, lap: Int) =>
        if (id == 2 && lap == 90) (if (Thread.currentThread.getName.contains("stillpoint")) "@actors" else "@caller") else ""
      val difference = Reconciliation.run(side("plain", plain, plant), side("2 threads", threads(2), plant)).difference.get
      difference.process shouldBe "node2"
      difference.cycle shouldBe arrivalOfLap(2, 90) + Latency + 2
      difference.one.get should endWith("Token(91,start@caller)")
      difference.other.get should endWith("Token(91,start@actors)")
    }
    "be named when one side alone sends something" in {
      val asked = new AtomicInteger
      val base = new Ring(honest)
      def chatty(own: Int) = new Side(s"side $own", new Model {
        def size: Int = base.size
        def places: Int = base.places
        def placeOf(id: Int): Int = id
        def nameOf(id: Int): String = base.nameOf(id)
        def lookaheadCycles: Long = Latency
        def create(id: Int): LogicalProcess = {
          val process = base.create(id)
          new LogicalProcess {
            def nextOwnCycle: Long = process.nextOwnCycle
            def run(untilCycle: Long, outbox: Outbox): Unit = process.run(untilCycle, outbox)
            def inspect(cycle: Long): Report = process.inspect(cycle)
            def foldState(hash: StateHash): Unit = process.foldState(hash)
            def handle(cycle: Long, sender: Int, message: Message, outbox: Outbox): Unit = {
              if (id == 4 && message.asInstanceOf[Token].lap == 50 && asked.incrementAndGet() == 2) {
                outbox.send(9, cycle + 3 * Latency, Token(999, "extra"))
              }
              process.handle(cycle, sender, message, outbox)
            }
          }
        }
      }, new EveryHundred, threads(own))
      val difference = Reconciliation.run(chatty(1), chatty(2)).difference.get
      difference.process shouldBe "node4"
      difference.cycle shouldBe arrivalOfLap(4, 50) + 3 * Latency
      difference.one shouldBe Optional.empty
      difference.other.get should include("node4 sends to node9")
    }
    "be named as a state when no event shows it" in {
      val asked = new AtomicInteger
      def secretive = new Side("side", new Ring(honest) {
        override def create(id: Int): LogicalProcess = {
          val process = super.create(id)
          val secret = if (id == 5) asked.incrementAndGet() else 0
          new LogicalProcess {
            def nextOwnCycle: Long = process.nextOwnCycle
            def run(untilCycle: Long, outbox: Outbox): Unit = process.run(untilCycle, outbox)
            def inspect(cycle: Long): Report = process.inspect(cycle)
            def foldState(hash: StateHash): Unit = { hash.fold(secret.toLong); process.foldState(hash) }
            def handle(cycle: Long, sender: Int, message: Message, outbox: Outbox): Unit = process.handle(cycle, sender, message, outbox)
          }
        }
      }, new EveryHundred, threads(1))
      val difference = Reconciliation.run(secretive, secretive).difference.get
      difference.process shouldBe "node5"
      difference.one.get should startWith("after equal events, a state")
    }
  }

  "A side that fails" should {
    "be told as what it is, and leave nobody waiting" in {
      val failing = (id: Int, lap: Int) => if (id == 3 && lap == 20) throw new IllegalStateException("planted") else ""
      for ((one, other) <- Seq((failing, honest), (honest, failing))) {
        val broken = the[BrokenInvariant] thrownBy
          Reconciliation.run(side("left", threads(1), one), side("right", plain, other))
        broken.getMessage should include("planted")
        broken.getMessage should startWith(if (one == failing) "on left: " else "on right: ")
      }
    }
  }

  "A shipped scenario" should {
    "come to one end on 1 and 2 threads and in the plain engine" in {
      val setup = ShippedScenarios.setup("ftrace-hang-xls.conf")
      def one(name: String, engine: Engine) = new Side(name, new EmulatedMachine(setup), new MachineJudge(setup), engine)
      for (other <- Seq(threads(2), plain)) {
        val result = Reconciliation.run(one("1 thread", threads(1)), one("other", other))
        result.difference shouldBe Optional.empty
        result.one.get.digest shouldBe SequentialEngine.run(new EmulatedMachine(setup), new MachineJudge(setup)).digest
      }
    }
  }

  /** When process {@code id} takes a token of lap {@code lap}: each hop takes a little longer from some processes. */
  private def arrivalOfLap(id: Int, lap: Int): Long = {
    val hops = (1 to lap).map(back => Math.floorMod(id - back, Size)).map(from => Latency + from % 3).sum
    5 + Latency + hops
  }
}
