package stillpoint.console

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.actors.cluster.{ClusterRuns, LostRun, RefusedNode}

/**
 * Goal: only nodes of the same program, settings and certificate authority come in, and who does not is told why. Method: real
 * members over TCP in this JVM, with keys that are made for the test.
 */
@RunWith(classOf[JUnitRunner])
class WhoMayJoinSpec extends AnyWordSpec with Matchers {
  import TestMembers._

  private def using(member: ClusterRuns)(test: ClusterRuns => Unit): Unit =
    try test(member)
    finally member.close()

  private def start(changes: String, join: ClusterRuns*): ClusterRuns = TestMembers.start(changes, workload(_), join: _*)

  private def refusalOf(started: => ClusterRuns): String = the[RefusedNode].thrownBy(started).getMessage

  "A node of another program" should {
    "be refused by name, on both sides" in using(start("stillpoint.cluster.version = 0.2.0")) { member =>
      var refusal = ""
      val log = logged {
        refusal = refusalOf(start("stillpoint.cluster.version = 0.1.0", member))
      }
      refusal shouldBe s"127.0.0.1:${member.port} refuses this node: version is 0.2.0 there and 0.1.0 here"
      log.filter(_.startsWith("refused")) should have size 1
      log.find(_.startsWith("refused")).get should fullyMatch regex
        raw"refused 127\.0\.0\.1:\d+: version is 0\.1\.0 there and 0\.2\.0 here"
    }
    "be refused though its version is the same, if it was built from other sources" in
      using(start("stillpoint.cluster.build = aaaaaaaa")) { member =>
        refusalOf(start("stillpoint.cluster.build = bbbbbbbb", member)) should include(
          "build is aaaaaaaa there and bbbbbbbb here"
        )
      }
  }

  "A node of another configuration" should {
    "be refused, with the settings that differ" in using(start("")) { member =>
      val other = "akka.cluster.split-brain-resolver.stable-after = 9 s\nakka.cluster.failure-detector.heartbeat-interval = 2 s"
      val refusal = refusalOf(start(other, member))

      refusal should include("""akka.cluster.failure-detector.heartbeat-interval is "1 s" there and "2 s" here""")
      refusal should include("""akka.cluster.split-brain-resolver.stable-after is "7 s" there and "9 s" here""")
    }
  }

  "With --tls, a node" should {
    def tls(folder: java.nio.file.Path) = Seq("--tls", folder.toString)

    "come in with a certificate of the CA, and no other way" in using(founder(tls(TestKeys.node): _*)) { member =>
      withClue("no certificate: ")(a[LostRun] should be thrownBy joining(member, 3000))
      withClue("another CA's: ")(a[LostRun] should be thrownBy joining(member, 3000, tls(TestKeys.otherAuthority): _*))
      withClue("the CA's, for somebody else: ")(a[LostRun] should be thrownBy joining(member, 3000, tls(TestKeys.otherName): _*))
      using(joining(member, Patience, tls(TestKeys.node): _*)) { joined =>
        eventuallyUp(joined)
      }
    }
    "not be found by one that has TLS while the member has none" in using(founder()) { member =>
      a[LostRun] should be thrownBy joining(member, 3000, tls(TestKeys.node): _*)
    }
  }

  /** Waits for what must come; the time bounds a failure only. */
  private def eventuallyUp(member: ClusterRuns): Unit = {
    val deadline = System.nanoTime + 60000000000L
    while (!member.isUp && System.nanoTime < deadline) Thread.sleep(50)
    member.isUp shouldBe true
  }
}
