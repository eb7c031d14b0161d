package stillpoint.kernel.system

import java.lang.management.ManagementFactory
import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.system.Machines._
import stillpoint.machine.time.LogicalProcess

/** Goal: a machine costs what is used of it. Method: the heap after a collection, with and without an idle machine. */
@RunWith(classOf[JUnitRunner])
class IdleMemorySpec extends AnyWordSpec with Matchers {
  private def usedMib: Double = {
    (1 to 3).foreach(_ => System.gc())
    ManagementFactory.getMemoryMXBean.getHeapMemoryUsage.getUsed / 1048576.0
  }

  "A generic machine of 4,097 CPUs with 4 KiB caches, constructed and idle," should {
    "take less than 100 MB of heap in all" in {
      val plan = Plan("upstream", 4097, board = Some("generic"), script = Some(Nil))
      val map = plan.setup.board
      (map.l1d.sizeBytes, map.l1i.sizeBytes) shouldBe ((4096, 4096))
      val before = usedMib
      val model = new EmulatedMachine(plan.setup)
      val processes: Array[LogicalProcess] = Array.tabulate(model.size)(model.create)
      val after = usedMib
      info(f"${after - before}%.1f MiB, ${(after - before) * 1048576 / model.size}%.0f bytes a process")
      processes.length should be > 4097
      after - before should be < 95.0
    }
  }
}
