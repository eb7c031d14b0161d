package stillpoint.machine.time

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

@RunWith(classOf[JUnitRunner])
class PlacementSpec extends AnyWordSpec with Matchers {
  /** {@code placeById}: the place of each process. */
  private def model(places0: Int, placeById: Int => Int, size0: Int): Model = new Model {
    override def size: Int = size0
    override def create(id: Int): LogicalProcess = throw new UnsupportedOperationException
    override def nameOf(id: Int): String = id.toString
    override def lookaheadCycles = 1
    override def places: Int = places0
    override def placeOf(id: Int): Int = placeById(id)
  }

  "A placement" should {
    "put each process on one shard, at an index that leads back to it, in id order" in {
      for (shards <- 1 to 9; size <- Seq(1, 7, 64, 1000)) {
        val placement = Placement.of(model(10, id => id * 7 % 10, size), shards)
        val found = for (shard <- 0 until shards; index <- 0 until placement.sizeOf(shard)) yield {
          val id = placement.idOf(shard, index)
          (placement.shardOf(id), placement.indexOf(id)) shouldBe ((shard, index))
          if (index > 0) id should be > placement.idOf(shard, index - 1)
          id
        }
        found.sorted shouldBe (0 until size)
      }
    }
    "keep a place whole, and neighbouring places together" in {
      val placement = Placement.of(model(12, _ % 12, 36), 5)
      val shardOfPlace = (0 until 12).map(placement.shardOf)
      shardOfPlace shouldBe sorted
      for (id <- 0 until 36) placement.shardOf(id) shouldBe shardOfPlace(id % 12)
    }
    "weigh places by their processes" in {
      // one place holds half of all processes
      val placement = Placement.of(model(11, id => if (id < 100) 0 else 1 + (id - 100) / 10, 200), 2)
      (placement.sizeOf(0), placement.sizeOf(1)) shouldBe ((100, 100))
    }
    "refuse no shards, and more than there may be" in {
      a[BrokenInvariant] should be thrownBy Placement.of(model(1, _ => 0, 1), 0)
      a[BrokenInvariant] should be thrownBy Placement.of(model(1, _ => 0, 1), Placement.MOST_SHARDS + 1)
    }
  }
}
