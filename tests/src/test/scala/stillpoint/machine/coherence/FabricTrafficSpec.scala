package stillpoint.machine.coherence

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import scala.jdk.CollectionConverters._
import stillpoint.actors.{RunOptions, Simulation}
import stillpoint.machine.coherence.traffic.{FabricTraffic, Pattern}
import stillpoint.machine.time.{CutJudge, CutReports, RunOutcome, SequentialEngine}

/** The traffic that `bench fabric` measures is a model like any other, and does what its pattern says. */
@RunWith(classOf[JUnitRunner])
class FabricTrafficSpec extends AnyWordSpec with Matchers {
  private class Until(cycle: Long) extends CutJudge {
    override def nextCutAfter(after: Long): Long = if (after < cycle) cycle else Long.MaxValue
    override def wantsReports(cut: CutJudge.Cut, blockedSince: Long): Boolean = true
    override def judge(cut: CutJudge.Cut, reports: CutReports): CutJudge.Decision = CutJudge.Decision.STOP
  }

  private val Cycles = 100000L
  private def model(pattern: Pattern, seed: Long = 1) = new FabricTraffic(pattern, 24, seed)
  private def alone(pattern: Pattern, seed: Long = 1) = SequentialEngine.run(model(pattern, seed), new Until(Cycles))
  private def done(outcome: RunOutcome): Seq[Long] =
    outcome.finalReports.asScala.collect { case report: FabricTraffic.Done => report.transactions }.take(24).toSeq

  for (pattern <- Pattern.values.toSeq) s"Traffic of pattern $pattern" should {
    lazy val reference = alone(pattern)
    "have one digest on 1 and 2 threads, and another with another seed" in {
      for (threads <- Seq(1, 2)) {
        val outcome = Simulation.run(model(pattern), new Until(Cycles), RunOptions.onThreads(threads))
        (outcome.digest, outcome.events) shouldBe ((reference.digest, reference.events))
      }
      alone(pattern, 2).digest should not be reference.digest
    }
    "serve every CPU, at so many messages a miss as the pattern costs" in {
      val misses = done(reference)
      all(misses) should be > 20L
      val eventsAMiss = reference.events.toDouble / misses.sum
      pattern match {
        // GetM, DataM, PutM, PutAck
        case Pattern.PRIVATE => eventsAMiss should (be > 3.0 and be < 4.3)
        // GetS, DataS, PutS, PutAck
        case Pattern.SHARED_READ => eventsAMiss should (be > 3.0 and be < 4.3)
        // GetM, FwdGetM, DataM, and now and then a Put
        case Pattern.CONTENDED => eventsAMiss should (be > 2.5 and be < 3.5)
      }
    }
  }
}
