package stillpoint.machine.time

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

@RunWith(classOf[JUnitRunner])
class StateHashSpec extends AnyWordSpec with Matchers {
  "A state hash" should {
    "depend on the order of what is folded" in {
      new StateHash().fold(1L).fold(2L).value should not be new StateHash().fold(2L).fold(1L).value
    }
    "tell two arrays from one array of both" in {
      val split = new StateHash().fold(Array(1L)).fold(Array(2L)).value
      split should not be new StateHash().fold(Array(1L, 2L)).value
    }
    "see each byte, and how many there are" in {
      val bytes = Array.tabulate[Byte](21)(i => (i * 37).toByte)
      val whole = new StateHash().fold(bytes).value
      for (i <- bytes.indices) {
        val changed = bytes.clone
        changed(i) = (changed(i) + 1).toByte
        new StateHash().fold(changed).value should not be whole
      }
      new StateHash().fold(bytes :+ 0.toByte).value should not be whole
      new StateHash().fold(Array[Byte](1, 0, 0, 0, 0, 0, 0, 0, 2)).value shouldBe
        new StateHash().fold(9L).fold(1L).fold(2L).value
    }
    "be the finalizer of SplitMix64, known by its published first outputs" in {
      // SplitMix64 seeded with 0: state grows by the golden gamma, output is mix(state)
      StateHash.mix(0x9e3779b97f4a7c15L) shouldBe 0xe220a8397b1dcdafL
      StateHash.mix(0x9e3779b97f4a7c15L * 2) shouldBe 0x6e789e6aa1b965f4L
    }
  }
}
