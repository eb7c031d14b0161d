package stillpoint.actors.snapshot

import java.util.{ArrayDeque, BitSet, LinkedHashMap, Optional, TreeMap, TreeSet, List => JavaList}

import scala.util.{Failure, Random, Success, Try}

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.ShippedScenarios
import stillpoint.kernel.system.{EmulatedMachine, MachineJudge}
import stillpoint.machine.StateFixtures.{Caching, Forgetful, Holder}
import stillpoint.machine.interrupt.CpuSet
import stillpoint.machine.time._

/** The codec by itself: what comes back, what is refused, and what damage does. */
@RunWith(classOf[JUnitRunner])
class CborSnapshotsSpec extends AnyWordSpec with Matchers {

  private lazy val setup = ShippedScenarios.setup("ftrace-hang-xls.conf")
  private def machine = new EmulatedMachine(setup)
  private lazy val snapshots = new CborSnapshots(machine)

  // a judge of the product's that holds anything there is: the real one, with one field exchanged
  private def holding(value: AnyRef) = {
    val judge = new MachineJudge(setup)
    field.set(judge, Optional.of(value))
    judge
  }
  private val field = {
    val field = classOf[MachineJudge].getDeclaredField("proof")
    field.setAccessible(true)
    field
  }
  private def back(value: AnyRef): AnyRef = {
    val bytes = snapshots.save(holding(value))
    val judge = new MachineJudge(setup)
    snapshots.load(bytes, judge)
    snapshots.save(judge).toSeq shouldBe bytes.toSeq
    field.get(judge).asInstanceOf[Optional[AnyRef]].get
  }

  "A snapshot" should {
    "bring back texts, numbers and collections in their order" in {
      val map = new LinkedHashMap[String, AnyRef]()
      map.put("z", Long.box(Long.MinValue))
      map.put("a", new TreeMap[Integer, String](java.util.Map.of(Int.box(3), "three", Int.box(-1), "minus one")))
      map.put("m", new ArrayDeque(JavaList.of("first", "second")))
      map.put("s", new TreeSet(JavaList.of("b", "a")))
      map.put("d", Double.box(0.1))
      val copy = back(map).asInstanceOf[LinkedHashMap[String, AnyRef]]
      copy.keySet.toArray.toSeq shouldBe Seq("z", "a", "m", "s", "d")
      copy.toString shouldBe map.toString
      copy.get("m").getClass shouldBe classOf[ArrayDeque[_]]
    }
    "bring back arrays of every kind" in {
      val bits = new BitSet()
      bits.set(7)
      bits.set(1000)
      val all = Array[AnyRef](
        Array[Long](1, Long.MaxValue), Array[Int](-1), Array[Byte](5), Array[Short](-6), Array[Char]('x'), Array(true, false),
        Array(1.5), Array(Array[Byte](1), null), bits, CpuSet.range(3, 200),
        Array(bits, null), Array(JavaList.of("x")))
      val copy = back(all).asInstanceOf[Array[AnyRef]]
      for (i <- 0 until 7) copy(i).asInstanceOf[Array[_]].toSeq shouldBe all(i).asInstanceOf[Array[_]].toSeq
      copy(7).asInstanceOf[Array[Array[Byte]]].map(Option(_).map(_.toSeq)).toSeq shouldBe Seq(Some(Seq[Byte](1)), None)
      copy(8) shouldBe bits
      copy(9) shouldBe CpuSet.range(3, 200)
      copy(10).asInstanceOf[Array[BitSet]].toSeq shouldBe Seq(bits, null)
      copy(11).asInstanceOf[Array[JavaList[String]]].toSeq shouldBe Seq(JavaList.of("x"))
    }
    "keep what is one object one object, also in a circle" in {
      val a = new Holder(null)
      val b = new Holder(a)
      a.held = b
      val copy = back(Array[AnyRef](a, b, a)).asInstanceOf[Array[AnyRef]]
      copy(0) should be theSameInstanceAs copy(2)
      copy(0).asInstanceOf[Holder].held should be theSameInstanceAs copy(1)
      copy(1).asInstanceOf[Holder].held should be theSameInstanceAs copy(0)
    }
    "name what the model shares instead of holding it" in {
      val judge = holding(setup.guest.image)
      snapshots.save(judge).length should be < 2000
    }
    "be of a small process with a large id" in {
      val state = new RunnerState(5_000_000, 0, -1, 0, 0, 1, JavaList.of())
      val one = machine
      val itsSnapshots = new CborSnapshots(one)
      val bytes = itsSnapshots.save(state, one.create(one.shared.map.console))
      bytes.length should be < 5_000_000
      itsSnapshots.load(bytes, one.create(one.shared.map.console)) shouldBe state
    }
    "be refused of a lambda, with the way there" in {
      val lambda: java.util.function.Supplier[String] = () => "x"
      val refused = the[BrokenInvariant] thrownBy snapshots.save(holding(new Forgetful(JavaList.of(), lambda)))
      refused.getMessage should startWith("no snapshot of MachineJudge at proof.supplier: ")
      refused.getMessage should include("it is a lambda; make it a class with a name, or its field transient")
    }
    "be refused of classes that are not ours, and of the JVM's own order" in {
      for (alien <- Seq(new java.util.HashMap[String, String](), new Thread(), new java.io.File("x"), new java.util.Random(1))) {
        (the[BrokenInvariant] thrownBy snapshots.save(holding(alien))).getMessage should include(alien.getClass.getName)
      }
      (the[BrokenInvariant] thrownBy snapshots.save(holding(new TreeMap[String, String](java.util.Comparator.reverseOrder[String])))).getMessage should
        include("comparator")
    }
    "be refused when it would bring back an object without its caches" in {
      val bytes = snapshots.save(holding(new Caching))
      a[DamagedSnapshot] should be thrownBy snapshots.load(bytes, new MachineJudge(setup))
    }
    "be refused by a machine of another size, seed or kind" in {
      val bytes = snapshots.save(new MachineJudge(setup))
      val other = ShippedScenarios.setup("ftrace-octeon.conf")
      a[DamagedSnapshot] should be thrownBy new CborSnapshots(new EmulatedMachine(other)).load(bytes, new MachineJudge(other))
      val runner = new ProcessRunner(machine, 3)
      val another = new ProcessRunner(machine, 4)
      (the[DamagedSnapshot] thrownBy another.load(snapshots, runner.save(snapshots, 0, null))).getMessage should include("of another machine")
    }
  }

  "Damage" should {
    "be found out, or change nothing but values: never make another class, never end in another exception" in {
      val bytes = new ProcessRunner(machine, 0).save(snapshots, 0, null)
      val random = new Random(5)
      var refused = 0
      for (_ <- 1 to 600) {
        val damaged = bytes.clone
        if (random.nextInt(4) == 0) {
          val cut = java.util.Arrays.copyOf(damaged, random.nextInt(damaged.length))
          Try(new ProcessRunner(machine, 0).load(snapshots, cut)) shouldBe a[Failure[_]]
          Try(new ProcessRunner(machine, 0).load(snapshots, cut)).failed.get shouldBe a[DamagedSnapshot]
        } else {
          damaged(random.nextInt(damaged.length)) = random.nextInt(256).toByte
          Try(new ProcessRunner(machine, 0).load(snapshots, damaged)) match {
            case Success(_) =>
            case Failure(_: DamagedSnapshot | _: BrokenInvariant) => refused += 1
            case Failure(other) => fail(s"$other", other)
          }
        }
      }
      refused should be > 50
    }
  }
}
