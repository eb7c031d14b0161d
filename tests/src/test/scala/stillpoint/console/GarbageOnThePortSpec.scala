package stillpoint.console

import java.io.OutputStream
import java.net.{InetSocketAddress, Socket}
import java.nio.file.{Files, Path}
import java.util.{List => JList}
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.{AtomicBoolean, AtomicInteger}
import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import scala.jdk.CollectionConverters._
import scala.util.{Random, Try}
import stillpoint.ShippedScenarios

/**
 * Goal: whatever a stranger writes to a node's port, a run goes on to the same end. Method: a real run on two nodes over TCP, while
 * threads write garbage of several kinds to the ports of both, again and again, and to those that are opened for the run's batches; the
 * digest is that of a run without nodes.
 */
@RunWith(classOf[JUnitRunner])
class GarbageOnThePortSpec extends AnyWordSpec with Matchers {
  import TestMembers._

  /** Boards far apart: nodes need not wait for each other often, so that the spec is short. */
  private val Scenario = "ftrace-hang-numa.conf"

  private val Endless = 4 << 20

  /** So that garbage takes no more of the processors than the run. */
  private val PauseMillis = 50

  private type Kind = (Random, OutputStream) => Unit

  private val kinds: Seq[(String, Kind)] = Seq(
    "nothing at all" -> ((_, _) => ()),
    "random bytes" -> ((random, out) => out.write(random.nextBytes(1 + random.nextInt(100000)))),
    "an HTTP request" -> ((_, out) => out.write("GET / HTTP/1.1\r\nHost: stillpoint\r\n\r\n".getBytes)),
    "a TLS greeting and no more" -> ((random, out) => out.write(Array[Byte](22, 3, 1, 2, 0, 1, 0, 1, -4, 3, 3) ++ random.nextBytes(32))),
    "half a frame" -> { (random, out) =>
      out.write("AKKA".getBytes :+ (1 + random.nextInt(3)).toByte)
      out.write(littleEndian(1000) ++ random.nextBytes(300))
    },
    "whole frames of noise" -> { (random, out) =>
      out.write("AKKA".getBytes :+ (1 + random.nextInt(3)).toByte)
      for (_ <- 1 to 20) {
        val bytes = random.nextBytes(20 + random.nextInt(500))
        out.write(littleEndian(bytes.length) ++ bytes)
      }
    },
    "a stream without end" -> { (random, out) =>
      val piece = random.nextBytes(65536)
      for (_ <- 1 to Endless / piece.length) out.write(piece)
    }
  )

  /** What Artery's own framing does not bear. See decision 0100. */
  private val falseLengths: Seq[(String, Kind)] = for (length <- Seq(Int.MaxValue, -1, -4, Int.MinValue, 1 << 30, 0)) yield {
    s"a frame of $length bytes" -> { (random: Random, out: OutputStream) =>
      out.write("AKKA".getBytes :+ (1 + random.nextInt(3)).toByte)
      for (_ <- 1 to 20) out.write(littleEndian(length) ++ new Array[Byte](5000))
    }
  }

  private def littleEndian(n: Int): Array[Byte] = Array(n, n >> 8, n >> 16, n >> 24).map(_.toByte)

  /** Ports at which this JVM listens, as Linux knows them. */
  private def listening(): Seq[Int] = {
    val descriptors = Files.list(Path.of("/proc/self/fd"))
    val own =
      try descriptors.iterator.asScala.flatMap(fd => Try(Files.readSymbolicLink(fd).toString).toOption).toSet
      finally descriptors.close()
    for {
      table <- Seq("/proc/self/net/tcp", "/proc/self/net/tcp6")
      line <- Files.readAllLines(Path.of(table)).asScala.toSeq.tail.map(_.trim.split("\\s+"))
      if line(3) == "0A" && own(s"socket:[${line(9)}]")
    } yield Integer.parseInt(line(1).substring(line(1).lastIndexOf(':') + 1), 16)
  }

  /**
   * Until `work` is done, each kind goes to each of two ports at least once, and to others that `ports` finds meanwhile; gives what
   * `work` gave, how often garbage was written, and to how many ports.
   */
  private def disturbed[A](ports: () => Seq[Int], kinds: Seq[(String, Kind)])(work: => A): (A, Map[String, Int], Int) = {
    val done = new AtomicBoolean
    val counts = kinds.map { case (name, _) => name -> new AtomicInteger }.toMap
    val hit = ConcurrentHashMap.newKeySet[Int]()
    val threads = for (number <- 0 to 1) yield {
      val thread = new Thread(() => {
        val random = new Random(number)
        var round = 0
        while (!done.get || round < 2 * kinds.size) {
          val found = ports()
          val port = found((number + round) % found.size)
          val (name, kind) = kinds(round / 2 % kinds.size)
          val socket = new Socket
          hit.add(port)
          try {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 5000)
            counts(name).incrementAndGet()
            kind(random, socket.getOutputStream)
          } catch {
            case _: java.io.IOException => // the node has closed it: as it should
          } finally socket.close()
          round += 1
          Thread.sleep(PauseMillis)
        }
      })
      thread.setDaemon(true)
      thread.start()
      thread
    }
    val result =
      try work
      finally done.set(true)
    threads.foreach(_.join(60000))
    (result, counts.map { case (name, count) => name -> count.get }, hit.size)
  }

  for ((way, arguments) <- Seq[(String, () => Seq[String])]("TCP" -> (() => Seq.empty), "TLS" -> (() => Seq("--tls", TestKeys.node.toString)))) {
    s"A run on two nodes over $way" should {
      "come to the same end while garbage is written to both ports, and so does the next one" in {
        val setup = ShippedScenarios.setup(Scenario)
        val alone = new ActorRunner().run(setup, new Runner.Options(1))
        val first = founder(arguments(): _*)
        val second = joining(first, Patience, arguments(): _*)
        try {
          val members = Seq(first.port, second.port)
          val runner = ClusterRunner.of(JList.of(addressOf(first)), options(arguments(): _*), 2, Patience, _ => ())
          // what is opened from here on is for batches
          val before = listening()
          val (result, counts, ports) =
            try disturbed(() => members ++ listening().diff(before), kinds ++ falseLengths)(runner.run(setup, new Runner.Options(1)))
            finally runner.close()
          result.nodes shouldBe 2
          result.digest shouldBe alone.digest
          result.report shouldBe alone.report
          counts.values.min should be >= 2
          // and the two for batches, but these are there for the run alone
          if (way == "TCP") ports should be > 2
          digestOn(first, setup, 2, arguments(): _*) shouldBe alone.digest
        } finally {
          second.close()
          first.close()
        }
      }
    }
  }
}
