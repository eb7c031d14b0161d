package stillpoint.actors.cluster

import akka.actor.{ActorSystem => ClassicSystem}
import akka.actor.typed.javadsl.Adapter
import akka.serialization.SerializationExtension
import com.typesafe.config.{Config, ConfigFactory}
import java.util.{ArrayList => JArrayList, List => JList}
import java.io.{ByteArrayOutputStream, ObjectOutputStream}
import org.junit.runner.RunWith
import org.scalatest.BeforeAndAfterAll
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import scala.concurrent.Await
import scala.concurrent.duration._
import stillpoint.clusterconfig.ClusterSettings

/** What must never be made of bytes from another JVM; says so if it is. */
object Trap {
  @volatile var sprung = 0

  class Bean extends java.io.Serializable {
    sprung += 1
    def setCommand(text: String): Unit = sprung += 1
    private def readObject(in: java.io.ObjectInputStream): Unit = sprung += 1
  }
}

/**
 * Goal: bytes from another JVM become nothing but the messages of this program and of Akka itself. Method: bytes as a foreign
 * JVM would send them, for the deserialiser of a real node's actor system.
 */
@RunWith(classOf[JUnitRunner])
class ForeignMessagesSpec extends AnyWordSpec with Matchers with BeforeAndAfterAll {
  private val settings: Config = ConfigFactory
    .parseString("akka.remote.artery.canonical { hostname = 127.0.0.1, port = 0 }")
    .withFallback(ClusterSettings.shipped)
    .withFallback(ConfigFactory.load().getConfig("stillpoint.cluster").withOnlyPath("akka"))
    .withFallback(ConfigFactory.load())
    .resolve()

  private lazy val system = ClassicSystem("stillpoint", settings)
  private lazy val serialization = SerializationExtension(system)

  override def afterAll(): Unit = Await.result(system.terminate(), 60.seconds)

  private def deserialize(bytes: Array[Byte], serializer: Int, manifest: String) =
    serialization.deserialize(bytes, serializer, manifest)

  /** Akka's own numbers for its serializers. */
  private val Java = 1
  private lazy val Cbor = serialization.serializerFor(classOf[DoorProtocol.Answer]).identifier
  private val emptyObject = Array(0xbf.toByte, 0xff.toByte)

  "Messages of this program" should {
    "go through CBOR and come back equal" in {
      val answer = new DoorProtocol.Answer("a:1", java.util.Map.of("version", "1"))
      val bytes = serialization.serialize(answer).get
      deserialize(bytes, Cbor, classOf[DoorProtocol.Answer].getName).get shouldBe answer
    }
    "go so about explorations, each of them" in {
      import ExploreProtocol._
      def ref[T] = Adapter.toTyped[T](system.deadLetters)
      val made = new Made(7, "{}".getBytes)
      val hand = new Hand(JList.of(1L, Long.MaxValue), JList.of(2L))
      val messages = Seq[ClusterMessage](
        new Explore("r", 2, 60000, 8, true, ref), new Crew("r", JList.of(new Member("a:1", ref))), new Waiting("r", "t"), new Lost("r", "t"),
        new Told("r", "a:1", 2, JList.of(made), JList.of(3L), ref), new Broke("r", "a:1", "t"), new Begin("r", 0, ref, ref), hand, new Over("r"))
      val back = messages.map(one => deserialize(serialization.serialize(one).get, Cbor, one.getClass.getName).get)
      def text(message: Any) = message.toString.replaceAll("\\[B@\\w+", "bytes")
      back.map(text) shouldBe messages.map(text)
      back.collect { case told: Told => new String(told.made.get(0).bytes) } shouldBe Seq("{}")
      back.collect { case again: Hand => again } shouldBe Seq(hand)
      val all = Seq(classOf[ClientCommand], classOf[MakerCommand]).flatMap(_.getPermittedSubclasses).filterNot(_.getSimpleName == "Local")
      messages.map(_.getClass) should contain allElementsOf all
    }
  }

  "Bytes that name another class" should {
    "be refused by the CBOR serializer before anything is made of them" in {
      val before = Trap.sprung
      val foreign = Seq(
        classOf[Trap.Bean].getName, "java.util.HashMap", "java.lang.String", "java.lang.ProcessBuilder", "javax.script.ScriptEngineManager",
        "com.sun.rowset.JdbcRowSetImpl", "akka.actor.Props", "stillpoint.machine.time.NodeBatch", "no.such.Type", ""
      )
      for (name <- foreign) withClue(name + ": ")(deserialize(emptyObject, Cbor, name).isFailure shouldBe true)
      Trap.sprung shouldBe before
    }
    "be refused inside a message of this program too" in {
      val before = Trap.sprung
      val inside = ("""{"name":"a","facts":{"@class":"""" + classOf[Trap.Bean].getName + """","command":"x"}}""").getBytes
      val json = new com.fasterxml.jackson.databind.ObjectMapper().readTree(inside)
      val cbor = new com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper().writeValueAsBytes(json)
      deserialize(cbor, Cbor, classOf[DoorProtocol.Answer].getName).get shouldBe
        new DoorProtocol.Answer("a", java.util.Map.of("@class", classOf[Trap.Bean].getName, "command", "x"))
      Trap.sprung shouldBe before
    }
  }

  "Java's own serialization" should {
    "be refused, for whatever class" in {
      val before = Trap.sprung
      for (value <- Seq[AnyRef](new JArrayList(JList.of("x")), new Trap.Bean)) {
        val made = Trap.sprung
        val bytes = new ByteArrayOutputStream
        val out = new ObjectOutputStream(bytes)
        out.writeObject(value)
        out.close()
        deserialize(bytes.toByteArray, Java, "").isFailure shouldBe true
        Trap.sprung shouldBe made
      }
      Trap.sprung shouldBe before + 1 // the one made here
    }
  }

  "A serializer that nobody registered" should {
    "be refused" in {
      for (number <- Seq(-77, 2, 99, 4711, Int.MaxValue)) deserialize(emptyObject, number, "java.lang.String").isFailure shouldBe true
    }
  }

  "Serializers" should {
    "make objects by reflection of messages of this program alone" in {
      val bindings = settings.getConfig("akka.actor.serialization-bindings")
      val reflecting = bindings.root.keySet.toArray.map(_.toString).filter(name => bindings.getString(s""""$name"""").startsWith("jackson"))
      reflecting shouldBe Array("stillpoint.actors.cluster.ClusterMessage")
      settings.getBoolean("akka.actor.allow-java-serialization") shouldBe false
      settings.getStringList("akka.serialization.jackson.allowed-class-prefix") shouldBe empty
    }
  }
}
