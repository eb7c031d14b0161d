package stillpoint.clusterconfig

import java.nio.file.Path
import java.util.{List => JavaList}

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import scala.jdk.CollectionConverters._
import stillpoint.kernel.fault.{Fault, FaultKind, FaultText, Trigger}
import stillpoint.machine.elf.ElfReader
import stillpoint.machine.interrupt.CpuSet

/**
 * Goal: every kind of fault can be written, is printed as it was meant, and what can never strike is refused in one line. Method:
 * one example a kind and more, read, printed and read again; and wrong ones with what must be said of them.
 */
@RunWith(classOf[JUnitRunner])
class FaultReaderSpec extends AnyWordSpec with Matchers {
  private val root = Path.of(System.getProperty("stillpoint.root", "."))
  private val reader = new ScenarioReader((name, bytes) => ElfReader.read(name, bytes), JavaList.of(root))

  private def scenario(faults: String, more: String = ""): Scenario =
    reader.read("x.conf", s"""machine.board = xls416
                             |limits.virtual-time = 1s
                             |$more
                             |faults = [ $faults ]""".stripMargin, Overrides.NONE)

  private def all(scenario: Scenario): Seq[Fault] =
    (scenario.setup.faults.asScala ++ scenario.hostFaults.asScala).toSeq.sortBy(_.number)

  private def one(fault: String, more: String = ""): Fault = all(scenario(fault, more)) match {
    case Seq(only) => only
    case others => fail(others.toString)
  }

  private def refusal(fault: String, more: String = ""): String =
    try "(read without complaint) " + scenario(fault, more)
    catch { case e: ScenarioError => e.getMessage }

  private val examples = Map(
    FaultKind.IPI_LOST -> "{ kind = ipi-lost, from = 0, to = 3, nth = 2 }",
    FaultKind.IPI_DELAYED -> "{ kind = ipi-delayed, from = any, to = any, type = call-function, by = 40us, probability = 0.01 }",
    FaultKind.IPI_DUPLICATED -> "{ kind = ipi-duplicated, from = any, to = \"4-7\", function = flush_tlb_page_ipi, by = 1us, at = 3ms, for = 2ms }",
    FaultKind.SPURIOUS_IRQ -> "{ kind = spurious-irq, cpu = 3, line = timer, at = 10us }",
    FaultKind.IRQS_HELD -> "{ kind = irqs-held, cpu = 3, for = 30ms, when = \"stop_machine state PREPARE\", after = 2us }",
    FaultKind.CPU_FROZEN -> "{ kind = cpu-frozen, cpu = 7, for = ever, at = 3ms }",
    FaultKind.CPU_SLOW -> "{ kind = cpu-slow, cpu = \"0-3,5\", factor = 10, turn = 10us, for = 1ms, at = 0s }",
    FaultKind.CLOCK_SKEW -> "{ kind = clock-skew, cpu = 2, by = -25s, at = 3ms }",
    FaultKind.STORE_FAULT -> "{ kind = store-fault, cpu = any, address = \"0x100278\" }",
    FaultKind.BIT_FLIP -> "{ kind = bit-flip, address = \"0x100040\", bit = 29, at = 3ms }",
    FaultKind.SLOW_MEMORY -> "{ kind = slow-memory, from-address = \"0x100000\", to-address = \"0x1fffff\", by = 2us }",
    FaultKind.SLOW_LINK -> "{ kind = slow-link, from = \"cpu 3\", to = \"controller\", one-way = true, by = 2us }",
    FaultKind.NODE_KILL -> "{ kind = node-kill, node = 1, at = 500us }",
    FaultKind.NODE_PAUSE -> "{ kind = node-pause, node = 1, for = 5s, at = 500us }",
    FaultKind.PARTITION -> "{ kind = partition, node = 1, for = 5s, at = 500us }",
    FaultKind.ACTOR_CRASH -> "{ kind = actor-crash, cpu = 3, at = 500us }")

  private lazy val patchable: String =
    "0x" + java.lang.Long.toHexString(one("{ kind = store-fault, site = merge_sort }") match {
      case store: Fault.StoreFault => store.physical
      case other => fail(other.toString)
    })

  private def example(kind: FaultKind): String = examples(kind).replace("0x100278", patchable)

  "A fault" should {
    for (kind <- FaultKind.values) {
      s"be printed as it was written, being of the kind ${kind.text}" in {
        val fault = one(example(kind))
        fault.kind shouldBe kind
        fault.number shouldBe 1
        FaultText.of(fault, 16) shouldBe example(kind)
        fault.numbered(7).number shouldBe 7
        FaultText.of(fault.numbered(7), 16) shouldBe example(kind)
      }
    }
    "be numbered by its place, with host faults among the others" in {
      val kinds = FaultKind.values.toSeq
      val read = scenario(kinds.map(example).mkString(", "))
      all(read).map(_.kind) shouldBe kinds
      all(read).map(_.number) shouldBe (1 to kinds.size)
      val again = reader.read("x.conf", read.effective, Overrides.NONE)
      again.setup.faults shouldBe read.setup.faults
      again.hostFaults shouldBe read.hostFaults
      again.effective shouldBe read.effective
    }
    "take its selectors from a group as well, and CPUs by board" in {
      one("{ kind = ipi-delayed, match { to = any, type = call-function }, by = 40us, probability = 0.01 }") shouldBe
        one(examples(FaultKind.IPI_DELAYED))
      one("{ kind = ipi-lost, to = board 1 }", "machine { board = generic, cpus = 8, interconnect { topology = numa, boards = 2 } }") match {
        case lost: Fault.IpiLost => lost.ipis.to shouldBe CpuSet.range(4, 8)
        case other => fail(other.toString)
      }
    }
    "be armed from reset on and strike each time, unless it says otherwise" in {
      one("{ kind = ipi-lost }") match {
        case lost: Fault.IpiLost => lost.trigger shouldBe Trigger.ALWAYS
        case other => fail(other.toString)
      }
    }
    "know an address by the windows through which the kernel sees it" in {
      def physical(address: String) = one(s"{ kind = bit-flip, address = \"$address\", bit = 0, at = 1us }") match {
        case flip: Fault.BitFlip => flip.physical
        case other => fail(other.toString)
      }
      physical("0x100040") shouldBe 0x100040
      physical("0xffffffff80100040") shouldBe 0x100040
      physical("0x9800000000100040") shouldBe 0x100040
    }
  }

  "A fault that is wrong" should {
    "be refused with its key, its value, its place and what would do" in {
      refusal("{ kind = ipi-lsot }") should startWith("faults[0].kind = ipi-lsot does not exist (x.conf: 4); did you mean 'ipi-lost'?")
      refusal("{ kind = cpu-frozen, cpu = 16, at = 1ms, for = 1ms }") shouldBe
        "faults[0].cpu = 16 names a CPU that the machine does not have (x.conf: 4); its CPUs are 0-15"
      refusal("{ kind = ipi-lost, probability = 1.5 }") shouldBe
        "faults[0].probability = 1.5 is no probability (x.conf: 4); give a number within 0 .. 1, for instance 0.01"
      refusal("{ kind = ipi-lost, probability = -0.1 }") should include("is no probability")
      refusal("{ kind = ipi-lost, probability = often }") should include("is not a number")
      refusal("{ kind = ipi-lost, probability = 0 }") should include("lets it never strike")
      refusal("{ kind = ipi-delayed, by = 40 }") shouldBe
        "faults[0].by = 40 has no unit (x.conf: 4); add ns, us, ms or s, for instance 100us"
      refusal("{ kind = ipi-delayed, by = 0us }") should include("does nothing")
      refusal("{ kind = ipi-delayed }") should include("faults[0].by is missing")
      refusal("ipi-lost") should include("is not a group of keys (x.conf: 4); write { kind = ipi-lost")
      refusal("{ kind = ipi-lost, form = 3 }") should include("unknown key 'faults[0].form' (x.conf: 4); did you mean 'from'?")
      refusal("{ kind = ipi-lost, match { form = 3 } }") should include("unknown key 'faults[0].match.form'")
    }
    "be refused when it contradicts itself" in {
      refusal("{ kind = ipi-lost, nth = 2, probability = 0.5 }") should include("contradicts nth")
      refusal("{ kind = ipi-lost, at = 1us, when = \"takes resched IPI\" }") should include("contradicts when")
      refusal("{ kind = ipi-lost, after = 1us }") should include("says not after what")
      refusal("{ kind = ipi-lost, type = resched, function = rcu_exp_handler }") should include("only call-function IPIs call a function")
      refusal("{ kind = cpu-frozen, cpu = 7, for = 2ms }") should include("is never to strike")
      refusal("{ kind = cpu-frozen, cpu = 7, at = 1ms, nth = 2, for = 2ms }") should include("counts nothing")
      refusal("{ kind = slow-memory, from-address = \"0x20\", to-address = \"0x10\", by = 1us }") should include("lies below from-address")
      refusal("{ kind = cpu-slow, cpu = 1, at = 1us, factor = 100, turn = 50ns }") should include("leaves the CPU no cycle to run")
    }
    "be refused when it can never strike" in {
      refusal("{ kind = ipi-lost, from = 3, to = 3 }") should include("no CPU sends an IPI to itself")
      refusal("{ kind = ipi-lost }", "machine.cpus = 1") should include("a machine of one CPU sends no IPI")
      refusal("{ kind = ipi-lost, type = icache-flush }") should include("kernel.icache-flush = global-hit sends no such IPI")
      refusal("{ kind = ipi-lost, function = flush_tlb }") should include("does not exist")
      refusal("{ kind = ipi-lost, when = \"stop_machine state RUNNING\" }") should (include("never happens") and include("stop_machine state RUN"))
      refusal("{ kind = bit-flip, address = \"0x40\", bit = 0, when = \"takes resched IPI\" }") should include("is seen by CPUs only")
      refusal("{ kind = cpu-frozen, cpu = 7, at = 1s, for = 2ms }") should include("is after the end, limits.virtual-time")
      refusal("{ kind = node-kill, node = 1, at = 1s }") should include("is after the end")
      refusal("{ kind = slow-link, from = \"cpu 3\", to = \"cpus 0-2\", by = 1us }") should include("never matches: links join a CPU with")
      refusal("{ kind = slow-link, from = memory, to = controller, by = 1us }") should include("never matches")
      refusal("{ kind = slow-link, from = \"board 1\", by = 1us }") should include("names a board that the machine does not have")
      refusal("{ kind = store-fault, address = \"0x40\" }") should include("the word at 0x40 is no call site")
      refusal("{ kind = store-fault, site = merge_sotr }") should include("did you mean 'merge_sort'?")
      refusal("{ kind = bit-flip, address = \"0x41\", bit = 0, at = 1us }") should include("does not lead to a word")
      refusal("{ kind = bit-flip, symbol = nobody, bit = 0, at = 1us }") should include("is no symbol of guest/functions.elf")
      refusal("{ kind = bit-flip, bit = 0, at = 1us }") should include("needs one of address, site and symbol")
    }
  }
}
