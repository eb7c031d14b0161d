package stillpoint.machine.coherence

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import scala.jdk.CollectionConverters._
import stillpoint.machine.coherence.HomeMesi.{Action, Event}
import stillpoint.machine.coherence.HomeState.{EM, I, S}
import stillpoint.machine.coherence.TransitionTable.{anyOf, same}

@RunWith(classOf[JUnitRunner])
class TransitionTableSpec extends AnyWordSpec with Matchers {
  private def builder = TransitionTable.of(classOf[HomeState], classOf[Event], classOf[Action])

  private val table = builder
    .on(anyOf(I, S), anyOf(Event.GETS, Event.GETM), EM, Action.READ_MEMORY, Action.SEND_DATA_E)
    .on(anyOf(S, EM), Event.GETI, same(): HomeState, Action.SEND_DATA_TO_READER)
    .build()

  "A transition table" should {
    "have a cell for each combination of a row" in {
      for (state <- Seq(I, S); event <- Seq(Event.GETS, Event.GETM)) {
        table.at(state, event).next shouldBe EM
        table.at(state, event).actions.asScala shouldBe Seq(Action.READ_MEMORY, Action.SEND_DATA_E)
      }
    }
    "stay in each state of a row that says so" in {
      table.at(S, Event.GETI).next shouldBe S
      table.at(EM, Event.GETI).next shouldBe EM
    }
    "have nothing where nothing can happen, and say so in words" in {
      Option(table.at(EM, Event.GETS)) shouldBe None
      table.missing(EM, Event.GETS, "directory3", 0x40, 17).getMessage shouldBe
        "directory3: GETS cannot happen in EM (line 0x40, cycle 17)"
    }
    "refuse two rows for one cell" in {
      val twice = builder.on(I, Event.GETS, EM, Action.SEND_DATA_E)
      intercept[IllegalStateException](twice.on(anyOf(S, I), Event.GETS, S, Action.SEND_DATA_S)).getMessage shouldBe
        "two rows for I on GETS"
    }
    "count its cells only when asked to" in {
      val counted = table.counted()
      (1 to 3).foreach { _ => table.at(I, Event.GETS); counted.at(I, Event.GETS) }
      table.usesOf(I, Event.GETS) shouldBe 0
      counted.usesOf(I, Event.GETS) shouldBe 3
      counted.unusedCells.asScala shouldBe
        Seq("I on GETM", "S on GETS", "S on GETM", "S on GETI", "EM on GETI")
    }
    "lack a cell, or have another there, only in a copy made for that" in {
      Option(table.without(S, Event.GETI).at(S, Event.GETI)) shouldBe None
      table.replacing(S, Event.GETI, EM, Action.SEND_DATA_S).at(S, Event.GETI).next shouldBe EM
      table.at(S, Event.GETI).next shouldBe S
      table.places.asScala.map(p => (p.state, p.event)) shouldBe Seq(
        (I, Event.GETS), (I, Event.GETM), (S, Event.GETS), (S, Event.GETM), (S, Event.GETI), (EM, Event.GETI))
    }
    "print its rows as they are written" in {
      table.toMarkdown.linesIterator.slice(2, 4).toSeq shouldBe Seq(
        "| `I`, `S` | `GETS`, `GETM` | `EM` | `READ_MEMORY`, `SEND_DATA_E` |",
        "| `S`, `EM` | `GETI` | (same) | `SEND_DATA_TO_READER` |")
    }
    "print how often each cell was used, if it counts" in {
      val counted = table.counted()
      (1 to 3).foreach(_ => counted.at(S, Event.GETI))
      counted.toMarkdown.linesIterator.filter(_.startsWith("| `GETI`")).next() should startWith("| `GETI` | | S 3 | EM 0 |")
      table.toMarkdown.linesIterator.filter(_.startsWith("| `GETI`")).next() should startWith("| `GETI` | | S | EM |")
    }
  }
}
