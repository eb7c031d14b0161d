package stillpoint.clusterconfig

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.config.Barrier
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

  "Barriers that are left out" should {
    def kernel(machine: String, missing: String) =
      s"machine { board = generic, $machine }\nkernel { missing-barriers = $missing }"
    def refusal(machine: String, missing: String): String = {
      val text = intercept[ScenarioError](read(kernel(machine, missing))).getMessage
      text.linesIterator should have size 1
      text
    }
    "be read in whatever order, and printed as they are read" in {
      val scenario = read(kernel("memory-order = pso", "[llist_add, set_state, llist_add]"))
      scenario.setup.kernel.missingBarriers shouldBe java.util.List.of(Barrier.SET_STATE, Barrier.LLIST_ADD)
      scenario.effective should include("missing-barriers = [\"set_state\", \"llist_add\"]")
      read(scenario.effective).setup.kernel shouldBe scenario.setup.kernel
    }
    "not be spoken of where none is" in {
      read("machine { board = generic }").effective should not include "missing-barriers"
      read(kernel("memory-order = sc", "[]")).setup.kernel.missingBarriers shouldBe empty
    }
    "be refused where there is no such barrier, or it can never matter" in {
      refusal("memory-order = pso", "[smp_wmb]") should (include("kernel.missing-barriers") and include("names 'smp_wmb'") and
        include("there are: set_state, csd_lock, csd_unlock, llist_add"))
      refusal("memory-order = sc", "[set_state]") should (include("can never matter under machine.memory-order = sc") and
        include("set that to tso or pso"))
      refusal("memory-order = pso, store-buffer { entries = 3 }", "[set_state]") should include("machine.store-buffer.entries = 3")
      refusal("memory-order = pso", "set_state") should include("is not a list")
    }
  }
}
