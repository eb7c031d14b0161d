package stillpoint.console

import java.nio.file.Files

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.console.FakeMachine._

/** litmus as a person uses it: output, exit codes, bad input. */
@RunWith(classOf[JUnitRunner])
class LitmusCommandSpec extends AnyWordSpec with Matchers {
  private val folder = Files.createTempDirectory("litmus")
  private val set = root.resolve("tests/src/test/resources/stillpoint/litmus")

  private def file(name: String, text: String): String = Files.writeString(folder.resolve(name), text).toString

  private def refused(arguments: String*): String = {
    val outcome = launch("litmus" +: arguments: _*)
    withClue(arguments.mkString(" ") + " printed " + outcome) {
      outcome.exit shouldBe 2
      outcome.out shouldBe empty
      outcome.errLines should have size 1
    }
    outcome.err
  }

  "litmus" should {
    "print the histogram and the observation" in {
      val outcome = launch("litmus", set.resolve("SB.litmus").toString, "--seeds", "200", "--memory-order", "tso")
      outcome.exit shouldBe 0
      outcome.err shouldBe empty
      val lines = outcome.out.linesIterator.toSeq
      lines.head shouldBe "Test SB Allowed"
      lines.find(_.startsWith("Observation")).get should fullyMatch regex "Observation SB Sometimes \\d+ \\d+"
      lines.last should fullyMatch regex "Time SB \\d+\\.\\d\\d"
    }
    "exit with 1 only for a state that must not be" in {
      val never = Files.readString(set.resolve("SB.litmus"))
      launch("litmus", file("never.litmus", never), "--seeds", "20").exit shouldBe 0
      launch("litmus", file("not.litmus", never.replace("exists", "~exists")), "--seeds", "20").exit shouldBe 0
      launch("litmus", file("broken.litmus", never.replace("exists", "~exists")), "--seeds", "200", "--memory-order", "pso").exit shouldBe 1
      launch("litmus", file("all.litmus", never.replace("exists", "forall")), "--seeds", "20").exit shouldBe 1
    }
    "print one JSON document" in {
      val outcome = launch("litmus", set.resolve("CoWW.litmus").toString, "--seeds", "10", "--cpus", "3", "--json")
      outcome.exit shouldBe 0
      outcome.out shouldBe "{\"test\":\"CoWW\",\"memory_order\":\"sc\",\"seed\":42,\"seeds\":10,\"cpus\":3,\"condition\":\"exists (x=1)\"," +
        "\"validated\":false,\"observation\":\"Never\",\"positive\":0,\"negative\":10," +
        "\"states\":[{\"count\":10,\"satisfies\":false,\"values\":{\"x\":2}}]}\n"
    }
  }

  "Bad input" should {
    "be one line and exit 2" in {
      val sb = set.resolve("SB.litmus").toString
      val text = Files.readString(set.resolve("SB.litmus"))
      refused("none.litmus") should include("no such file")
      refused(folder.toString) should include("is not a file")
      refused(sb, "--seeds", "0") should include("--seeds 0 is not within 1 .. 100000000")
      refused(sb, "--seeds", "x") should include("--seeds")
      refused(sb, "--memory-order", "rmo") should include("--memory-order rmo does not exist; there are: sc, tso, pso")
      refused(sb, "--cpus", "1") should include("--cpus 1 is not within 2, the test's threads, .. 256")
      refused(sb, "--cpus", "257") should include("--cpus 257")
      refused(file("instruction.litmus", text.replaceFirst("lw ", "lwq "))) should include("instruction.litmus:9: P0: no instruction is called 'lwq'")
      refused(file("register.litmus", text.replace("0:$3", "0:$zz"))) should include("register.litmus:10: no register is called 'zz'")
      refused(file("condition.litmus", text.replace("/\\", "&&"))) should include("condition.litmus:10: found '&' where")
      refused(file("text.litmus", "hello")) should include("text.litmus:1: 'hello' is no title; begin with 'MIPS name'")
      refused(file("trap.litmus", text.replace("0(%y1)", "1(%y1)"))) should include("P1 met the exception AdES")
    }
  }
}
