package stillpoint

import com.tngtech.archunit.base.DescribedPredicate
import com.tngtech.archunit.core.domain.{JavaClass, JavaClasses}
import com.tngtech.archunit.core.importer.{ClassFileImporter, ImportOption}
import com.tngtech.archunit.lang.ArchRule
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses
import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

/** Who may know whom, and what the pure parts do without. */
@RunWith(classOf[JUnitRunner])
class ArchitectureSpec extends AnyWordSpec with Matchers {
  private val product: JavaClasses = new ClassFileImporter()
    .withImportOption(new ImportOption.DoNotIncludeTests)
    .importPackages("stillpoint")

  private val Machine = "stillpoint.machine.."
  private val Kernel = "stillpoint.kernel.."
  private val ClusterConfig = "stillpoint.clusterconfig.."
  private val Actors = "stillpoint.actors.."
  private val Console = "stillpoint.console.."

  private def mayNotKnow(part: String, others: String*): ArchRule =
    // a part may have no class yet
    noClasses.that.resideInAPackage(part).should.dependOnClassesThat.resideInAnyPackage(others: _*).allowEmptyShould(true)

  private def named(what: String)(is: JavaClass => Boolean): DescribedPredicate[JavaClass] =
    DescribedPredicate.describe(what, type0 => is(type0))

  /** Hash order, other threads, the host's clock and its randomness: none of them gives the same run twice. */
  private val unrepeatable = named("something that does not repeat") { type0 =>
    val name = type0.getName
    Set("java.util.HashMap", "java.util.HashSet", "java.util.IdentityHashMap", "java.util.WeakHashMap", "java.util.Hashtable",
      "java.util.Random", "java.util.SplittableRandom", "java.util.UUID", "java.util.Date", "java.util.Timer", "java.util.Calendar",
      "java.lang.Thread", "java.lang.ThreadLocal", "java.security.SecureRandom").contains(name) ||
    name.startsWith("java.util.concurrent.") || name.startsWith("java.util.random.") || name.startsWith("java.time.")
  }

  private val unrepeatableCalls: ArchRule = noClasses.that
    .resideInAnyPackage(Machine, Kernel)
    .should.callMethod(classOf[System], "nanoTime")
    .orShould.callMethod(classOf[System], "currentTimeMillis")
    .orShould.callMethod(classOf[System], "identityHashCode", classOf[Object])
    .orShould.callMethod(classOf[Math], "random")

  private val pure: ArchRule =
    noClasses.that.resideInAnyPackage(Machine, Kernel).should.dependOnClassesThat(unrepeatable)

  private val noAkka: ArchRule =
    noClasses.that.resideInAnyPackage(Machine, Kernel, ClusterConfig).should.dependOnClassesThat.resideInAnyPackage("akka..")

  "Arrows between the parts" should {
    "point from console to actors to kernel to machine, and from cluster-config to kernel and machine" in {
      mayNotKnow(Machine, Kernel, ClusterConfig, Actors, Console).check(product)
      mayNotKnow(Kernel, ClusterConfig, Actors, Console).check(product)
      mayNotKnow(ClusterConfig, Actors, Console).check(product)
      mayNotKnow(Actors, Console).check(product)
    }
    "not lead from machine, kernel or cluster-config to Akka" in noAkka.check(product)
  }

  "Machine and kernel" should {
    "do without hash order, threads, wall clock and unseeded randomness" in {
      pure.check(product)
      unrepeatableCalls.check(product)
    }
  }

  "These rules" should {
    def violated(rule: ArchRule, classes: JavaClasses): Boolean = rule.evaluate(classes).hasViolation

    "see the classes they speak of" in {
      for (part <- Seq(Machine, Kernel, Actors))
        product.stream.filter(JavaClass.Predicates.resideInAPackage(part)).count should be > 5L
    }
    "catch an arrow that points the wrong way" in {
      violated(mayNotKnow(Actors, Machine), product) shouldBe true
    }
    "catch Akka, a thread, a clock and hash order where they are" in {
      def inActors(rule: DescribedPredicate[JavaClass]) = noClasses.that.resideInAPackage(Actors).should.dependOnClassesThat(rule)
      violated(inActors(JavaClass.Predicates.resideInAnyPackage("akka..")), product) shouldBe true
      violated(inActors(unrepeatable), product) shouldBe true
      violated(noClasses.that.resideInAPackage(Actors).should.callMethod(classOf[System], "nanoTime"), product) shouldBe true
      val own = new ClassFileImporter().importClasses(classOf[fixture.HashOrder])
      violated(noClasses.should.dependOnClassesThat(unrepeatable), own) shouldBe true
    }
  }
}

package fixture {
  /** What the rules must catch. */
  final class HashOrder {
    val numbers: java.util.Map[String, Integer] = new java.util.HashMap[String, Integer]()
  }
}
