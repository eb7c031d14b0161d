package stillpoint.clusterconfig

import java.nio.file.{Files, Path}
import java.util.{List => JList}
import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.machine.elf.ElfReader

@RunWith(classOf[JUnitRunner])
class GuestFilesSpec extends AnyWordSpec with Matchers {
  private val root = Path.of(System.getProperty("stillpoint.root")).toAbsolutePath.normalize
  private val reader = new ScenarioReader((name, file) => ElfReader.read(name, file), JList.of(root))
  private val good = Files.readAllBytes(root.resolve("guest/functions.elf"))

  private def refusal(content: Array[Byte]): String = {
    val file = Files.createTempFile("guest", ".elf")
    file.toFile.deleteOnExit()
    Files.write(file, content)
    val error = intercept[ScenarioError] {
      reader.read("scenarios/x.conf", s"""guest.elf = "$file"""", Overrides.NONE)
    }
    withClue(error.getMessage) {
      error.getMessage should startWith(s"guest.elf = $file cannot be used: ")
      error.getMessage should include("(scenarios/x.conf: 1); give a MIPS ELF program")
      error.getMessage.linesIterator.size shouldBe 1
    }
    error.getMessage
  }

  "The guests of the repository" should {
    "fit the boards" in {
      for (guest <- Seq("functions", "sites"); board <- Seq("xls416", "octeon-cn58", "generic"))
        reader
          .read("x.conf", s"""machine.board = $board, guest.elf = "guest/$guest.elf"""", Overrides.NONE)
          .setup
          .guest
          .image
          .symbols should not be empty
    }
  }

  "A guest" should {
    "be refused in one line when it is a text, truncated, or for another machine" in {
      refusal("int main() { return 0; }\n".getBytes)
      refusal(good.take(100))
      refusal(good.take(good.length / 2))
      refusal(Array.emptyByteArray)
      val x86 = good.clone
      x86(18) = 0 // e_machine, big endian
      x86(19) = 62
      refusal(x86)
    }
  }
}
