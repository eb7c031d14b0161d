package stillpoint.machine.coherence

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import scala.jdk.CollectionConverters._
import stillpoint.machine.coherence.CoherenceProtocol._
import stillpoint.machine.coherence.FabricFixtures._
import stillpoint.machine.interrupt.InterruptProtocol
import stillpoint.machine.time.{BrokenInvariant, LogicalProcess, StateHash}

@RunWith(classOf[JUnitRunner])
class DirectorySliceSpec extends AnyWordSpec with Matchers {
  private val Line = 0x1000L

  /** The only home of a small machine. */
  private class Home(cpus: Int = 4) {
    val map = mapOf(cpus)
    val slice = new DirectorySlice(map.directorySlice(0), map)
    val outbox = new Recorder
    var cycle = 1000L

    def get(messages: (Int, ToHome)*): this.type = {
      messages.foreach { case (cpu, message) => slice.handle(cycle, cpu, message, outbox) }
      this
    }
    /** What was said, as `cpu: message`. */
    def says: Seq[String] = outbox.take().map { sent =>
      val text = sent.message match {
        case m: DataS  => s"DataS ${m.data()(0)}"
        case m: DataE  => s"DataE ${m.data()(0)}"
        case m: DataM  => s"DataM ${m.data()(0)} after ${m.acks}"
        case m: AckCount => s"AckCount ${m.acks}"
        case m: Inv    => if (m.replyTo == map.directorySlice(0)) "Inv for home" else s"Inv for ${m.replyTo}"
        case m: FwdGetS => s"FwdGetS of ${m.requester}"
        case m: FwdGetM => s"FwdGetM of ${m.requester}"
        case m: DmaData => s"DmaData ${m.data()(0)}"
        case m: UncachedAnswer => "UncachedAnswer " + m.data.mkString(" ")
        case m: DataI  => s"DataI ${m.data()(0)}"
        case m: Recall => if (m.keepShared) "Recall to share" else "Recall to drop"
        case m         => m.getClass.getSimpleName
      }
      s"${sent.target}: $text"
    }
    def quietly: this.type = { outbox.take(); this }
    def report: SliceReport = slice.inspect(cycle).asInstanceOf[SliceReport]
    def hash: Long = { val h = new StateHash; slice.foldState(h); h.value }
  }

  private def getS = new GetS(Line)
  private def getM = new GetM(Line)
  private def getI = new GetI(Line)
  private def invAck = new InvAckToHome(Line)
  private def copyback(byte: Int) = new Copyback(Line, lineOf(byte))
  private def putM(byte: Int) = new PutM(Line, lineOf(byte))
  private def ownedBy(cpu: Int) = new Home().get(cpu -> getM).quietly
  private def sharedBy(cpus: Int*) = {
    val home = new Home().get(cpus.head -> getS, cpus(1) -> getS, cpus.head -> copyback(3))
    cpus.drop(2).foreach(cpu => home.get(cpu -> getS))
    home.quietly
  }

  "A home" when {
    "nobody has the line" should {
      "give it exclusively to the first reader, zeros if nobody wrote it, after memory's time" in {
        val home = new Home().get(2 -> getS)
        val Seq(Sent(2, arrival, data: DataE)) = home.outbox.take()
        arrival shouldBe 1000 + MemoryLatency + HomeLatency
        data.data shouldBe lineOf(0)
        home.report.memory.ownerOf(Line) shouldBe 2
      }
      "serve a fetch without remembering it" in {
        val home = new Home().get(2 -> getI, 1 -> getM)
        home.says shouldBe Seq("2: DataI 0", "1: DataM 0 after 0")
      }
    }
    "one CPU has the line" should {
      "send it to a reader from the owner, keep its copy, and then both share" in {
        val home = ownedBy(0).get(1 -> getS)
        home.says shouldBe Seq("0: FwdGetS of 1")
        home.get(0 -> copyback(9)).says shouldBe empty
        home.report.memory.memoryLine(Line) shouldBe lineOf(9)
        home.report.memory.ownerOf(Line) shouldBe MemorySnapshot.NOBODY
        home.get(3 -> getM).says shouldBe Seq("0: Inv for 3", "1: Inv for 3", "3: DataM 9 after 2")
      }
      "hand it on from writer to writer without waiting for anybody" in {
        val home = ownedBy(0).get(1 -> getM, 2 -> getM, 3 -> getM)
        home.says shouldBe Seq("0: FwdGetM of 1", "1: FwdGetM of 2", "2: FwdGetM of 3")
        home.report.memory.ownerOf(Line) shouldBe 3
        home.report.busyLines shouldBe empty
      }
      "recall it for a fetch, be it the owner's own" in {
        val home = ownedBy(0).get(0 -> getI)
        home.says shouldBe Seq("0: Recall to share")
        home.get(0 -> copyback(9)).says shouldBe Seq("0: DataI 9")
      }
      "take it back, with what was stored or without" in {
        val home = ownedBy(0).get(0 -> putM(4))
        home.says shouldBe Seq("0: PutAck")
        home.get(1 -> getS).says shouldBe Seq("1: DataE 4")
        home.get(1 -> new PutE(Line), 2 -> getS).says shouldBe Seq("1: PutAck", "2: DataE 4")
      }
      "take it back though it has told the owner to share it, and still wait for the copy" in {
        val home = ownedBy(0).get(1 -> getS).quietly
        home.get(0 -> putM(4), 0 -> getS).says shouldBe Seq("0: PutAck")
        home.get(0 -> copyback(4)).says shouldBe Seq("0: DataS 4")
      }
      "forget a line that both have given back before the copy came" in {
        val home = ownedBy(0).get(1 -> getS, 0 -> putM(4), 1 -> new PutS(Line), 0 -> copyback(4)).quietly
        home.report.memory.ownerOf(Line) shouldBe MemorySnapshot.NOBODY
        home.get(2 -> getS).says shouldBe Seq("2: DataE 4")
        val read = ownedBy(0).get(3 -> new DmaRead(Line), 0 -> putM(4), 0 -> copyback(4))
        read.says.last shouldBe "3: DmaData 4"
        read.report.memory.ownerOf(Line) shouldBe MemorySnapshot.NOBODY
      }
      "acknowledge what comes back from a CPU that owns it no more, and no more" in {
        val home = ownedBy(0).get(1 -> getM).quietly
        home.get(0 -> putM(4)).says shouldBe Seq("0: PutAck")
        home.report.memory.ownerOf(Line) shouldBe 1
        home.report.memory.memoryLine(Line) shouldBe lineOf(0)
      }
      "refuse what its owner would never ask" in {
        intercept[BrokenInvariant](ownedBy(0).get(0 -> getS)).getMessage should
          include("cpu0 asks for what it owns (line 0x1000, cycle 1000)")
        intercept[BrokenInvariant](ownedBy(0).get(2 -> getS, 1 -> copyback(4))).getMessage should
          include("does not own line 0x1000")
        intercept[BrokenInvariant](ownedBy(0).get(0 -> new PutS(Line)))
      }
    }
    "many share the line" should {
      "send a writer the data and the number of InvAcks that it has to wait for" in {
        val home = sharedBy(0, 1).get(3 -> getM)
        home.says shouldBe Seq("0: Inv for 3", "1: Inv for 3", "3: DataM 3 after 2")
        home.report.busyLines shouldBe empty
      }
      "send a sharer no data when it wants to write, at once" in {
        val home = sharedBy(0, 1, 3)
        home.cycle = 5000
        home.get(1 -> getM)
        val sent = home.outbox.take()
        sent.map(_.target) shouldBe Seq(0, 3, 1)
        sent.last.message shouldBe new AckCount(Line, 2)
        sent.last.arrivalCycle shouldBe 5000 + HomeLatency
      }
      "have a writer that is the only sharer wait for nobody" in {
        val home = ownedBy(2).get(2 -> getI, 2 -> copyback(6)).quietly
        home.get(2 -> getM).says shouldBe Seq("2: AckCount 0")
      }
      "forget a sharer that gives its copy back, and the line with the last" in {
        val put = new PutS(Line)
        val home = sharedBy(0, 1, 3).get(0 -> put, 1 -> put)
        home.says shouldBe Seq("0: PutAck", "1: PutAck")
        home.get(2 -> getM).says shouldBe Seq("3: Inv for 2", "2: DataM 3 after 1")
        sharedBy(0, 1).get(0 -> put, 1 -> put).quietly.get(2 -> getS).says shouldBe Seq("2: DataE 3")
      }
      "acknowledge a copy that comes back after its Inv" in {
        sharedBy(0, 1).get(1 -> getM, 0 -> new PutS(Line)).says.last shouldBe "0: PutAck"
      }
      "let the first of two store conditionals win, and refuse the other without a word to anybody" in {
        val upgrade = new Upgrade(Line)
        val home = sharedBy(0, 1).get(1 -> upgrade, 0 -> upgrade)
        home.says shouldBe Seq("0: Inv for 1", "1: AckCount 1", "0: UpgradeRefused")
        home.report.memory.ownerOf(Line) shouldBe 1
      }
      "serve requests that come before the owner's copy in the order in which they came" in {
        val home = ownedBy(1).get(0 -> getS, 2 -> getS, 0 -> getM, 3 -> getI)
        home.says shouldBe Seq("1: FwdGetS of 0")
        home.report.busyLines.asScala shouldBe Seq(new SliceReport.BusyLine(
          Line, HomeState.S_D, 0, 1, 0, Seq(2, 0, 3).map(Int.box).asJava))
        home.get(1 -> copyback(4)).says shouldBe Seq(
          "2: DataS 4", "1: Inv for 0", "2: Inv for 0", "0: AckCount 2", "0: Recall to share")
        home.get(0 -> copyback(5)).says shouldBe Seq("3: DataI 5")
        home.report.busyLines shouldBe empty
      }
      "send nothing that overtakes data which memory has not given yet" in {
        val home = sharedBy(0, 1)
        home.cycle = 2000
        home.get(2 -> getS)
        home.cycle = 2001
        home.get(3 -> getM)
        val sent = home.outbox.take()
        sent.filter(_.target == 2).map(_.arrivalCycle) shouldBe Seq.fill(2)(2000 + MemoryLatency + HomeLatency)
        sent.filter(_.target == 2).map(_.message) should have size 2
      }
      "cost one store with 4,097 CPUs three messages a sharer, and no more" in {
        val home = new Home(4098)
        home.get(0 -> getS, 1 -> getS, 0 -> copyback(3))
        (2 to 4096).foreach(cpu => home.get(cpu -> getS))
        home.quietly.get(0 -> getM)
        home.says shouldBe (1 to 4096).map(cpu => s"$cpu: Inv for 0") :+ "0: AckCount 4096"
        (1 to 4096).foreach(cpu => home.get(cpu -> getS))
        home.says shouldBe Seq("0: FwdGetS of 1")
        home.get(0 -> copyback(4)).says shouldBe (2 to 4096).map(cpu => s"$cpu: DataS 4")
      }
    }
    "a device" should {
      "read what the CPUs have, from memory or from the owner" in {
        sharedBy(0, 1).get(3 -> new DmaRead(Line)).says shouldBe Seq("3: DmaData 3")
        val home = ownedBy(0).get(3 -> new DmaRead(Line))
        home.says shouldBe Seq("0: Recall to share")
        home.get(0 -> copyback(9)).says shouldBe Seq("3: DmaData 9")
      }
      "write a part of a line that nobody has any more then" in {
        val write = new DmaWrite(Line, 2, Array[Byte](7, 7))
        val written = Seq[Byte](9, 9, 7, 7) ++ Seq.fill(LineBytes - 4)(9: Byte)
        val owned = ownedBy(0).get(3 -> write)
        owned.says shouldBe Seq("0: Recall to drop")
        owned.get(0 -> copyback(9)).says shouldBe Seq("3: DmaDone")
        val shared = sharedBy(0, 1).get(0 -> getM, 0 -> putM(9), 1 -> getS, 1 -> getI, 1 -> copyback(9), 2 -> getS).quietly
        shared.get(3 -> write).says shouldBe Seq("1: Inv for home", "2: Inv for home")
        shared.get(2 -> invAck).says shouldBe empty
        shared.get(1 -> invAck).says shouldBe Seq("3: DmaDone")
        for (home <- Seq(owned, shared)) {
          home.report.memory.memoryLine(Line).toSeq shouldBe written
          home.report.memory.ownerOf(Line) shouldBe MemorySnapshot.NOBODY
        }
      }
    }
    "a CPU goes past the caches" should {
      "read and write memory, whoever has the line, also while it is busy" in {
        for (home <- Seq(new Home, ownedBy(0), sharedBy(0, 1), ownedBy(0).get(1 -> getS).quietly)) {
          home.get(2 -> new UncachedStore(Line, 3, Array[Byte](5, 6)), 2 -> new UncachedLoad(Line, 2, 4))
          home.says.last should endWith("5 6 " + home.report.memory.memoryLine(Line)(5))
        }
      }
    }
    "instruction caches are to be flushed everywhere" should {
      val flush = new GlobalInvalidateI(Line)
      val ack = new InvalidateIAck(Line)
      "tell every CPU but the sender, and hold later requests until all have answered" in {
        Seq(new Home, ownedBy(0), sharedBy(0, 1)).foreach { home =>
          home.get(2 -> flush, 3 -> getI).says shouldBe Seq("0: InvalidateI", "1: InvalidateI", "3: InvalidateI")
          home.get(0 -> ack, 1 -> ack).says shouldBe empty
          home.get(3 -> ack).says.head shouldBe "2: GlobalInvalidateIDone"
        }
      }
      "take a line back meanwhile" in {
        val home = ownedBy(0).get(2 -> flush, 0 -> putM(8), 0 -> ack, 1 -> ack, 3 -> ack)
        home.says.takeRight(2) shouldBe Seq("0: PutAck", "2: GlobalInvalidateIDone")
        home.report.memory.ownerOf(Line) shouldBe MemorySnapshot.NOBODY
        val clean = ownedBy(0).get(2 -> flush, 0 -> new PutE(Line), 0 -> ack, 1 -> ack, 3 -> ack)
        clean.report.memory.ownerOf(Line) shouldBe MemorySnapshot.NOBODY
        home.get(1 -> getS).says shouldBe Seq("1: DataE 8")
      }
      "be done at once on a machine of one CPU" in {
        val home = new Home(1)
        home.get(0 -> flush, 0 -> getM, 0 -> flush, 0 -> getI, 0 -> copyback(2), 0 -> flush)
        home.says.count(_ == "0: GlobalInvalidateIDone") shouldBe 3
      }
    }
    "loaded before the run" should {
      "keep its own lines of an image, whatever the image's bounds, and leave the rest to its neighbours" in {
        val map = mapOf(2, slices = 3)
        val image = Array.tabulate[Byte](100)(i => (i + 1).toByte)
        val slices = (0 until 3).map(i => new DirectorySlice(map.directorySlice(i), map))
        slices.foreach(_.loadMemory(0x100b, image))
        val memory = (0x1000 until 0x1080 by LineBytes).flatMap { line =>
          slices(map.indexOfDirectorySlice(map.homeOf(line)))
            .inspect(0).asInstanceOf[SliceReport].memory.memoryLine(line)
        }
        memory shouldBe Seq.fill(11)(0: Byte) ++ image ++ Seq.fill(17)(0: Byte)
        slices.map(_.inspect(0).asInstanceOf[SliceReport].linesKnown).sum shouldBe 7
      }
      "cost what is touched, over a terabyte" in {
        val home = new Home()
        (0L until 1024L).foreach(gib => home.slice.loadMemory(gib << 30, Array[Byte](1)))
        home.report.linesKnown shouldBe 1024
        home.report.memory.memoryLine(1023L << 30)(0) shouldBe 1
        home.report.memory.memoryLine((1023L << 30) + LineBytes) shouldBe lineOf(0)
      }
    }
    "looked at" should {
      "do nothing on its own" in {
        new Home().slice.nextOwnCycle shouldBe LogicalProcess.NEVER
      }
      "have a state that shows memory, owners, sharers and queues, and not who looked" in {
        val homes = Seq(
          new Home, ownedBy(0), ownedBy(1), sharedBy(0, 1), sharedBy(0, 2), ownedBy(0).get(1 -> getS),
          ownedBy(0).get(1 -> getS, 2 -> getS), ownedBy(0).get(1 -> getS, 2 -> getM),
          ownedBy(0).get(3 -> new DmaRead(Line)))
        homes.map(_.hash).distinct should have size homes.size.toLong
        val before = homes.map(_.hash)
        homes.foreach(_.report)
        homes.map(_.hash) shouldBe before
      }
      "not depend on the order in which lines were first touched" in {
        val lines = (0 until 300).map(i => 0x1000L + i * 64L * LineBytes)
        val hashes = Seq(lines, lines.reverse).map { order =>
          val home = new Home
          order.foreach(home.slice.loadMemory(_, lineOf(1)))
          home.hash
        }
        hashes.distinct should have size 1
      }
      "refuse lines of other slices and messages of other protocols" in {
        val map = mapOf(2, slices = 2)
        val slice = new DirectorySlice(map.directorySlice(0), map)
        intercept[BrokenInvariant](slice.handle(1, 0, new GetS(0x1010), new Recorder)).getMessage shouldBe
          "line 0x1010 is not at home in directory0"
        intercept[BrokenInvariant](
          slice.handle(1, 0, new InterruptProtocol.ReadAndClearMailbox, new Recorder))
      }
    }
  }
}
