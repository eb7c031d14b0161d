package stillpoint.actors.snapshot

import java.lang.reflect.{Field, GenericArrayType, Modifier, ParameterizedType, Type, TypeVariable, WildcardType}

import scala.collection.mutable
import scala.jdk.CollectionConverters._

import com.tngtech.archunit.core.importer.{ClassFileImporter, ImportOption}
import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.cpu.Frame
import stillpoint.kernel.wait.Wait
import stillpoint.machine.StateFixtures
import stillpoint.machine.time.{CutJudge, LogicalProcess, Message}

/**
 * Goal: whoever adds a field that a snapshot cannot hold hears of it here, not from a run that was restored. Method: from every
 * process, judge, message, frame and wait of the product, along the declared types of all fields and all their subtypes, each
 * type must be one that the codec knows. And the fields that it leaves out are written down here: each is either built by the
 * model or computed from what is restored.
 */
@RunWith(classOf[JUnitRunner])
class StateFieldsSpec extends AnyWordSpec with Matchers {
  private val product = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests)
    .importPackages("stillpoint.machine", "stillpoint.kernel")
  // a machine without a kernel runs by itself, outside the engine
  private val all: Seq[Class[_]] = product.asScala.toSeq.filterNot(_.getPackageName == "stillpoint.machine.bare").map(one => Class.forName(one.getName, false, getClass.getClassLoader))

  private val values = Set[Class[_]](
    classOf[String], classOf[java.lang.Long], classOf[java.lang.Integer], classOf[java.lang.Boolean], classOf[java.lang.Double])
  private val collections = Set[Class[_]](
    classOf[java.util.List[_]], classOf[java.util.ArrayList[_]], classOf[java.util.Map[_, _]], classOf[java.util.LinkedHashMap[_, _]],
    classOf[java.util.TreeMap[_, _]], classOf[java.util.TreeSet[_]], classOf[java.util.Set[_]], classOf[java.util.LinkedHashSet[_]],
    classOf[java.util.ArrayDeque[_]], classOf[java.util.Deque[_]], classOf[java.util.BitSet], classOf[java.util.Optional[_]],
    classOf[java.util.OptionalInt], classOf[java.util.OptionalLong])

  /** Shared by all processes and written as a number, so what is in them does not matter. */
  private val constants = Set("stillpoint.kernel.ftrace.CallSites", "stillpoint.machine.elf.Symbols",
    "stillpoint.machine.elf.ElfImage", "stillpoint.kernel.system.MachineSetup", "stillpoint.kernel.system.Shared")

  private class Walk {
    val problems: mutable.Set[String] = mutable.LinkedHashSet()
    val leftOut: mutable.Set[String] = mutable.TreeSet()
    private val seen = mutable.Set[Class[_]]()

    def root(type0: Class[_]): Walk = {
      all.filter(type0.isAssignableFrom).filterNot(_.isInterface).foreach(visit(_, "a root"))
      if (!all.contains(type0)) visit(type0, "a root")
      this
    }

    private def visit(type0: Class[_], where: String): Unit =
      if (seen.add(type0) && !constants(type0.getName)) {
        val below = all.filter(other => other != type0 && type0.isAssignableFrom(other))
        val abstractOne = type0.isInterface || Modifier.isAbstract(type0.getModifiers)
        if (!type0.isEnum) {
          if (type0.isInterface && below.isEmpty) problems += s"$where: only a lambda can be a ${type0.getSimpleName}"
          if (!abstractOne) Shape.refusal(type0).ifPresent(why => problems += s"$where: ${type0.getName}: $why")
          below.foreach(visit(_, where))
          superclasses(type0).flatMap(_.getDeclaredFields).foreach(field)
        }
      }

    private def superclasses(type0: Class[_]) =
      Iterator.iterate[Class[_]](type0)(_.getSuperclass).takeWhile(one => one != null && one != classOf[Object])

    private def field(field: Field): Unit = {
      val modifiers = field.getModifiers
      val name = s"${field.getDeclaringClass.getSimpleName}.${field.getName}"
      if (Modifier.isTransient(modifiers)) leftOut += name
      else if (!Modifier.isStatic(modifiers)) check(field.getGenericType, name)
    }

    private def check(type0: Type, where: String): Unit = type0 match {
      case one: Class[_] if one.isArray => check(one.getComponentType, where)
      // what a type variable stands for is checked as it is written
      case one: Class[_] if one.isPrimitive || values(one) || collections(one) || one == classOf[Object] =>
      case one: Class[_] if Shape.isOurs(one.getName) => visit(one, where)
      case one: Class[_] => problems += s"$where: no snapshot can hold a ${one.getName}"
      case one: ParameterizedType => (one.getRawType +: one.getActualTypeArguments.toSeq).foreach(check(_, where))
      case one: GenericArrayType => check(one.getGenericComponentType, where)
      case one: WildcardType => one.getUpperBounds.foreach(check(_, where))
      case _: TypeVariable[_] =>
      case other => problems += s"$where: a type of an unknown kind, $other"
    }
  }

  private lazy val walk: Walk = {
    val roots = Seq[Class[_]](classOf[LogicalProcess], classOf[CutJudge], classOf[Message], classOf[Frame], classOf[Wait])
    roots.foldLeft(new Walk)(_ root _)
  }

  "Every field of every process, judge, message and frame" should {
    "be one that a snapshot can hold" in {
      withClue(walk.problems.mkString("\n"))(walk.problems shouldBe empty)
    }
    "be part of the snapshot but for these" in {
      walk.leftOut.toSeq shouldBe Seq(
        "Core.hook", // of a bare machine
        "DataCache.before", // a guess
        "DataCache.beginnings", // of the most recent lines, noted anew
        "DataCache.readableLines", // noted anew
        "DataCache.recentSetMask", // noted anew
        "DataCache.writableLines", // noted anew
        "DirectorySlice.invsSent", // of the message being handled
        "DirectorySlice.table", // the protocol's table, built with the slice
        "InstructionCache.changes", // to be compared within a run
        "InstructionCache.decoded", // decoded anew
        "InstructionCache.decodedWide", // decoded anew
        "InstructionCache.lastFound", // a guess
        "InstructionCache.order", // of the board
        "Interpreter.fetched", // of a bare machine
        "Interpreter.last", // of a bare machine
        "Interpreter.translated", // translated anew
        "KernelCpu.outbox", // set around every call
        "KernelCpu.stackOf", // set by the process that owns it
        "L1Controller.table", // the protocol's table, built with the controller
        "LinePage.generation", // which observers hold a copy
        "LineStore.generation", // which observers hold a copy
        "LineStore.lastUsed", // a guess
        "Mmu.changes", // to be compared within a run
        "TrafficCpu.now") // of the call being made
    }
  }

  "This guard" should {
    "find a field for a function" in {
      new Walk().root(classOf[StateFixtures.Forgetful]).problems.toSeq should contain(
        "Forgetful.supplier: no snapshot can hold a java.util.function.Supplier")
    }
    "find a collection with the JVM's own order" in {
      new Walk().root(classOf[StateFixtures.Hashed]).problems.toSeq should contain("Hashed.map: no snapshot can hold a java.util.HashMap")
    }
    "find an interface of ours that only a lambda can be" in {
      new Walk().root(classOf[StateFixtures.Calling]).problems.toSeq should contain("Calling.callback: only a lambda can be a OnlyALambda")
    }
    "have come far" in {
      all.size should be > 300
    }
  }
}
