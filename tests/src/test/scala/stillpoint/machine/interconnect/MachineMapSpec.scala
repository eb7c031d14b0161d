package stillpoint.machine.interconnect

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.machine.board.Board
import stillpoint.machine.board.Interconnect.Ring
import stillpoint.machine.board.Board.InterruptControllerKind.XLR_PIC
import stillpoint.machine.interconnect.MachineMap.Kind
import stillpoint.machine.l1.CacheGeometry
import stillpoint.machine.time.BrokenInvariant

@RunWith(classOf[JUnitRunner])
class MachineMapSpec extends AnyWordSpec with Matchers {
  private val cache = new CacheGeometry(2, 1, 32)
  private def mapOf(cpus: Int, directories: Int, controllers: Int) = new MachineMap(
    new Board("small", cpus, 1000, true, cache, cache, directories, XLR_PIC, controllers, 20, 50, 7, 9))

  "The map of a machine" should {
    "number CPUs first, then interrupt controller slices, directory slices and the console" in {
      val map = mapOf(4, 3, 2)
      map.size shouldBe 10
      (0 until 10).map(map.nameOf) shouldBe Seq(
        "cpu0", "cpu1", "cpu2", "cpu3", "interrupt-controller0", "interrupt-controller1", "directory0",
        "directory1", "directory2", "console")
      (0 until 10).map(map.kindOf).distinct shouldBe Kind.values.toSeq.filter(_ != Kind.ROUTER)
      intercept[BrokenInvariant](map.kindOf(10)).getMessage shouldBe "no logical process has id 10"
    }
    "number a ring's routers behind them, one for each CPU, if its links carry a flit a cycle" in {
      def ring(flitBytes: Int) = new MachineMap(new Board(
        "ring", 4, 1000, true, cache, cache, 3, XLR_PIC, 2, 20, 50, 7, 9, false, 0, new Ring(4, 5), flitBytes))
      ring(0).size shouldBe 10
      val map = ring(8)
      map.size shouldBe 14
      (10 until 14).map(map.nameOf) shouldBe Seq("router0", "router1", "router2", "router3")
      (0 until 14).map(map.kindOf).distinct shouldBe Kind.values.toSeq
      (0 until 4).map(map.router) shouldBe (10 until 14)
      (map.latencyCycles(0, 10), map.latencyCycles(10, 11), map.latencyCycles(13, 10)) shouldBe ((3, 5, 5))
      map.lookaheadCycles shouldBe 3
      for ((from, to) <- Seq((10, 12), (0, 11))) intercept[BrokenInvariant](map.latencyCycles(from, to))
    }
    "deal lines to the directory slices in turn" in {
      val map = mapOf(4, 3, 2)
      (0 until 6).map(i => map.homeOf(0x1800L + 32 * i + 31)) shouldBe
        (0 until 6).map(i => map.directorySlice((0x1800 / 32 + i) % 3))
    }
    "deal CPUs to the interrupt controller slices in contiguous runs that cover all" in {
      for (cpus <- Seq(1, 2, 7, 16, 1000); slices <- Seq(1, 2, 3, 16, 64)) {
        val map = mapOf(cpus, 1, slices)
        for (index <- 0 until slices) {
          val run = map.firstCpuOfInterruptSlice(index) until map.firstCpuOfInterruptSlice(index + 1)
          run.foreach(cpu => map.interruptSliceOf(cpu) shouldBe map.interruptSlice(index))
        }
        map.firstCpuOfInterruptSlice(slices) shouldBe cpus
      }
    }
    "know each link's latency, the same both ways, and none where nobody talks" in {
      val map = mapOf(4, 3, 2)
      map.latencyCycles(0, map.directorySlice(1)) shouldBe 20
      map.latencyCycles(map.directorySlice(1), 0) shouldBe 20
      map.latencyCycles(0, map.interruptSlice(1)) shouldBe 7
      map.latencyCycles(0, map.console) shouldBe 9
      map.lookaheadCycles shouldBe 7
      map.latencyCycles(0, 1) shouldBe 20
      map.latencyCycles(map.console, map.directorySlice(0)) shouldBe 20
      map.latencyCycles(map.directorySlice(0), map.console) shouldBe 20
      intercept[BrokenInvariant](map.latencyCycles(1, 1)).getMessage shouldBe "no link between cpu1 and cpu1"
      for ((a, b) <- Seq(
          (map.console, map.interruptSlice(0)), (map.directorySlice(0), map.directorySlice(1)),
          (map.interruptSlice(0), map.directorySlice(0))))
        intercept[BrokenInvariant](map.latencyCycles(a, b))
    }
    "put every process next to some CPU" in {
      for (cpus <- Seq(1, 3, 16); slices <- Seq(1, 4, 40)) {
        val map = mapOf(cpus, slices, slices)
        (0 until map.size).foreach(id => map.placeOf(id) should (be >= 0 and be < cpus))
        (0 until cpus).foreach(cpu => map.placeOf(cpu) shouldBe cpu)
      }
    }
  }
}
