package stillpoint.actors.cluster

import com.typesafe.config.ConfigFactory
import java.io.{IOException, OutputStream}
import java.net.{InetAddress, ServerSocket, Socket}
import java.nio.ByteBuffer
import java.util.{List => JList}
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit.SECONDS
import java.util.concurrent.atomic.{AtomicBoolean, AtomicInteger}
import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import scala.jdk.CollectionConverters._
import scala.util.Random
import stillpoint.actors.link.ReliableLink

/** The sockets for batches between two nodes of a run: nobody else gets a word in, and nobody's death does harm. */
@RunWith(classOf[JUnitRunner])
class BatchSocketsSpec extends AnyWordSpec with Matchers {
  private val Epoch = 7L
  private val loopback = InetAddress.getByName("127.0.0.1")
  private val secret = new BatchSockets.Secret(0x123456789abcdefL, 77)

  /** Node 1 of two, and what it gets. */
  private class Listening extends AutoCloseable {
    val got = new LinkedBlockingQueue[ClusterGateway.Frame]
    val sockets = new BatchSockets(loopback, Epoch, 1, 2, secret, frame => got.put(frame))
    def next(): ClusterGateway.Frame = {
      val frame = got.poll(60, SECONDS)
      withClue("a frame came: ")(frame should not be null)
      frame
    }
    override def close(): Unit = sockets.close()
  }

  private def node0(port: Int): BatchSockets = {
    val sockets = new BatchSockets(loopback, Epoch, 0, 2, secret, _ => ())
    sockets.connect(JList.of(BatchSockets.Endpoint.NONE, new BatchSockets.Endpoint("127.0.0.1", port)))
    sockets
  }

  private def frame(sequence: Long, bytes: Array[Byte]) = new ClusterGateway.Frame(Epoch, 0, sequence, true, 0, false, bytes)

  /** Until the socket is open; the time bounds a failure only. */
  private def sendFirst(sockets: BatchSockets, first: ClusterGateway.Frame): Unit = {
    val deadline = System.nanoTime + 60000000000L
    while (!sockets.send(1, first)) {
      System.nanoTime should be < deadline
      Thread.sleep(5)
    }
  }

  private def hello(epoch: Long, node: Int, high: Long, low: Long): Array[Byte] =
    ByteBuffer.allocate(28).putLong(epoch).putInt(node).putLong(high).putLong(low).array

  private def right: Array[Byte] = hello(Epoch, 0, secret.high, secret.low)

  private def connected(port: Int)(write: OutputStream => Unit): Unit = {
    val socket = new Socket(loopback, port)
    try write(socket.getOutputStream)
    catch { case _: IOException => } // closed by the node: as it should
    finally socket.close()
  }

  "A socket for batches" should {
    "take frames of the run's own node and of nobody else, whatever strangers write" in {
      val listening = new Listening
      val done = new AtomicBoolean
      val written = new AtomicInteger
      val kinds: Seq[Random => Array[Byte]] = Seq(
        _ => Array.empty,
        random => random.nextBytes(1 + random.nextInt(60000)),
        random => hello(Epoch, 0, random.nextLong(), random.nextLong()) ++ random.nextBytes(500),
        _ => hello(Epoch, 0, secret.high, secret.low ^ 1),
        _ => hello(Epoch - 1, 0, secret.high, secret.low),
        _ => hello(Epoch, 1, secret.high, secret.low),
        _ => hello(Epoch, Int.MinValue, secret.high, secret.low),
        random => right.take(1 + random.nextInt(right.length - 1)),
        _ => "GET / HTTP/1.1\r\nHost: stillpoint\r\n\r\n".getBytes)
      val strangers = (1 to 2).map { seed =>
        val thread = new Thread(() => {
          val random = new Random(seed)
          while (!done.get || written.get < 4 * kinds.size) {
            connected(listening.sockets.port)(_.write(kinds(written.getAndIncrement() % kinds.size)(random)))
            Thread.sleep(2)
          }
        })
        thread.setDaemon(true)
        thread.start()
        thread
      }
      val sending = node0(listening.sockets.port)
      try {
        val random = new Random(3)
        val sent = (0 until 400).map(i => frame(i.toLong, random.nextBytes(random.nextInt(3000))))
        sendFirst(sending, sent.head)
        sent.tail.foreach { one =>
          sending.send(1, one) shouldBe true
          Thread.`yield`()
        }
        for (one <- sent) {
          val got = listening.next()
          (got.from, got.sequence, got.bytes.toSeq) shouldBe ((0, one.sequence, one.bytes.toSeq))
        }
      } finally {
        done.set(true)
        strangers.foreach(_.join())
        sending.close()
        listening.close()
      }
      written.get should be >= 4 * kinds.size
      listening.got.size shouldBe 0
    }
    "take no part of a frame whose sender died in the middle, nor one of a length that cannot be" in {
      val listening = new Listening
      try {
        for (length <- Seq(100, 0, -1, Int.MinValue, Int.MaxValue, ReliableLink.MOST_BYTES + 18))
          connected(listening.sockets.port)(_.write(right ++ ByteBuffer.allocate(60).putInt(length).array))
        val sending = node0(listening.sockets.port)
        sendFirst(sending, frame(5, Array[Byte](1, 2, 3)))
        // one that was sent before its socket was known to be gone may be lost, none may be halved
        while (listening.got.isEmpty && sending.send(1, frame(5, Array[Byte](1, 2, 3)))) Thread.sleep(5)
        val got = listening.next()
        (got.sequence, got.bytes.toSeq) shouldBe ((5, Seq[Byte](1, 2, 3)))
        sending.close()
      } finally listening.close()
    }
    "let go of a writer whose peer reads no more, when it is closed" in {
      val server = new ServerSocket(0, 1, loopback)
      val sending = node0(server.getLocalPort)
      val peer = server.accept()
      val count = new AtomicInteger
      sendFirst(sending, frame(0, new Array[Byte](ReliableLink.MOST_BYTES)))
      val writer = new Thread(() => while (sending.send(1, frame(1, new Array[Byte](ReliableLink.MOST_BYTES)))) count.incrementAndGet())
      writer.start()
      var before = -1
      while (count.get != before) {
        before = count.get
        Thread.sleep(200)
      }
      writer.isAlive shouldBe true
      sending.close()
      writer.join(60000)
      writer.isAlive shouldBe false
      peer.close()
      server.close()
    }
    "let only so many strangers wait at a time" in {
      val listening = new Listening
      try {
        def waiting = Thread.getAllStackTraces.keySet.asScala.count(_.getName == "stillpoint-batches-from")
        val idle = (1 to 200).map(_ => new Socket(loopback, listening.sockets.port))
        // the later ones are closed at once: their end is read
        for (late <- idle.takeRight(50)) {
          late.setSoTimeout(60000)
          (try late.getInputStream.read() catch { case _: IOException => -1 }) shouldBe -1
        }
        waiting should be <= 64
        idle.foreach(_.close())
      } finally listening.close()
    }
    "listen where Artery listens, not where others reach it" in {
      def host(settings: String) = NodeRun.listeningHost(ConfigFactory.parseString(settings))
      host("akka.remote.artery { canonical.hostname = sim.example.org, bind.hostname = 127.0.0.1 }") shouldBe "127.0.0.1"
      host("""akka.remote.artery { canonical.hostname = 10.0.0.7, bind.hostname = "" }""") shouldBe "10.0.0.7"
    }
  }
}
