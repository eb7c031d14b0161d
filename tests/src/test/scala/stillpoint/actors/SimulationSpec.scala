package stillpoint.actors

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

import java.util.{List => JavaList}
import org.scalatest.concurrent.TimeLimits
import org.scalatest.time.SpanSugar._
import scala.jdk.CollectionConverters._
import stillpoint.actors.RunOptions.DispatcherChoice
import stillpoint.machine.time.CutJudge.{Cut, Decision}
import stillpoint.machine.time.phold.Phold
import stillpoint.machine.time._

@RunWith(classOf[JUnitRunner])
class SimulationSpec extends AnyWordSpec with Matchers with TimeLimits {
  private val ways = for (threads <- 1 to 4; dispatcher <- DispatcherChoice.values) yield new RunOptions(threads, dispatcher)

  /** A ring of processes that pass one token; one of them misbehaves as {@code trouble} says. */
  private class Ring(troubled: Int, trouble: String) extends Model {
    private object Token extends Message { override def fold(hash: StateHash): Unit = hash.fold(1L): Unit }
    private object Fine extends Report
    override def size = 8
    override def nameOf(id: Int): String = "ring" + id
    override def lookaheadCycles = 10
    override def places = 8
    override def placeOf(id: Int): Int = id
    override def create(id: Int): LogicalProcess = new LogicalProcess {
      private var next = if (id == 0) 3L else LogicalProcess.NEVER
      private def act(what: String): Unit = if (id == troubled && trouble == what) throw new IllegalStateException("trouble in " + what)
      act("create")
      override def handle(cycle: Long, sender: Int, message: Message, outbox: Outbox): Unit = {
        act("handle")
        if (id == troubled && trouble == "overflow") deep(1)
        outbox.send((id + 1) % 8, cycle + (if (id == troubled && trouble == "soon") 9 else 10), Token)
      }
      private def deep(n: Int): Int = 1 + deep(n + 1)
      override def run(untilCycle: Long, outbox: Outbox): Unit = {
        act("run")
        next = LogicalProcess.NEVER
        outbox.send(1, 13, Token)
      }
      override def nextOwnCycle: Long = next
      override def inspect(cycle: Long): Report = { act("inspect"); if (id == troubled && trouble == "null") null else Fine }
      override def foldState(hash: StateHash): Unit = act("fold")
    }
  }

  private def failureOf(model: Model, judge: CutJudge, options: RunOptions): BrokenInvariant =
    failAfter(20.seconds)(the[BrokenInvariant] thrownBy Simulation.run(model, judge, options))

  "A simulation" should {
    "give the sequential engine's outcome on 1 to 4 threads, on either dispatcher" in {
      for ((size, lookahead, seed, limit) <- Seq((2, 1L, 1L, 100L), (3, 5L, 2L, 500L), (40, 64L, 3L, 5000L), (600, 100L, 4L, 3000L))) {
        val model = Phold.endless(size, lookahead, seed)
        val expected = SequentialEngine.run(model, Judges.patient(limit))
        expected.events should be > 0L
        for (way <- ways) withClue(s"$size processes, $way: ")(Simulation.run(model, Judges.patient(limit), way) shouldBe expected)
      }
    }
    "give it on boards that are far apart too, where threads open windows of their own" in {
      def facts(o: RunOutcome) = (o.digest, o.finalReports, o.endCycle, o.lastEventCycle, o.events, o.quiescent)
      for (seed <- 1L to 5L; far <- Seq(10L, 35L, 2_000L)) {
        val model = BoardsModel(4, 6, near = 10, far, seed, throwsEach = 30, silence = 1 + (seed * 7).toInt)
        val expected = SequentialEngine.run(model, Judges.patient(20_000))
        for (way <- ways) withClue(s"seed $seed, $far cycles apart, $way: ") {
          val outcome = Simulation.run(model, Judges.patient(20_000), way)
          facts(outcome) shouldBe facts(expected)
          if (way.threads == 1 || far == 10) outcome.windows shouldBe expected.windows
        }
      }
    }
    "come to the same cuts with the same reports on any number of threads" in {
      val model = Phold.endless(50, 20, 8)
      def cuts(run: CutJudge => RunOutcome) = {
        val judge = new Judges.Recording(130, stop = 1200, wanted = _.cycle % 260 == 0)
        val outcome = run(judge)
        (outcome, judge.judged)
      }
      val expected = cuts(SequentialEngine.run(model, _))
      expected._2.map(_._1.cycle) shouldBe Vector(260, 520, 780, 1040, 1300)
      for (way <- ways) withClue(s"$way: ")(cuts(Simulation.run(model, _, way)) shouldBe expected)
    }
    "ask at a cut only those who have done something since the cut before, the same on any number of threads" in {
      val model = Phold.endless(50, 20, 8)
      def looks(run: CutJudge => RunOutcome) = {
        val judge = new Judges.Recording(10, stop = 1000)
        run(judge)
        (judge.changed, judge.judged.map(_._2))
      }
      val (changed, reports) = looks(SequentialEngine.run(model, _))
      changed.head shouldBe (0 until model.size).toVector
      all(changed.tail.map(_.size)) should be < model.size
      for (look <- 1 until changed.size; id <- 0 until model.size if !changed(look).contains(id))
        reports(look)(id) should be theSameInstanceAs reports(look - 1)(id)
      for (way <- ways) withClue(s"$way: ")(looks(Simulation.run(model, _, way)) shouldBe ((changed, reports)))
    }
    "end quiescent when nothing is left, judged once" in {
      val model = new Phold(30, 10, 5, 4)
      val expected = SequentialEngine.run(model, Judges.patient())
      for (way <- ways) {
        val judge = new Judges.Recording(LogicalProcess.NEVER)
        val outcome = Simulation.run(model, judge, way)
        outcome shouldBe expected
        outcome.quiescent shouldBe true
        judge.judged.map(_._1.quiescent) shouldBe Vector(true)
        judge.judged.head._2 shouldBe outcome.finalReports.asScala.toVector
      }
    }
    "run more shards than there are processes" in {
      val model = Phold.endless(2, 3, 1)
      Simulation.run(model, Judges.patient(50), RunOptions.onThreads(7)) shouldBe SequentialEngine.run(model, Judges.patient(50))
    }
    "choose its threads itself when asked to" in {
      for (size <- Seq(16, 2000)) {
        val model = Phold.endless(size, 64, 1)
        Simulation.run(model, Judges.patient(500), RunOptions.automatic) shouldBe SequentialEngine.run(model, Judges.patient(500))
      }
    }
    "jump over twenty seconds of silence at a gigahertz" in {
      val sleeper = new Ring(-1, "") {
        override def create(id: Int): LogicalProcess = {
          val awake = super.create(id)
          new LogicalProcess {
            private var next = 20_000_000_000L + id
            override def handle(cycle: Long, sender: Int, message: Message, outbox: Outbox): Unit = ()
            override def run(untilCycle: Long, outbox: Outbox): Unit = next = LogicalProcess.NEVER
            override def nextOwnCycle: Long = next
            override def inspect(cycle: Long): Report = awake.inspect(cycle)
            override def foldState(hash: StateHash): Unit = ()
          }
        }
      }
      val outcome = Simulation.run(sleeper, new Judges.Recording(1000), RunOptions.onThreads(2))
      (outcome.windows, outcome.lastEventCycle) shouldBe ((1L, 20_000_000_007L))
    }
  }

  "A failure" should {
    "stop the run and name the process, the cycle and the cause, wherever it is thrown" in {
      for (way <- ways) withClue(s"$way: ") {
        val handle = failureOf(new Ring(5, "handle"), Judges.patient(), way)
        handle.getMessage shouldBe "ring5 at cycle 53: java.lang.IllegalStateException: trouble in handle"
        Iterator.iterate[Throwable](handle)(_.getCause).takeWhile(_ != null).toSeq.last shouldBe an[IllegalStateException]
        failureOf(new Ring(0, "run"), Judges.patient(), way).getMessage should include("ring0 at cycle 3")
        failureOf(new Ring(5, "soon"), Judges.patient(), way).getMessage should include("ring5 at cycle 53: sends to ring6 for cycle 62")
      }
    }
    "stop the run also in building, inspecting, folding or overflowing the stack" in {
      for (dispatcher <- DispatcherChoice.values; trouble <- Seq("create", "inspect", "fold", "overflow", "null")) {
        val way = new RunOptions(2, dispatcher)
        val failure = failureOf(new Ring(6, trouble), new Judges.Recording(100, stop = 100), way)
        val causes = Iterator.iterate[Throwable](failure)(_.getCause).takeWhile(_ != null).map(_.toString).mkString
        withClue(s"$trouble: ")(causes should include(trouble match {
          case "overflow" => "StackOverflowError"
          case "null" => "nothing to report"
          case other => "trouble in " + other
        }))
      }
    }
    "stop the run also in the judge" in {
      for (asked <- Seq("nextCutAfter", "wantsReports", "judge")) {
        val judge = new Judges.Recording(100) {
          private def fail(what: String): Unit = if (what == asked) throw new IllegalStateException("no " + what)
          override def nextCutAfter(cycle: Long): Long = { fail("nextCutAfter"); super.nextCutAfter(cycle) }
          override def wantsReports(cut: Cut, blocked: Long): Boolean = { fail("wantsReports"); true }
          override def judge(cut: Cut, reports: CutReports): Decision = { fail("judge"); Decision.STOP }
        }
        failureOf(new Ring(-1, ""), judge, RunOptions.onThreads(2)).getMessage should include("no " + asked)
      }
    }
  }

  "Two hundred runs in one JVM" should {
    "leave no threads behind" in {
      def engineThreads() = Thread.getAllStackTraces.keySet.asScala.filter(_.getName.startsWith("stillpoint"))
      val model = Phold.endless(16, 10, 1)
      val digests = for (run <- 0 until 200) yield Simulation.run(model, Judges.patient(100), ways(run % ways.size)).digest
      digests.distinct should have size 1
      val patience = System.nanoTime + 10_000_000_000L
      while (engineThreads().nonEmpty && System.nanoTime < patience) Thread.sleep(50)
      engineThreads() shouldBe empty
    }
  }
}
