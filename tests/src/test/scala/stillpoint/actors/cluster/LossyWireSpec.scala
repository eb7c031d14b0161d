package stillpoint.actors.cluster

import ch.qos.logback.classic.{Level, Logger}
import ch.qos.logback.classic.spi.ILoggingEvent
import ch.qos.logback.core.read.ListAppender
import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import org.slf4j.LoggerFactory
import scala.jdk.CollectionConverters._
import stillpoint.ShippedScenarios
import stillpoint.console.TestMembers
import stillpoint.kernel.system.{EmulatedMachine, MachineJudge}
import stillpoint.machine.time.SequentialEngine

/**
 * Goal: what wires do to frames changes no result. Method: real members over TCP in this JVM, with a stage between each gateway and
 * what carries its frames in production, a socket or Artery; the stage drops, repeats, delays and reorders as a seed says. The
 * digest must be the sequential engine's; the stage counts what it did and the links, in their log line, what they made good.
 */
@RunWith(classOf[JUnitRunner])
class LossyWireSpec extends AnyWordSpec with Matchers {
  private val Badly = 4

  /** The log lines of links that ended meanwhile: numbers sent, sent again, asked for, duplicates dropped. */
  private def linkCounts(done: => Unit): Seq[Long] = {
    val logger = LoggerFactory.getLogger(classOf[ClusterGateway]).asInstanceOf[Logger]
    val before = logger.getLevel
    val lines = new ListAppender[ILoggingEvent]
    lines.start()
    logger.setLevel(Level.INFO)
    logger.addAppender(lines)
    try done
    finally {
      logger.detachAppender(lines)
      logger.setLevel(before)
    }
    val all = lines.list.asScala.filter(_.getMessage.contains("links sent")).map(_.getArgumentArray.toSeq.tail.map(_.asInstanceOf[Long]))
    all.transpose.map(_.sum).toSeq
  }

  for ((nodes, sockets) <- Seq((2, "on"), (3, "off"))) s"A run on $nodes nodes with batch sockets $sockets" should {
    "end with the digest of an undisturbed run while frames are dropped, repeated, delayed and reordered" in {
      val setup = ShippedScenarios.setup("ftrace-hang-numa.conf")
      val expected = SequentialEngine.run(new EmulatedMachine(setup), new MachineJudge(setup)).digest
      val stages = (1 to nodes).map(node => new LossyStage(31 * node, Badly))
      val settings = TestMembers.settings(s"stillpoint { batch-sockets = $sockets, links.resend-after = 60 ms }")
      var members = Vector.empty[ClusterRuns]
      val counts = linkCounts {
        try {
          for (stage <- stages)
            members :+= ClusterRuns.start(TestMembers.membership(members.take(1): _*), settings, TestMembers.workload(_), TestMembers.maker(_), stage, new UpMembers(_))
          TestMembers.digestOn(members.head, setup, nodes) shouldBe expected
        } finally members.reverse.foreach(_.close())
      }
      stages.foreach(_.close())
      def total(of: LossyStage => Int) = stages.map(of).sum
      val did = Seq(total(_.dropped.get), total(_.repeated.get), total(_.delayed.get), total(_.reordered.get))
      info(s"dropped, repeated, delayed, reordered: $did; sent, again, asked, duplicates: $counts")
      did.min should be > 2
      val Seq(sent, again, asked, duplicates) = counts
      sent should be > 100L
      again should be >= did.head / 2L
      asked should be > 2L
      duplicates should be > 2L
    }
  }
}
