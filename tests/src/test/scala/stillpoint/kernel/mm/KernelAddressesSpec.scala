package stillpoint.kernel.mm

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

/** No two of the kernel's variables share a word, however large the machine. */
@RunWith(classOf[JUnitRunner])
class KernelAddressesSpec extends AnyWordSpec with Matchers {
  private def globals(of: AnyRef): Seq[(String, Long)] =
    of.getClass.getMethods.toSeq
      .filter(method => method.getParameterCount == 0 && method.getReturnType == classOf[Long] && method.getDeclaringClass == of.getClass)
      .map(method => method.getName -> method.invoke(of).asInstanceOf[Long])

  for (cpus <- Seq(1, 16, 4097, 1000000)) {
    s"The kernel's variables on $cpus CPUs" should {
      val memory = new KernelMemory(cpus, 32)
      val modules = ProtocolMemory.of(memory)
      val words =
        globals(memory) ++ globals(modules) ++
          (0 to 1).map(lock => s"tryLock$lock" -> modules.tryLock(lock)) ++
          Seq("testLock" -> modules.testLock.address, "expMutex" -> modules.rcuExpeditedMutex.address, "hotplug" -> modules.cpuHotplugLock.address) ++
          Seq(0, 1, 9119 / 32, 1000000 / 32).map(word => s"flags$word" -> memory.ftraceFlags(word)) ++
          Seq(0, cpus - 1).distinct.flatMap(cpu => Seq(
            s"callQueue$cpu" -> memory.callQueue(cpu), s"stopperWork$cpu" -> memory.stopperWork(cpu), s"wakeList$cpu" -> memory.wakeList(cpu),
            s"csd$cpu" -> memory.csd(cpu, 0), s"owes$cpu" -> modules.owesQuiescentState(cpu), s"inKgdb$cpu" -> modules.inKgdb(cpu),
            s"cpuState$cpu" -> modules.cpuState(cpu), s"stack$cpu" -> (memory.guestStackTop(cpu) - 8)))

      "have an address each" in {
        words.size should be > 30
        val shared = words.groupBy(_._2).values.filter(_.size > 1)
        withClue(shared) { shared shouldBe empty }
      }
    }
  }
}
