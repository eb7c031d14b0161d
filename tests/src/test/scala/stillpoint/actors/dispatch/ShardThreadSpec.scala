package stillpoint.actors.dispatch

import java.util.concurrent.{CountDownLatch, Executors, TimeUnit}

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

/**
 * Goal: whoever works for a shard, it is one at a time, and nothing is lost when work changes hands. Method: carriers and other
 * threads bring tasks, some of which bring one more themselves; all touch what nothing protects.
 */
@RunWith(classOf[JUnitRunner])
class ShardThreadSpec extends AnyWordSpec with Matchers {
  private val Each = 20_000
  private val Bringers = 4

  for (spinNanos <- Seq(0L, 20_000L)) s"A shard's thread that spins $spinNanos ns" should {
    "do all tasks, one at a time, with carriers and without" in {
      val shard = new ShardThread(Executors.defaultThreadFactory, spinNanos).start()
      var done = 0
      var within = false
      var overlaps = 0
      var strangers = 0
      val all = new CountDownLatch(2 * Bringers * Each + 2 * Bringers * Each / 2)
      def task(more: Boolean): Runnable = () => {
        if (within) overlaps += 1
        within = true
        if (!shard.isCurrent) strangers += 1
        done += 1
        if (more) shard.execute(task(more = false))
        within = false
        all.countDown()
      }
      def bring(): Unit = for (i <- 0 until Each) {
        shard.execute(task(i % 2 == 0))
        // now and then the shard comes to rest
        if (i % 500 == 0) Thread.sleep(0, 100_000)
      }
      val bringers = Seq.fill(Bringers)(new ShardThread.Carrier(() => bring(), "carrier")) ++ Seq.fill(Bringers)(new Thread(() => bring()))
      bringers.foreach(_.start())
      bringers.foreach(_.join())
      all.await(60, TimeUnit.SECONDS) shouldBe true
      shard.shutdown()
      shard.awaitTermination(60, TimeUnit.SECONDS) shouldBe true
      (done, overlaps, strangers) shouldBe ((3 * Bringers * Each, 0, 0))
    }
  }
}
