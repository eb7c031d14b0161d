package stillpoint.actors.cluster

import java.nio.ByteBuffer
import javax.net.ssl.SSLEngineResult.{HandshakeStatus, Status}
import javax.net.ssl.SSLException
import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import scala.util.Random

@RunWith(classOf[JUnitRunner])
class PlainEngineSpec extends AnyWordSpec with Matchers {
  private val Most = 1000

  private def preamble(stream: Int): Array[Byte] = "AKKA".getBytes :+ stream.toByte
  private def length(n: Int): Array[Byte] = Array(n, n >> 8, n >> 16, n >> 24).map(_.toByte)
  private def frame(random: Random, bytes: Int): Array[Byte] = length(bytes) ++ random.nextBytes(bytes)

  private def server() = new PlainEngine(new FrameCheck(Most))

  /** What comes out of the other side, given in pieces of random sizes. */
  private def through(engine: PlainEngine, bytes: Array[Byte], random: Random): Array[Byte] = {
    val out = ByteBuffer.allocate(bytes.length)
    var at = 0
    while (at < bytes.length) {
      val piece = math.min(bytes.length - at, 1 + random.nextInt(40))
      val in = ByteBuffer.wrap(bytes, at, piece)
      while (in.hasRemaining) {
        out.limit(math.min(out.capacity, out.position + 1 + random.nextInt(30)))
        engine.unwrap(in, out).getStatus shouldBe Status.OK
      }
      at += piece
    }
    out.array.take(out.position)
  }

  private def refused(bytes: Array[Byte]): Unit =
    for (seed <- 1 to 20) a[SSLException] should be thrownBy through(server(), bytes, new Random(seed.toLong))

  "An engine that encrypts nothing" should {
    "hand on what a member sends, in whatever pieces it comes" in {
      for (seed <- 1 to 100) {
        val random = new Random(seed.toLong)
        val frames = Array.fill(random.nextInt(10))(frame(random, 1 + random.nextInt(Most))).flatten
        val bytes = preamble(1 + random.nextInt(2)) ++ frames ++ length(Most) ++ random.nextBytes(random.nextInt(Most))
        through(server(), bytes, random) shouldBe bytes
      }
    }
    "refuse a frame of no bytes, of fewer, or of too many" in {
      for (bytes <- Seq(0, -1, -4, Int.MinValue, Most + 1, 1 << 30, Int.MaxValue)) {
        refused(preamble(1) ++ length(bytes))
        refused(preamble(2) ++ frame(new Random(1), 17) ++ length(bytes) ++ new Array[Byte](100))
      }
    }
    "refuse who does not begin as a member does, and streams that nobody uses" in {
      refused("GET / HTTP/1.1\r\n".getBytes)
      refused("AKKB".getBytes)
      for (stream <- Seq(0, 3, 4, -1, 127)) refused(preamble(stream))
    }
    "refuse at once, without waiting for the frame, and give nothing on after it" in {
      val engine = server()
      val out = ByteBuffer.allocate(100)
      a[SSLException] should be thrownBy engine.unwrap(ByteBuffer.wrap(preamble(1) ++ length(-4)), out)
      engine.isInboundDone shouldBe true
      engine.isOutboundDone shouldBe true
      engine.unwrap(ByteBuffer.wrap(new Array[Byte](10)), out).getStatus shouldBe Status.CLOSED
      engine.wrap(ByteBuffer.wrap(new Array[Byte](10)), out).getStatus shouldBe Status.CLOSED
      out.position() shouldBe 0
    }
    "say that it must wait where there is no room, and take nothing then" in {
      val in = ByteBuffer.wrap(preamble(1))
      server().unwrap(in, ByteBuffer.allocate(0)).getStatus shouldBe Status.BUFFER_OVERFLOW
      in.remaining shouldBe 5
    }
    "send what it is given as it is, and call its handshake finished with that" in {
      val engine = new PlainEngine(null)
      engine.getHandshakeStatus shouldBe HandshakeStatus.NEED_WRAP
      val out = ByteBuffer.allocate(4)
      val in = ByteBuffer.wrap("stillpoint".getBytes)
      engine.wrap(in, out).getHandshakeStatus shouldBe HandshakeStatus.FINISHED
      engine.getHandshakeStatus shouldBe HandshakeStatus.NOT_HANDSHAKING
      new String(out.array) shouldBe "stil"
      engine.wrap(in, out.clear).getHandshakeStatus shouldBe HandshakeStatus.NOT_HANDSHAKING
      in.remaining shouldBe 2
    }
    "bear no answer where it is the one who asks" in {
      a[SSLException] should be thrownBy new PlainEngine(null).unwrap(ByteBuffer.wrap(preamble(1)), ByteBuffer.allocate(10))
    }
  }
}
