package stillpoint.machine.elf

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

import java.util.{List => JavaList}

@RunWith(classOf[JUnitRunner])
class SymbolsSpec extends AnyWordSpec with Matchers {
  private val base = 0xffffffff80100000L

  private val symbols = new Symbols(
    new ElfImage(
      true,
      true,
      base,
      JavaList.of(),
      JavaList.of(
        new ElfImage.Symbol("first", base, 0x40, true),
        new ElfImage.Symbol("alias", base + 0x40, 0x80, true),
        new ElfImage.Symbol("second", base + 0x40, 0x80, true),
        new ElfImage.Symbol("label", base + 0x50, 0, false),
        new ElfImage.Symbol("endless", base + 0x100, 0, true))))

  "Symbols" should {
    "be found by their exact name" in {
      symbols.named("label").get.address shouldBe base + 0x50
      symbols.named("lab").isPresent shouldBe false
    }
    "name an address as a kernel does: function, offset, size" in {
      symbols.format(base + 0x10) shouldBe "first+0x10/0x40"
      symbols.format(base + 0x40) shouldBe "alias+0x0/0x80"
    }
    "see functions only, not the labels inside them" in {
      symbols.format(base + 0x54) shouldBe "alias+0x14/0x80"
    }
    "leave an address between two functions alone" in {
      symbols.format(base + 0xc0) shouldBe "0xffffffff801000c0"
      symbols.nameAt(base - 4) shouldBe "0xffffffff800ffffc"
    }
    "let a function without a size reach on" in {
      symbols.nameAt(base + 0x1000) shouldBe "endless"
    }
  }
}
