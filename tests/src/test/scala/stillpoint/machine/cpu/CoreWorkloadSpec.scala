package stillpoint.machine.cpu

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

@RunWith(classOf[JUnitRunner])
class CoreWorkloadSpec extends AnyWordSpec with Matchers {
  /**
   * The workload's passes, written down once more without a processor. Memory is in order of
   * elements.
   */
  private def checksum(passes: Int, bigEndian: Boolean): Long = {
    val elements = Array.tabulate(CoreWorkload.ELEMENTS)(_ * 0x0123456789abcdefL)
    val base = 0xffffffff80110000L
    var sum = 0L
    var words = 0
    for (pass <- 0 until passes; i <- elements.indices) {
      sum += base + 8 * i
      val product = elements(i) * 0x9e3779b97f4a7c15L
      val mixed = product ^ (product >>> 29)
      val argument = mixed + sum
      val shifted = argument << 13
      val result =
        if ((argument & 3) == 0) (shifted - argument) ^ pass else argument ^ shifted
      elements(i) = result
      sum += result
      val word = (if (bigEndian) result else result >>> 32).toInt
      words += word
      if (words < word) sum ^= 0x5a5a
      sum = java.lang.Long.rotateRight(sum, 7)
    }
    sum
  }

  "The workload" should {
    for (bigEndian <- Seq(true, false)) {
      s"compute what it should, bigEndian = $bigEndian" in {
        val workload = new CoreWorkload(bigEndian)
        while (workload.passes < 3) workload.run(1)
        workload.checksum shouldBe checksum(3, bigEndian)
        workload.retired / 3 / CoreWorkload.ELEMENTS should be(22L +- 2L)
      }
    }
    "not depend on how its run is cut" in {
      val whole = new CoreWorkload(true)
      val cut = new CoreWorkload(true)
      whole.run(30000)
      (1 to 3000).foreach(_ => cut.run(10))
      cut.checksum shouldBe whole.checksum
      cut.retired shouldBe whole.retired
    }
  }
}
