package stillpoint.clusterconfig

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import scala.jdk.CollectionConverters._
import stillpoint.clusterconfig.Scenarios._
import stillpoint.machine.board.Interconnect
import stillpoint.machine.board.Interconnect.{Mesh, Numa, Ring}

@RunWith(classOf[JUnitRunner])
class InterconnectReaderSpec extends AnyWordSpec with Matchers {
  private def machine(cpus: Int, interconnect: String, more: String = "", board: String = "generic") =
    s"machine { board = $board, cpus = $cpus, $more interconnect { $interconnect } }"

  private def interconnect(cpus: Int, text: String): Interconnect =
    read(machine(cpus, text)).setup.board.interconnect

  "A scenario that says nothing of it" should {
    "have a crossbar, on every preset" in {
      Presets.boardNames.asScala.foreach { name =>
        read(s"machine.board = $name").setup.board.interconnect shouldBe Interconnect.CROSSBAR
      }
    }
  }

  "machine.interconnect" should {
    "be a ring of all CPUs, a hop given in cycles or time" in {
      interconnect(16, "topology = ring") shouldBe new Ring(16, 4)
      interconnect(16, "topology = ring, hop = 7 cycles") shouldBe new Ring(16, 7)
      read("machine { board = octeon-cn58, interconnect { topology = ring, hop = 10ns } }")
        .setup.board.interconnect shouldBe new Ring(16, 8)
    }
    "be a mesh as square as the CPUs allow, or as wide and high as it is said to be" in {
      interconnect(16, "topology = mesh") shouldBe new Mesh(4, 4, 4)
      interconnect(12, "topology = mesh") shouldBe new Mesh(4, 3, 4)
      interconnect(7, "topology = mesh") shouldBe new Mesh(7, 1, 4)
      interconnect(16, "topology = mesh, height = 8") shouldBe new Mesh(2, 8, 4)
      interconnect(16, "topology = mesh, width = 16, hop = 1 cycle") shouldBe new Mesh(16, 1, 1)
    }
    "be boards of equally many CPUs, but the last one, 5 us apart" in {
      interconnect(64, "topology = numa") shouldBe new Numa(4, 16, 5000)
      interconnect(4097, "topology = numa, boards = 16, cross-board = 2us") shouldBe new Numa(16, 257, 2000)
      interconnect(10, "topology = numa, boards { cpus-per-board = 4, at-most = 2 }") shouldBe new Numa(2, 5, 5000)
      interconnect(1000000, "topology = numa") shouldBe new Numa(1024, 977, 5000)
    }
    "give every board its own slices, by the presets' rules" in {
      val board = read(machine(4096, "topology = numa, boards = 16")).setup.board
      (board.directorySlices, board.interruptSlices) shouldBe ((256, 64))
      val small = read(machine(64, "topology = numa")).setup.board
      (small.directorySlices, small.interruptSlices) shouldBe ((4, 4))
    }
    "have links as wide as it takes, unless a flit's bytes are given" in {
      read(machine(4, "topology = ring")).setup.board.flitBytes shouldBe 0
      read(machine(4, "flit-bytes = 8")).setup.board.flitBytes shouldBe 8
    }
    "be the same when the effective text is read again" in {
      for (text <- Seq("topology = crossbar", "topology = ring", "topology = mesh, width = 3", "topology = numa, boards = 5",
          "topology = ring, flit-bytes = 8")) {
        val first = read(machine(33, text))
        val again = read(first.effective)
        again.setup.board shouldBe first.setup.board
        again.effective shouldBe first.effective
      }
    }
    "be refused in one line that names file, key, value and what would do" in {
      def refused(cpus: Int, text: String, more: String = "", board: String = "generic") =
        refusal(machine(cpus, text, more, board))
      refused(4, "topology = torus") shouldBe
        "machine.interconnect.topology = torus does not exist (scenarios/x.conf: 1); there are: crossbar, ring, mesh, numa"
      refused(4, "topology = rnig") should include("did you mean 'ring'?")
      refused(4, "hop = 3 cycles") should include("unknown key 'machine.interconnect.hop' (scenarios/x.conf: 1)")
      refused(4, "topology = ring, width = 2") should include("unknown key 'machine.interconnect.width'")
      refused(4, "topology = ring, hop = 0 cycles") shouldBe
        "machine.interconnect.hop = 0 cycles is out of range (scenarios/x.conf: 1); give 1 .. 1000000000 cycles"
      refused(4, "topology = ring, hop = 3") should include("has no unit")
      refused(1000000, "topology = ring, hop = 1s") should include("give at most 2000 cycles")
      refused(1000, "topology = ring, hop = 3ms") shouldBe
        "machine.interconnect.hop = 3ms makes the longest way, 500 hops, take more than 1000000000 cycles" +
        " (scenarios/x.conf: 1); give at most 2000000 cycles"
      refused(16, "topology = mesh, width = 5, height = 3") shouldBe
        "machine.interconnect.width = 5 makes 5 x 3 = 15 stations for 16 CPUs (scenarios/x.conf: 1);" +
        " give width = 4 and height = 4"
      refused(16, "topology = mesh, width = 5") should include("makes 5 x 4 = 20 stations for 16 CPUs")
      refused(16, "topology = mesh, height = 3") should include("machine.interconnect.height = 3 makes 6 x 3 = 18 stations")
      refused(16, "topology = mesh, width = 0") should include("is out of range")
      refused(10, "topology = numa, boards = 7") shouldBe
        "machine.interconnect.boards = 7 leaves boards without a CPU: 10 CPUs fill 5 boards of 2" +
        " (scenarios/x.conf: 1); give 5"
      refused(4, "topology = numa, boards = 0") should include("is out of range")
      refused(64, "topology = numa, cross-board = 0us") should include("machine.interconnect.cross-board = 0us is out of range")
      refused(4, "topology = ring, flit-bytes = 0") shouldBe
        "machine.interconnect.flit-bytes = 0 is out of range (scenarios/x.conf: 1); give a whole number within 1 .. 256"
      refused(4, "topology = mesh, flit-bytes = 8", "latency.cpu-to-home = 1 cycle,") shouldBe
        "machine.latency.cpu-to-home = 1 cycle leaves no time for the routers of a ring or mesh with flit-bytes" +
        " (scenarios/x.conf: 1); give at least 2 cycles, or leave flit-bytes out"
      refused(64, "topology = numa, boards { cpus = 4 }") should include("machine.interconnect.boards")
      refused(64, "topology = numa, boards = 4", "directory-slices = 6,") shouldBe
        "machine.directory-slices = 6 does not give each of 4 boards as many (scenarios/x.conf: 1);" +
        " give a multiple of 4, for instance 8"
      refused(16, "topology = numa, boards = 4", board = "xls416") should fullyMatch regex
        "machine.interrupt-slices = 1 does not give each of 4 boards as many \\(boards.conf: \\d+\\);" +
        " give a multiple of 4, for instance 4"
      refusal("machine { interconnect = ring }") should include("is not a group of keys")
    }
    "fit again when --cpus changes the machine, or say what does not" in {
      val text = machine(16, "topology = mesh")
      read(text, overrides(cpus = Some(6))).setup.board.interconnect shouldBe new Mesh(3, 2, 4)
      refusal(machine(16, "topology = mesh, width = 4"), overrides(cpus = Some(6))) should include("give width = 3 and height = 2")
    }
  }
}
