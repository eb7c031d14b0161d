package stillpoint.console

import java.net.{InetAddress, ServerSocket}
import java.nio.file.{Files, Path}
import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.console.FakeMachine._

/** Bad input of what makes a JVM a member of a cluster: one line that says what would do. */
@RunWith(classOf[JUnitRunner])
class ClusterInputSpec extends AnyWordSpec with Matchers {
  private val hang = "ftrace-hang-xls"
  private val join = Seq("node", "--join", "127.0.0.1:7355")

  private def ends(exit: Int, arguments: String*): String = {
    val outcome = launch(arguments: _*)
    withClue(arguments.mkString(" ") + " printed " + outcome) {
      outcome.exit shouldBe exit
      outcome.out.linesIterator.filter(_.startsWith("listening")) shouldBe empty
      outcome.errLines should have size 1
    }
    outcome.err
  }

  private def refused(arguments: String*): String = ends(2, arguments: _*)

  private def file(name: String, text: String): Path = Files.writeString(Files.createTempDirectory("settings").resolve(name), text)

  "An address that is none" should {
    "be refused with its option and an example" in {
      for (text <- Seq("", "x", ":1", "host:", "host:-1", "host:65536", "host:1:2", "a b:1", "http://host:80", "::1:7355")) {
        refused("node", "--join", text) should include(s"--join '$text' is no HOST:PORT; give for instance --join 127.0.0.1:7355")
        refused("node", "--join", s"127.0.0.1:1,$text") should include(s"'$text' is no HOST:PORT")
        refused("run", hang, "--cluster", text) should include(s"--cluster '$text' is no HOST:PORT")
        refused(join ++ Seq("--bind", text): _*) should include(s"--bind '$text' is no HOST:PORT")
        refused(join ++ Seq("--advertise", text): _*) should include(s"--advertise '$text' is no HOST:PORT")
      }
    }
    "be refused where nobody can listen or call" in {
      refused("node", "--join", "127.0.0.1:0") should include("--join 127.0.0.1:0 has port 0")
      refused(join ++ Seq("--bind", "0.0.0.0:7355"): _*) should include("--bind 0.0.0.0:7355 is no address that others can reach")
      refused(join ++ Seq("--advertise", "127.0.0.1:0"): _*) should include("has no port")
    }
    "be refused when no resolver knows its name" in {
      refused(join ++ Seq("--bind", "no-such-host.invalid:0"): _*) should include("--bind no-such-host.invalid:0: no host of that name")
      refused("node", "--join", "no-such-host.invalid:7355") should include("no host of no-such-host.invalid:7355 is known here")
      refused("run", hang, "--cluster", "no-such-host.invalid:7355") should include("no-such-host.invalid:7355")
    }
    "be refused when another program listens there" in {
      val taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))
      try {
        val address = "127.0.0.1:" + taken.getLocalPort
        refused("node", "--join", address, "--bind", address) should include(s"cannot listen at $address: ")
      } finally taken.close()
    }
  }

  "A cluster that does not answer" should {
    "be given up after the stated time, with exit 3" in {
      val silent = s"127.0.0.1:${TestMembers.freePort()}"
      ends(3, "run", hang, "--cluster", silent, "--wait", "700ms") should include(s"no member of a cluster answers at $silent within 700 ms")
      ends(3, "node", "--join", silent, "--wait", "700ms") should include(s"answers at $silent within 700 ms")
    }
  }

  "A number that cannot be" should {
    "be refused" in {
      refused(join ++ Seq("--capacity", "0"): _*) should include("--capacity 0 is out of range")
      refused(join ++ Seq("--wait", "5"): _*) should include("--wait 5 is no time")
      refused("run", hang, "--nodes", "0") should include("--nodes 0 is out of range")
      refused("run", hang, "--nodes", "65") should include("--nodes 65 is out of range")
      refused("run", hang, "--nodes", "64", "--threads", "4") should include("--threads 4 on each of 64 nodes are more than 128")
    }
  }

  "Options of members" should {
    "be refused where there is no cluster" in {
      refused("run", hang, "--bind", "127.0.0.1:1") should include("--bind is for runs on a cluster")
      refused("run", hang, "--nodes", "2", "--tls", "/") should include("--tls is for runs on a cluster")
    }
  }

  "Key files" should {
    "be refused when one is missing or is something else" in {
      def using(folder: Path) = refused(join ++ Seq("--tls", folder.toString): _*)
      using(Path.of("/no/such/folder")) should include("--tls /no/such/folder is no folder; give one with tls.crt, tls.key and ca.crt")
      val folder = Files.createTempDirectory("keys")
      def copy(name: String, from: Path = TestKeys.node) = {
        Files.deleteIfExists(folder.resolve(name))
        Files.copy(from.resolve(name), folder.resolve(name))
      }
      using(folder) should include("tls.crt does not exist")
      copy("tls.crt")
      using(folder) should include("ca.crt does not exist")
      Files.writeString(folder.resolve("ca.crt"), "text")
      using(folder) should include("ca.crt is no X.509 certificate; give one as PEM")
      copy("ca.crt", TestKeys.otherAuthority)
      copy("tls.key")
      using(folder) should include("was not issued by")
      copy("ca.crt")
      Files.writeString(folder.resolve("tls.key"), "-----BEGIN ENCRYPTED PRIVATE KEY-----")
      using(folder) should include("tls.key is no private key without a pass phrase")
      copy("tls.key", TestKeys.otherAuthority)
      using(folder) should include("tls.key is not the key of")
    }
  }

  "A file of settings" should {
    "be refused when it has a key that does not exist, or is not open" in {
      def using(text: String) = refused(join ++ Seq("--cluster-config", file("c.conf", text).toString): _*)
      using("akka.cluster.failure-detector.heartbeat-intervall = 1 s") should include(
        "c.conf: 1: akka.cluster.failure-detector.heartbeat-intervall is no setting"
      )
      using("\nakka.actor.allow-java-serialization = on") should include("c.conf: 2: akka.actor.allow-java-serialization may not be changed")
      using("akka.cluster.roles = [x]") should include("akka.cluster.roles may not be changed")
      using("akka.cluster.failure-detector = 5") should include("akka.cluster.failure-detector is no setting")
      using("akka {") should include("c.conf")
      using("include \"other.conf\"") should include("c.conf: include is refused")
      refused(join ++ Seq("--cluster-config", "/no/such.conf"): _*) should include("--cluster-config /no/such.conf is no file")
    }
  }
}
