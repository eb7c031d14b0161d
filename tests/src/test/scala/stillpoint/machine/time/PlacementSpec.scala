package stillpoint.machine.time

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

import scala.jdk.CollectionConverters._
import scala.util.Random

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
    "say how far a node's shards may run apart: as far as the boards, unless one is cut" in {
      val boards = BoardsModel(4, 6, near = 10, far = 500, seed = 1, throwsEach = 1, silence = 1)
      def apart(nodes: Int*) = {
        val placement = Placement.of(boards, nodes.map(new Placement.Node(Placement.Node.UNLIMITED, _)).asJava)
        nodes.indices.map(placement.apartCycles)
      }
      apart(1) shouldBe Seq(LogicalProcess.NEVER)
      apart(2) shouldBe Seq(500)
      apart(4) shouldBe Seq(500)
      apart(5) shouldBe Seq(10)
      apart(2, 1) shouldBe Seq(500, LogicalProcess.NEVER)
      apart(64, 3) shouldBe Seq(10, 10)
    }
    "weigh places by their processes" in {
      // one place holds half of all processes
      val placement = Placement.of(model(11, id => if (id < 100) 0 else 1 + (id - 100) / 10, 200), 2)
      (placement.sizeOf(0), placement.sizeOf(1)) shouldBe ((100, 100))
    }
    "give no node more places than its capacity, whatever the boards, and all of them when that is just enough" in {
      val random = new Random(5)
      for (_ <- 0 until 2_000) {
        val boards0 = Seq.fill(1 + random.nextInt(6))(1 + random.nextInt(9))
        val places0 = boards0.sum
        val boarded = new Model {
          override def size: Int = 3 * places0
          override def create(id: Int): LogicalProcess = throw new UnsupportedOperationException
          override def nameOf(id: Int): String = id.toString
          override def lookaheadCycles = 1
          override def places: Int = places0
          override def placeOf(id: Int): Int = id % places0
          override def boards: Int = boards0.size
          override def firstPlaceOfBoard(index: Int): Int = boards0.take(index).sum
        }
        val all = places0 + random.nextInt(3) * random.nextInt(20)
        val cuts = Seq.fill(random.nextInt(4))(random.nextInt(all + 1)).sorted
        val capacities = (0 +: cuts :+ all).distinct.sliding(2).map(pair => pair(1) - pair(0)).toSeq
        val open = if (random.nextInt(3) == 0) random.nextInt(capacities.size) else -1
        val offered = capacities.zipWithIndex.map { case (capacity, node) =>
          new Placement.Node(if (node == open) Placement.Node.UNLIMITED else capacity, 1 + random.nextInt(2))
        }
        val placement = Placement.of(boarded, offered.asJava)
        withClue(s"$boards0 on $offered: $placement: ") {
          val ranges = offered.indices.map(placement.placesOf)
          for ((range, node) <- ranges.zip(offered)) range.until - range.from should be <= node.capacity
          ranges.map(_.until) shouldBe ranges.tail.map(_.from) :+ places0
          ranges.head.from shouldBe 0
        }
      }
    }
    "refuse nodes that are too small" in {
      a[BrokenInvariant] should be thrownBy Placement.of(model(10, _ % 10, 10), Seq(new Placement.Node(4, 1), new Placement.Node(5, 1)).asJava)
    }
    "refuse no shards, and more than there may be" in {
      a[BrokenInvariant] should be thrownBy Placement.of(model(1, _ => 0, 1), 0)
      a[BrokenInvariant] should be thrownBy Placement.of(model(1, _ => 0, 1), Placement.MOST_SHARDS + 1)
    }
  }
}
