package stillpoint.machine.cpu

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.machine.isa.ExcCode

/**
 * The corners of the architecture: each file's programs, run in both byte orders; and lists, kept apart from the files, of what
 * there has to be a program for.
 */
@RunWith(classOf[JUnitRunner])
class CornersSpec extends AnyWordSpec with Matchers {
  private val names = Corners.all.map(_.name)

  "The corners" should {
    "have a name of their own and say where their rule is" in {
      names.diff(names.distinct) shouldBe empty
      for (corner <- Corners.all) withClue(corner.name) {
        corner.manual should not be empty
        corner.orders should not be empty
        corner.expected(true).map(_._1) should contain("traps")
      }
    }
    "raise every exception there is in a delay slot" in {
      ExcCode.values.map(code => s"delay slot: $code").toSet -- names shouldBe empty
    }
    "nullify and execute the slot of every likely branch" in {
      for (branch <- Seq("beql", "bnel", "blezl", "bgtzl", "bltzl", "bgezl", "bltzall", "bgezall")) {
        names should contain(s"$branch not taken nullifies its slot")
        names should contain(s"$branch taken executes its slot")
      }
    }
    "move every unaligned instruction over the end of a line, of a page and of an uncached line" in {
      for (op <- Seq("lwl", "lwr", "ldl", "ldr", "swl", "swr", "sdl", "sdr"); at <- Seq("0x1e", "0x1f", "0x20", "0x21"))
        names should contain(s"unaligned: $op at $at, where a line, a page and an uncached line end at 0x20")
    }
    "misalign every access that can be" in {
      for (op <- Seq("lh", "lhu", "lw", "lwu", "ld", "ll", "lld", "sh", "sw", "sd", "sc", "scd"))
        names.count(name => name.startsWith(s"$op a0, ") && name.endsWith("of an address that is not its size's")) shouldBe 1
    }
    "overflow with every instruction that can" in {
      for (op <- Seq("add", "addi", "sub", "dadd", "daddi", "dsub"))
        names.count(_.startsWith(s"overflow leaves the destination as it was: $op ")) shouldBe 2
    }
    "write every register of coprocessor 0 that volume III has" in {
      val registers = Seq(
        "Index", "EntryLo0", "EntryLo1", "Context", "PageMask", "Wired", "HWREna", "EntryHi", "Compare", "IntCtl", "Cause", "EPC", "EBase",
        "WatchLo", "WatchHi", "XContext", "ErrorEPC")
      for (register <- registers) names.count(_.startsWith(s"all ones written to $register leave ")) shouldBe 1
      val templates = Corners.all.filter(_.file == "registers.corners")
      val written = templates.map(_.name).mkString("\n")
      for (register <- Seq("Random", "BadVAddr", "SRSCtl", "PRId", "Config2", "Config3", "LLAddr")) written should include(s"$register cannot be written")
      for (register <- Seq("Debug", "DEPC", "PerfCnt control 0", "ErrCtl", "CacheErr", "DESAVE", "SRSMap", "WatchLo1"))
        written should include(s"$register is not there")
    }
    "leave every other register and select reading 0" in {
      // select 0 of 7, 21 and 22 is what the manual reserves; HWREna (7) is there
      val there = Set(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 28, 29, 30).map(_ -> 0) ++
        Set(4 -> 2, 5 -> 1, 12 -> 1, 15 -> 1, 16 -> 1, 16 -> 2, 16 -> 3, 16 -> 4) ++ (2 to 7).map(31 -> _)
      for (register <- 0 until 32; select <- 0 until 8 if !there(register -> select)) withClue(s"$register, $select: ") {
        new BareBench("nop").setCp0(register, -1, select).cp0(register, select) shouldBe 0
      }
    }
    "cover what is on the list of hard places" in {
      val hard = Seq(
        "sc after eret fails, for eret takes the link", "sc to another line fails and leaves memory alone",
        "sc after an exception and its return fails", "a refill within EXL goes to the general vector and leaves EPC, but writes BadVAddr",
        "eret leaves error level first, exception level next", "a machine check sets TS, and software may only clear it",
        "Random goes from the top to Wired and around, a write of Wired sets it to the top", "Count wraps, and meets Compare behind it",
        "jalr with rd = rs jumps to the old value", "a branch in a slot takes over after one instruction at the first target",
        "an interrupt that ends wait comes back behind it", "a watch exception at exception level waits for its end",
        "eret has no delay slot", "CU0 lets user mode use coprocessor 0")
      hard.filterNot(names.contains) shouldBe empty
    }
  }

  for ((file, corners) <- Corners.all.groupBy(_.file).toSeq.sortBy(_._1)) s"Corners of ${file.stripSuffix(".corners")}" should {
    for (corner <- corners) corner.name in {
      for (bigEndian <- corner.orders) {
        val bench = new CornerBench(corner, bigEndian)
        bench.run()
        val compared = corner.expected(bigEndian).map { case (name, value) => name -> bench.compare(name, value) }
        val order = if (bigEndian) "big" else "little"
        val wrong = compared.collect { case (name, (is, should)) if is != should => s"$name is $is, not $should" }
        if (wrong.nonEmpty) fail(s"$order-endian: ${wrong.mkString("; ")} (${corner.manual})")
      }
    }
  }
}
