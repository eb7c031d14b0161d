package stillpoint.actors.cluster

import java.util.concurrent.{Executors, TimeUnit}
import java.util.concurrent.atomic.AtomicInteger
import scala.collection.mutable
import scala.util.Random

/** Between a gateway and its wire: drops, repeats, delays and so reorders frames as a seed says; `badly` in percent each. */
class LossyStage(seed: Long, badly: Int) extends WireStage with AutoCloseable {
  private val MostDelayMillis = 30
  private val random = new Random(seed)
  private val later = Executors.newSingleThreadScheduledExecutor { work =>
    val thread = new Thread(work, "lossy")
    thread.setDaemon(true)
    thread
  }
  val dropped, repeated, delayed, reordered = new AtomicInteger

  override def before(carrier: ClusterGateway.Wire): ClusterGateway.Wire = {
    val latest = mutable.Map.empty[Int, Long].withDefaultValue(-1L)
    def send(to: Int, frame: ClusterGateway.Frame): Unit = synchronized {
      if (frame.sequence >= 0 && frame.sequence < latest(to)) reordered.incrementAndGet()
      latest(to) = math.max(latest(to), frame.sequence)
      carrier.send(to, frame)
    }
    (to, frame) => synchronized {
      if (strikes(dropped)) ()
      else for (_ <- 0 to (if (strikes(repeated)) 1 else 0))
        if (strikes(delayed)) later.schedule((() => send(to, frame)): Runnable, (1 + random.nextInt(MostDelayMillis)).toLong, TimeUnit.MILLISECONDS)
        else send(to, frame)
    }
  }

  private def strikes(what: AtomicInteger): Boolean = random.nextInt(100) < badly && what.incrementAndGet() > 0

  override def close(): Unit = { later.shutdownNow(); () }
}
