package stillpoint.machine.time

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

import scala.collection.mutable
import stillpoint.machine.time.phold.Phold

/**
 * Goal: the reference engine itself is right. Method: an engine that shares no code with it, one global list of events
 * and one cycle at a time, must give the same digest; and windows of any length must.
 */
@RunWith(classOf[JUnitRunner])
class SequentialEngineSpec extends AnyWordSpec with Matchers {
  /** No windows, no queues per process: takes the globally smallest event each time. */
  private def cycleByCycle(model: Model, limit: Long): String = {
    val processes = Array.tabulate(model.size)(model.create)
    val hashes = Array.fill(model.size)(new StateHash)
    val sequences = new Array[Long](model.size)
    val pending = mutable.TreeMap.empty[(Long, Int, Int, Long), Message]
    def outboxOf(id: Int): Outbox = (target, arrival, message) => {
      hashes(id).fold(~target.toLong).fold(arrival)
      message.fold(hashes(id))
      pending((arrival, target, id, sequences(id))) = message
      sequences(id) += 1
    }
    def nextOwn = processes.map(_.nextOwnCycle).min
    def nextEvent = pending.headOption.map(_._1._1).getOrElse(LogicalProcess.NEVER)
    var now = math.min(nextOwn, nextEvent)
    while (now < limit) {
      while (nextEvent == now) {
        val ((cycle, target, sender, sequence), message) = pending.head
        pending -= ((cycle, target, sender, sequence))
        hashes(target).fold(cycle).fold(EventOrder.of(sender, sequence))
        message.fold(hashes(target))
        processes(target).handle(cycle, sender, message, outboxOf(target))
      }
      for (id <- processes.indices if processes(id).nextOwnCycle == now) processes(id).run(now + 1, outboxOf(id))
      now = math.min(nextOwn, nextEvent)
    }
    val digest = new RunDigest
    for (id <- processes.indices) {
      val state = new StateHash
      processes(id).foldState(state)
      digest.add(id, hashes(id).value, state.value)
    }
    digest.print
  }

  "The sequential engine" should {
    "give the digest of a run cycle by cycle" in {
      for ((size, lookahead, seed) <- Seq((2, 1L, 1L), (10, 7L, 2L), (100, 64L, 3L), (33, 100L, 4L))) {
        val model = Phold.endless(size, lookahead, seed)
        val limit = 40 * lookahead
        SequentialEngine.run(model, Judges.patient(limit)).digest shouldBe cycleByCycle(model, limit)
      }
    }
    "give the same digest when it is told less than the true lookahead" in {
      val model = Phold.endless(20, 50, 9)
      val digests = for (lookahead <- Seq(50L, 49L, 13L, 1L)) yield {
        val cautious = new Model {
          override def size: Int = model.size
          override def create(id: Int): LogicalProcess = model.create(id)
          override def nameOf(id: Int): String = model.nameOf(id)
          override def lookaheadCycles: Long = lookahead
          override def places: Int = model.places
          override def placeOf(id: Int): Int = model.placeOf(id)
        }
        SequentialEngine.run(cautious, Judges.patient(2000)).digest
      }
      digests.distinct should have size 1
    }
    "give one digest a seed, another for another" in {
      def digest(seed: Long) = SequentialEngine.run(Phold.endless(10, 10, seed), Judges.patient(500)).digest
      digest(1) shouldBe digest(1)
      digest(1) should not be digest(2)
    }
    "not be disturbed by cuts" in {
      val model = Phold.endless(10, 10, 5)
      val cut = new Judges.Recording(17, limit = 1000)
      SequentialEngine.run(model, cut).digest shouldBe SequentialEngine.run(model, Judges.patient(1000)).digest
      cut.judged.map(_._1.cycle) shouldBe ((17L until 1000L by 17L).toVector :+ 1000L)
    }
    "end quiescent when nothing is left, after every ball was kept" in {
      val outcome = SequentialEngine.run(new Phold(10, 10, 5, 3), Judges.patient())
      outcome.quiescent shouldBe true
      val caught = outcome.finalReports.toArray.map(_.asInstanceOf[Phold.Caught].count)
      caught.sum shouldBe outcome.events
      outcome.events should be >= 10L
    }
    "stop when the judge says so" in {
      val judge = new Judges.Recording(100, stop = 300)
      val outcome = SequentialEngine.run(Phold.endless(10, 10, 5), judge)
      (outcome.endCycle, outcome.quiescent, judge.judged.size) shouldBe ((300L, false, 3))
    }
  }
}
