package stillpoint.console

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.ShippedScenarios

/** A process that is known to have ended has no vote: who is left goes on, though of two nodes the lower address is the one lost. */
@RunWith(classOf[JUnitRunner])
class SurelyDeadSpec extends AnyWordSpec with Matchers {
  import TestMembers._

  private val Patience = """
    akka.cluster.failure-detector { heartbeat-interval = 300 ms, acceptable-heartbeat-pause = 1500 ms }
    akka.cluster.split-brain-resolver.stable-after = 1 s
    """

  /** Whether who has the higher of two addresses is still there after the other has died, when nothing was heard of it for long. */
  private def outlives(toldOf: Boolean): Boolean = {
    val founder = start(Patience, workload(_))
    val other = start(Patience, workload(_), founder)
    val Seq(lower, higher) = Seq(founder, other).sortBy(_.port)
    try {
      digestOn(founder, ShippedScenarios.setup("ftrace-hang-numa.conf"), 2)
      lower.close()
      if (toldOf) higher.isDead(lower.host, lower.port)
      val deadline = System.nanoTime + (if (toldOf) 6000000000L else 60000000000L)
      while (higher.isUp && System.nanoTime < deadline) Thread.sleep(50)
      higher.isUp
    } finally higher.close()
  }

  "A node whose only peer has died" should {
    "go on when it is told so, and end itself when it can only guess" in {
      outlives(toldOf = true) shouldBe true
      outlives(toldOf = false) shouldBe false
    }
  }
}
