package stillpoint.actors.cluster

import akka.actor.typed.{ActorRef, ActorSystem, Behavior, Props}
import akka.actor.typed.javadsl.Behaviors
import com.typesafe.config.ConfigFactory
import java.util.{List => JList, Optional}
import java.util.concurrent.{ConcurrentHashMap, CountDownLatch, LinkedBlockingQueue}
import java.util.concurrent.TimeUnit.SECONDS
import java.util.concurrent.atomic.AtomicInteger
import java.util.function.BooleanSupplier
import org.junit.runner.RunWith
import org.scalatest.BeforeAndAfterAll
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import scala.jdk.CollectionConverters._
import stillpoint.actors.cluster.ExploreProtocol.{Begin, Broke, ClientCommand, Hand, MakerCommand, Over, Told}

/**
 * Goal: no word that is lost between a node that makes runs and who asked for them loses a run, or makes one twice. Method: the real
 * maker, with who asked played here.
 */
@RunWith(classOf[JUnitRunner])
class ExploreMakerSpec extends AnyWordSpec with Matchers with BeforeAndAfterAll {
  private val system = {
    val base = ConfigFactory.load()
    ActorSystem.create(Behaviors.empty[String], "maker-spec", base.getConfig("stillpoint.overlay").withFallback(base).resolve())
  }
  private val names = new AtomicInteger

  override def afterAll(): Unit = system.terminate()

  private def spawn[T](behavior: Behavior[T]): ActorRef[T] = system.systemActorOf(behavior, s"a${names.incrementAndGet()}", Props.empty)

  private class Playing(make: (Long, BooleanSupplier) => Option[String]) {
    val words = new LinkedBlockingQueue[ClientCommand]
    @volatile var ends = false
    private val client = spawn(Behaviors.receiveMessage[ClientCommand] { word =>
      words.put(word)
      if (ends) Behaviors.stopped[ClientCommand] else Behaviors.same[ClientCommand]
    })
    val times = new ConcurrentHashMap[Long, Integer]
    private val runs: RunMaker = (number, stop) => {
      times.merge(number, 1, _ + _)
      val bytes: Optional[Array[Byte]] = make(number, stop).fold(Optional.empty[Array[Byte]])(text => Optional.of(text.getBytes))
      bytes
    }
    val maker: ActorRef[MakerCommand] =
      spawn(ExploreMaker.create(new Begin("x", 2, spawn(BulkHolder.of("spec".getBytes)), client), "a:1", bytes => {
        new String(bytes) shouldBe "spec"
        runs
      }))
    def hand(numbers: Long*)(acknowledged: Long*): Unit = {
      def list(some: Seq[Long]): JList[java.lang.Long] = some.map(Long.box).asJava
      maker.tell(new Hand(list(numbers), list(acknowledged)))
    }
    /** The next word; the time bounds a failure only. */
    def next(): ClientCommand = {
      val word = words.poll(60, SECONDS)
      word should not be null
      word
    }
    /** The next word of which this is true. */
    def told(what: Told => Boolean): Told = Iterator.continually(next()).collectFirst { case told: Told if what(told) => told }.get
  }

  private def made(told: Told): Map[Long, String] = told.made.asScala.map(one => one.number -> new String(one.bytes)).toMap

  "A node that makes runs" should {
    "say that it is there, and again and again what it has made, until that is acknowledged" in {
      val playing = new Playing((number, _) => Some(s"run $number"))
      import playing._
      val first = told(_ => true)
      (first.node, first.threads, first.made.size, first.held.size) shouldBe (("a:1", 2, 0, 0))
      hand(3, 1)()
      hand(1, 2, 3)() // as if its word had been lost
      val all = Map(1L -> "run 1", 2L -> "run 2", 3L -> "run 3")
      made(told(_.made.size == 3)) shouldBe all
      made(told(_ => true)) shouldBe all
      hand()(1, 3)
      made(told(_.made.size == 1)) shouldBe Map(2L -> "run 2")
      hand()(2)
      told(_.made.isEmpty).held.size shouldBe 0
      times.asScala.values.toSet shouldBe Set(1)
    }
    "give up what is under way when it is over, and when whoever asked is gone" in {
      for (way <- Seq("told", "gone")) withClue(way) {
        val begun, givenUp = new CountDownLatch(1)
        val playing = new Playing((_, stop) => {
          begun.countDown()
          while (!stop.getAsBoolean) Thread.sleep(1)
          givenUp.countDown()
          None
        })
        playing.hand(5)()
        begun.await(60, SECONDS) shouldBe true
        if (way == "told") playing.maker.tell(new Over("x")) else playing.ends = true
        givenUp.await(60, SECONDS) shouldBe true
      }
    }
    "say what broke" in {
      val playing = new Playing((number, _) => throw new IllegalStateException(s"no run $number"))
      playing.hand(9)()
      Iterator.continually(playing.next()).collectFirst { case broke: Broke => broke.text }.get should include("no run 9")
    }
    "take runs that are too long for a frame for a fault, and tell many in several frames" in {
      val long = new Playing((_, _) => Some("x" * (RunMaker.MOST_BYTES + 1)))
      long.hand(1)()
      Iterator.continually(long.next()).collectFirst { case broke: Broke => broke.text }.get should include("leaves")
      val many = new Playing((number, _) => Some(s"$number" + "x" * 30000))
      many.hand((0L until 9L): _*)()
      var got = Set.empty[Long]
      while (got.size < 9) {
        val told = many.told(!_.made.isEmpty)
        told.made.asScala.map(_.bytes.length).sum should be <= RunMaker.MOST_BYTES
        got ++= made(told).keys
        many.hand()(made(told).keys.toSeq: _*)
      }
    }
  }
}
