package stillpoint.actors.link

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

import scala.collection.mutable
import scala.jdk.CollectionConverters._
import scala.util.Random
import stillpoint.machine.time.BrokenInvariant

@RunWith(classOf[JUnitRunner])
class ReliableLinkSpec extends AnyWordSpec with Matchers {
  private val Resend = 1000L

  /** A channel that loses, repeats, delays and reorders frames as a seed says; {@code badly} in percent each. */
  private class Lossy(random: Random, badly: Int) {
    private val underWay = mutable.PriorityQueue.empty[(Long, Int, LinkFrame)](Ordering.by((f: (Long, Int, LinkFrame)) => (f._1, f._2)).reverse)
    private var count = 0
    var lost, repeated, reordered = 0
    def put(frames: Iterable[LinkFrame], now: Long): Unit = frames.foreach { frame =>
      if (random.nextInt(100) < badly) lost += 1
      else {
        val copies = if (random.nextInt(100) < badly) { repeated += 1; 2 } else 1
        for (_ <- 0 until copies) {
          val delay = if (random.nextInt(100) < badly) { reordered += 1; random.nextInt(3000) } else 10
          count += 1
          underWay.enqueue((now + delay, count, frame))
        }
      }
    }
    def arrived(now: Long): Seq[LinkFrame] = {
      val frames = mutable.Buffer.empty[LinkFrame]
      while (underWay.nonEmpty && underWay.head._1 <= now) frames += underWay.dequeue()._3
      frames.toSeq
    }
    def isEmpty: Boolean = underWay.isEmpty
  }

  private def payload(number: Int, size: Int): Array[Byte] = Array.fill(size)((number * 31 + size).toByte)

  /** Sends payloads both ways until all is settled; returns what each end got. */
  private def exchange(seed: Int, badly: Int, sizes: Random => Int) = {
    val random = new Random(seed)
    val ends = Array.fill(2)(new ReliableLink(Resend))
    val channels = Array.fill(2)(new Lossy(random, badly)) // from end 0, from end 1
    val sent, got = Array.fill(2)(mutable.Buffer.empty[Seq[Byte]])
    var now = 0L
    var left = 60
    while (left > 0 || !ends.forall(_.settled) || !channels.forall(_.isEmpty)) {
      now += 50
      now should be < 10_000_000L
      for (end <- 0 to 1) {
        if (left > 0 && random.nextInt(5) == 0) {
          left -= 1
          val bytes = payload(left, sizes(random))
          sent(end) += bytes.toSeq
          channels(end).put(ends(end).send(bytes, now).asScala, now)
        }
        for (frame <- channels(1 - end).arrived(now)) {
          val result = ends(end).receive(frame, now)
          got(end) ++= result.payloads.asScala.map(_.toSeq)
          channels(end).put(result.frames.asScala, now)
        }
        channels(end).put(ends(end).tick(now).asScala, now)
      }
    }
    (sent, got, ends, channels)
  }

  "A link" should {
    "hand over everything once and in order through a channel that drops, repeats, delays and reorders" in {
      var lost, repeated, reordered, resent, asked, duplicates = 0L
      for (seed <- 1 to 200) withClue(s"seed $seed: ") {
        val (sent, got, ends, channels) = exchange(seed, badly = 5 * (seed % 8), _.nextInt(100))
        got(0) shouldBe sent(1)
        got(1) shouldBe sent(0)
        channels.foreach { c => lost += c.lost; repeated += c.repeated; reordered += c.reordered }
        ends.foreach { e => val c = e.counts; resent += c.resent; asked += c.asked; duplicates += c.duplicates }
      }
      // the channel really did all that
      Seq(lost, repeated, reordered, resent, asked, duplicates).min should be > 100L
    }
    "cut what is larger than a frame, and put it together again" in {
      for (seed <- 1 to 10) withClue(s"seed $seed: ") {
        val (sent, got, _, _) = exchange(seed, badly = 10, r => r.nextInt(3) * ReliableLink.MOST_BYTES + r.nextInt(2))
        got(0) shouldBe sent(1)
        got(1) shouldBe sent(0)
      }
      val frames = new ReliableLink(Resend).send(new Array[Byte](1_000_000), 0).asScala
      frames.map(_.bytes.length).max should be <= ReliableLink.MOST_BYTES
      frames.map(_.last) shouldBe Seq(false, false, false, false, false, true)
    }
    "send one frame for one payload, and a word of its own only when nothing goes back" in {
      val a, b = new ReliableLink(Resend)
      val one = a.send(Array[Byte](1), 0).asScala
      one should have size 1
      b.receive(one.head, 10).frames.asScala shouldBe empty
      val back = b.send(Array[Byte](2), 20).asScala.head
      a.receive(back, 30).frames.asScala shouldBe empty
      a.settled shouldBe true
      b.tick(40).asScala shouldBe empty
      val word = a.tick(50).asScala
      word.map(f => (f.sequence, f.expected)) shouldBe Seq((-1L, 1L))
      b.receive(word.head, 60)
      b.settled shouldBe true
    }
    "ask once for what is missing" in {
      val a, b = new ReliableLink(Resend)
      val frames = (1 to 4).flatMap(i => a.send(Array(i.toByte), 0).asScala)
      val asked = frames.tail.flatMap(b.receive(_, 10).frames.asScala)
      asked.map(f => (f.expected, f.missing)) shouldBe Seq((0L, true))
      val again = a.receive(asked.head, 20).frames.asScala
      again.map(_.sequence) shouldBe Seq(0L)
      b.receive(again.head, 30).payloads.asScala.map(_.toSeq) shouldBe (1 to 4).map(i => Seq(i.toByte))
    }
    "keep what is too much for the transport's queue until something arrived" in {
      val a = new ReliableLink(Resend)
      val now = (0 until 2000).map(_ => a.send(Array[Byte](0), 0).size).sum
      now should be < 3072
      a.receive(new LinkFrame(-1, false, 100, false, Array.empty), 10).frames should have size 100
    }
    "refuse an answer to what was never sent" in {
      a[BrokenInvariant] should be thrownBy new ReliableLink(Resend).receive(new LinkFrame(-1, false, 1, false, Array.empty), 0)
    }
  }
}
