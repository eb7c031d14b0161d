package stillpoint.machine.coherence

import java.nio.file.{Files, Path}
import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

/**
 * The page shows the tables as they are, with how often a fixed set of random programs uses each cell. With
 * -Dstillpoint.update-docs=true this spec writes them into it.
 */
@RunWith(classOf[JUnitRunner])
class CoherenceDocSpec extends AnyWordSpec with Matchers {
  private val page = Path.of(System.getProperty("stillpoint.root", ".")).resolve("docs/coherence.md")
  private val seeds = 1L to 160L

  private lazy val used: Tables = {
    val tables = Tables(L1Mesi.TABLE.counted(), HomeMesi.TABLE.counted())
    seeds.foreach(seed => new RandomCoherence(seed, tables).run())
    tables
  }

  private def withTable(text: String, name: String, table: TransitionTable[_, _, _]): String = {
    val begin = s"<!-- table $name: generated -->\n"
    val end = s"<!-- end of table $name -->"
    val from = text.indexOf(begin)
    val until = text.indexOf(end)
    assert(from >= 0 && until > from, s"docs/coherence.md has no place for table $name")
    text.substring(0, from) + begin + "\n" + table.toMarkdown + "\n" + text.substring(until)
  }

  "docs/coherence.md" should {
    "show the tables that the simulator runs, and how often each cell was used" in {
      val written = Files.readString(page)
      val current = withTable(withTable(written, "L1", used.l1), "home", used.home)
      if (java.lang.Boolean.getBoolean("stillpoint.update-docs")) Files.writeString(page, current)
      else if (written != current)
        fail("docs/coherence.md is stale; to write it anew: " +
          "mvn -pl tests -am verify -Dtest=CoherenceDocSpec " +
          "-Dsurefire.failIfNoSpecifiedTests=false -Dstillpoint.update-docs=true")
    }
    "have no cell that no program uses" in {
      used.l1.unusedCells shouldBe empty
      used.home.unusedCells shouldBe empty
    }
  }
}
