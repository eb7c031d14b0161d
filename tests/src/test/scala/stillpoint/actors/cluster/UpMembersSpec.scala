package stillpoint.actors.cluster

import akka.cluster.typed.Cluster
import java.util.{List => JList}
import java.util.concurrent.{CountDownLatch, TimeUnit}
import java.util.concurrent.atomic.AtomicInteger
import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import scala.concurrent.{Await, ExecutionContext, Future}
import scala.concurrent.duration.DurationInt
import stillpoint.ShippedScenarios
import stillpoint.console.TestMembers
import stillpoint.kernel.system.{EmulatedMachine, MachineJudge}
import stillpoint.machine.time.SequentialEngine

/**
 * Goal: no run begins before each of its nodes has a vote in everybody's eyes. Method: two real members; one of them does not see
 * the other for a while, and is asked again and again.
 */
@RunWith(classOf[JUnitRunner])
class UpMembersSpec extends AnyWordSpec with Matchers {
  private implicit val background: ExecutionContext = ExecutionContext.global

  /** Sees nobody before `seen`; counts how often it was asked. */
  private class Blind(cluster: Cluster) extends NodeAgent.Members {
    val asked = new CountDownLatch(5)
    @volatile var seen = false
    override def areUp(names: JList[String]): Boolean = {
      names should have size 2
      asked.countDown()
      seen && new UpMembers(cluster).areUp(names)
    }
  }

  "A run" should {
    "begin when every node of it sees all of them up, and not before" in {
      val setup = ShippedScenarios.setup("ftrace-hang-xls.conf")
      val expected = SequentialEngine.run(new EmulatedMachine(setup), new MachineJudge(setup)).digest
      val built = new AtomicInteger
      def start(join: Seq[ClusterRuns], members: Cluster => NodeAgent.Members) = ClusterRuns.start(
        TestMembers.membership(join: _*), TestMembers.settings(""),
        bytes => { built.incrementAndGet(); TestMembers.workload(bytes) }, TestMembers.maker(_), WireStage.NONE, members(_))
      @volatile var blind: Blind = null
      val founder = start(Nil, new UpMembers(_))
      try {
        val other = start(Seq(founder), cluster => { blind = new Blind(cluster); blind })
        try {
          val digest = Future(TestMembers.digestOn(founder, setup, 2))
          // the time bounds a failure only
          blind.asked.await(120, TimeUnit.SECONDS) shouldBe true
          built.get shouldBe 2
          digest.isCompleted shouldBe false
          blind.seen = true
          Await.result(digest, 120.seconds) shouldBe expected
        } finally other.close()
      } finally founder.close()
    }
  }
}
