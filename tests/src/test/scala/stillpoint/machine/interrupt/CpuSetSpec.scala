package stillpoint.machine.interrupt

import java.util.SplittableRandom
import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.machine.time.StateHash

@RunWith(classOf[JUnitRunner])
class CpuSetSpec extends AnyWordSpec with Matchers {
  private def setOf(cpus: Iterable[Int]): CpuSet = {
    val bits = new java.util.BitSet
    cpus.foreach(bits.set)
    CpuSet.of(bits)
  }
  private def membersOf(set: CpuSet): Seq[Int] = set.stream.toArray.toSeq

  "A set of CPUs" should {
    "print as the kernel prints lists of CPUs" in {
      setOf(Seq(0, 2, 3, 4, 5, 64, 70, 71)).toString shouldBe "0,2-5,64,70-71"
      CpuSet.empty.toString shouldBe ""
    }
    "be equal to every set with the same members, however it was made" in {
      CpuSet.range(64, 130).without(64).within(0, 129) shouldBe setOf(65 to 128)
      CpuSet.of(70).without(70) shouldBe CpuSet.empty
      CpuSet.range(0, 200).within(128, 192) shouldBe CpuSet.range(128, 192)
      CpuSet.range(0, 200).within(128, 192).hashCode shouldBe CpuSet.range(128, 192).hashCode
    }
    "cut, remove, search and count as a plain set does" in {
      val random = new SplittableRandom(7)
      for (_ <- 1 to 300) {
        val members = Seq.fill(random.nextInt(30))(random.nextInt(400)).toSet
        val set = setOf(members)
        val from = random.nextInt(420)
        val to = random.nextInt(420)
        val cpu = random.nextInt(420)
        set.size shouldBe members.size
        set.contains(cpu) shouldBe members(cpu)
        set.next(cpu) shouldBe members.filter(_ >= cpu).minOption.getOrElse(-1)
        set.previous(cpu) shouldBe members.filter(_ < cpu).maxOption.getOrElse(-1)
        set.previous(Int.MaxValue) shouldBe members.maxOption.getOrElse(-1)
        set.`with`(cpu) shouldBe setOf(members + cpu)
        set.`with`(cpu).size shouldBe (members + cpu).size
        membersOf(set.without(cpu)) shouldBe (members - cpu).toSeq.sorted
        val cut = set.within(from, to)
        membersOf(cut) shouldBe members.filter(m => m >= from && m < to).toSeq.sorted
        cut shouldBe setOf(members.filter(m => m >= from && m < to))
      }
    }
    "hash by its members" in {
      def hash(set: CpuSet) = { val h = new StateHash; set.fold(h); h.value }
      hash(CpuSet.range(3, 99)) shouldBe hash(setOf(3 to 98))
      hash(CpuSet.of(1)) should not be hash(CpuSet.of(65))
    }
  }
}
