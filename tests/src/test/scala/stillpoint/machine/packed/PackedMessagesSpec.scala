package stillpoint.machine.packed

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

import com.tngtech.archunit.core.importer.{ClassFileImporter, ImportOption}
import java.lang.reflect.InvocationTargetException
import scala.jdk.CollectionConverters._
import scala.util.Random
import stillpoint.kernel.system.PackedMessages
import stillpoint.machine.coherence.CoherenceProtocol
import stillpoint.machine.interrupt.{CpuSet, InterruptProtocol}
import stillpoint.machine.time.{BrokenInvariant, Event, EventOrder, Message, StateHash}

/**
 * Goal: no message is lost or altered between nodes, whichever will be added. Method: every class of machine and kernel that is a
 * Message is found in the class files, filled at random through its constructor, written, read, and its fold compared.
 */
@RunWith(classOf[JUnitRunner])
class PackedMessagesSpec extends AnyWordSpec with Matchers {
  private val codec = PackedMessages.codec

  /** Machines that only ever run on one node. */
  private val onOneNode = Seq("stillpoint.machine.time.phold", "stillpoint.machine.smp")

  private val messageClasses: Seq[Class[_]] = new ClassFileImporter()
    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
    .importPackages("stillpoint.machine", "stillpoint.kernel")
    .asScala.toSeq
    .filter(c => c.isAssignableTo(classOf[Message]) && !c.isInterface && !onOneNode.contains(c.getPackageName))
    .map(c => Class.forName(c.getName))

  private def value(random: Random, kind: Class[_]): AnyRef = {
    def number(): Long = random.nextInt(4) match {
      case 0 => random.nextInt(100).toLong
      case 1 => -random.nextInt(100).toLong
      case 2 => Seq(Long.MaxValue, Long.MinValue, -1L, 0L)(random.nextInt(4))
      case _ => random.nextLong()
    }
    if (kind == classOf[Long]) Long.box(number())
    else if (kind == classOf[Int]) Int.box(number().toInt)
    else if (kind == classOf[Boolean]) Boolean.box(random.nextBoolean())
    else if (kind == classOf[String]) random.nextString(random.nextInt(20)).replaceAll("[\\ud800-\\udfff]", "?")
    else if (kind == classOf[Array[Byte]]) { val bytes = new Array[Byte](random.nextInt(130)); random.nextBytes(bytes); bytes }
    else if (kind == classOf[CpuSet]) {
      val bits = new java.util.BitSet
      for (_ <- 0 until random.nextInt(40)) bits.set(random.nextInt(if (random.nextBoolean()) 64 else 1_000_000))
      CpuSet.of(bits)
    } else if (kind == classOf[InterruptProtocol.Prompt]) sample(random, classOf[InterruptProtocol.SetMailbox])
    else if (kind == classOf[Message]) sample(random, classOf[CoherenceProtocol.GetS])
    else fail(s"a message with a field of $kind: teach this spec to fill it")
  }

  private def sample(random: Random, kind: Class[_]): Message = {
    val constructor = kind.getDeclaredConstructors.maxBy(_.getParameterCount)
    constructor.setAccessible(true)
    try constructor.newInstance(constructor.getParameterTypes.map(value(random, _)): _*).asInstanceOf[Message]
    catch { case e: InvocationTargetException => throw e.getCause }
  }

  private def fold(message: Message): Long = { val hash = new StateHash; message.fold(hash); hash.value }

  "Packed messages" should {
    "come back as they were, every kind of them" in {
      messageClasses.size should be >= 28
      val random = new Random(1)
      for (kind <- messageClasses; _ <- 0 until 100) {
        val message = sample(random, kind)
        val back = codec.fromBytes(codec.toBytes(message))
        back.getClass shouldBe kind
        withClue(s"$message: ")(fold(back) shouldBe fold(message))
      }
    }
    "be refused when their tag is unknown, when they are cut short, or when there is more" in {
      a[PackedFormatException] should be thrownBy codec.fromBytes(Array[Byte](120))
      a[PackedFormatException] should be thrownBy codec.fromBytes(Array[Byte](-1, -1, -1, -1, -1, -1, -1, -1, -1, 1))
      val random = new Random(2)
      for (kind <- messageClasses) {
        val bytes = codec.toBytes(sample(random, kind))
        a[PackedFormatException] should be thrownBy codec.fromBytes(bytes.dropRight(1))
        a[PackedFormatException] should be thrownBy codec.fromBytes(bytes :+ 0.toByte)
      }
    }
    "never make anything but a message or a refusal of any bytes" in {
      val random = new Random(3)
      for (_ <- 0 until 20_000) {
        val bytes = new Array[Byte](random.nextInt(30))
        random.nextBytes(bytes)
        if (bytes.nonEmpty && random.nextBoolean()) bytes(0) = random.nextInt(40).toByte
        try codec.fromBytes(bytes) catch { case _: PackedFormatException => }
      }
    }
    "refuse to write what is no message of the machine" in {
      a[BrokenInvariant] should be thrownBy codec.toBytes((_: StateHash) => ())
    }
  }

  "A chain of packed events" should {
    "come back whole, at about twenty bytes an event without data" in {
      val random = new Random(4)
      val events = new EventCodec(codec)
      def chain(count: Int) = (0 until count).foldLeft(null: Event) { (rest, i) =>
        val order = EventOrder.of(random.nextInt(5000), 100_000L + random.nextInt(1000))
        new Event(random.nextInt(5000), 7_000_000_000L + random.nextInt(5000), order, new CoherenceProtocol.GetS(0x4000_0000L + 32 * i)).inFrontOf(rest)
      }
      def seen(head: Event) = Iterator.iterate(head)(_.next).takeWhile(_ != null)
        .map(e => (e.target, e.arrivalCycle, e.order, fold(e.message))).toSet
      val sent = chain(1000)
      val expected = seen(sent)
      val out = new PackedOutput
      events.write(sent, 7_000_000_000L, out)
      (out.size / 1000.0) should be <= 20.0
      val in = new PackedInput(out.toBytes)
      seen(events.read(in, 7_000_000_000L, 5000)) shouldBe expected
      in.requireEnd()
      a[PackedFormatException] should be thrownBy events.read(new PackedInput(out.toBytes), 7_000_000_000L, 100)
    }
  }
}
