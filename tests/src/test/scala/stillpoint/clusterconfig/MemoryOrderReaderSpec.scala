package stillpoint.clusterconfig

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.machine.board.MemoryOrder

/** {@code machine.memory-order} and {@code machine.store-buffer}. */
@RunWith(classOf[JUnitRunner])
class MemoryOrderReaderSpec extends AnyWordSpec with Matchers {
  import Scenarios._

  private def order(machine: String): MemoryOrder =
    read(s"machine { board = generic, $machine }").setup.board.memoryOrder

  private def refused(machine: String): String =
    intercept[ScenarioError](order(machine)).getMessage

  "A machine" should {
    "be sequentially consistent unless it says otherwise" in {
      order("cpus = 2") shouldBe MemoryOrder.SC
      order("memory-order = sc").kind shouldBe MemoryOrder.Kind.SC
    }
    "have the order and the buffer that it names" in {
      order("memory-order = tso").kind shouldBe MemoryOrder.Kind.TSO
      order("memory-order = pso, store-buffer { entries = 3, drain-delay = 200 cycles }") shouldBe
        new MemoryOrder(MemoryOrder.Kind.PSO, 3, 200)
      order("memory-order = pso, store-buffer { drain-delay = 1us }").drainCycles shouldBe 1000
    }
    "print them as it reads them" in {
      val scenario = read("machine { board = generic, memory-order = tso, store-buffer { entries = 3 } }")
      val text = scenario.effective
      text should include("memory-order = tso, store-buffer { entries = 3, drain-delay = 60 cycles }")
      read(text).setup.board shouldBe scenario.setup.board
    }
    "refuse what does not exist or has no use" in {
      refused("memory-order = rmo") should (include("machine.memory-order = rmo does not exist") and include("sc, tso, pso"))
      refused("store-buffer { entries = 3 }") should include("has no use under sc")
      refused("memory-order = tso, store-buffer { entries = 0 }") should include("store-buffer.entries = 0 is out of range")
      refused("memory-order = tso, store-buffer { entries = 65 }") should include("store-buffer.entries = 65")
      refused("memory-order = tso, store-buffer { drain-delay = 0 cycles }") should include("drain-delay")
      refused("memory-order = tso, store-buffer { drain-delay = 1 s }") should include("drain-delay")
      refused("memory-order = tso, store-buffer { size = 3 }") should include("unknown key 'machine.store-buffer.size'")
      refused("memory-order = tso, store-buffer = 3") should include("is not a group of keys")
    }
  }
}
