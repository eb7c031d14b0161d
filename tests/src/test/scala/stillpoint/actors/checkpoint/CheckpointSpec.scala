package stillpoint.actors.checkpoint

import java.nio.file.{Files, Path}
import java.util.{Comparator, List => JavaList}

import scala.jdk.CollectionConverters._
import scala.util.Random

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.machine.time.CutProgress

/**
 * Goal: a checkpoint is gone on from as it was written, or refused in one line that names the file. Method: small checkpoints of
 * made-up states; every byte of every file flipped, one at a time, every file cut short at every length, files missing or swapped.
 */
@RunWith(classOf[JUnitRunner])
class CheckpointSpec extends AnyWordSpec with Matchers {
  private val Version = "0.1.0"
  private val identity = new RunIdentity(Version, "made-up", "seed = 7\n", Array[Byte](1, 2, 3), 7, "./stillpoint run made-up --seed 7")
  private val states = (0 until 6).map(id => Array.fill[Byte](10 + id)(id.toByte))

  private def inFolder(test: Path => Unit): Unit = {
    val folder = Files.createTempDirectory("checkpoints")
    try test(folder)
    finally {
      val all = Files.walk(folder)
      try all.sorted(Comparator.reverseOrder[Path]).forEach(path => Files.delete(path))
      finally all.close()
    }
  }

  private def write(folder: Path, cycle: Long, complete: Boolean = true): Path = {
    val writer = new CheckpointFolder(folder, identity, states.size)
    val at = new CutProgress(cycle, cycle / 10, cycle + 50)
    val parts = Seq(Array(0, 1, 4), Array(2, 3, 5)).zipWithIndex.map { case (ids, group) =>
      writer.put(at, group, ids, ids.map(states(_)))
    }
    if (complete) writer.complete(at, Array[Byte](9, 9), parts.reverse.asJava)
    folder.resolve(f"checkpoint-$cycle%019d")
  }

  private def names(folder: Path): Seq[String] = {
    val all = Files.list(folder)
    try all.iterator.asScala.map(_.getFileName.toString).toSeq.sorted
    finally all.close()
  }

  private def refusal(folder: Path): String = {
    val line = (the[CheckpointError] thrownBy Checkpoint.newest(folder, Version)).getMessage
    line should not include "\n"
    line
  }

  "A checkpoint" should {
    "bring back all states in any order, the judge and the run's identity" in inFolder { folder =>
      write(folder, 1000)
      val checkpoint = Checkpoint.newest(folder, Version)
      checkpoint.at shouldBe new CutProgress(1000, 100, 1050)
      checkpoint.judge.toSeq shouldBe Seq[Byte](9, 9)
      for (id <- Seq(5, 0, 3, 0, 4, 1, 2, 5)) checkpoint.process(id).toSeq shouldBe states(id).toSeq
      checkpoint.processes shouldBe states.size
      checkpoint.identity.text shouldBe identity.text
      checkpoint.identity.guest.toSeq shouldBe identity.guest.toSeq
      checkpoint.identity.replay shouldBe identity.replay
    }
    "be the same files again when it is written again" in inFolder { folder =>
      val one = write(folder, 1000)
      val before = names(one).map(name => name -> Files.readAllBytes(one.resolve(name)).toSeq)
      write(folder, 1000)
      names(one).map(name => name -> Files.readAllBytes(one.resolve(name)).toSeq) shouldBe before
    }
    "stay whole when a node that was paused comes back and writes its part of an epoch that is over, placed otherwise" in
      inFolder { folder =>
        write(folder, 1000)
        val stale = new CheckpointFolder(folder, identity, states.size)
        val at = new CutProgress(1000, 90, 1050)
        def whole() = { val all = Checkpoint.newest(folder, Version); for (id <- states.indices) all.process(id).toSeq shouldBe states(id).toSeq }
        val parts = for ((ids, group) <- Seq(Array(0, 1, 2), Array(3, 4, 5)).zipWithIndex) yield {
          val part = stale.put(at, group, ids, ids.map(states(_)))
          whole()
          part
        }
        stale.complete(at, Array[Byte](9, 9), parts.asJava)
        whole()
      }
    "be the newest whole one, and the two newest are kept" in inFolder { folder =>
      for (cycle <- Seq(1000L, 2000L, 9000L, 10000L)) write(folder, cycle)
      names(folder) shouldBe Seq("checkpoint-0000000000000009000", "checkpoint-0000000000000010000")
      write(folder, 11000, complete = false)
      Checkpoint.newest(folder, Version).at.cycle shouldBe 10000
      write(folder, 12000)
      names(folder) shouldBe Seq("checkpoint-0000000000000010000", "checkpoint-0000000000000012000")
    }
  }

  "A damaged checkpoint" should {
    "be refused whichever byte of whichever file is flipped" in inFolder { folder =>
      val checkpoint = write(folder, 1000)
      val random = new Random(3)
      for (name <- names(checkpoint)) {
        val file = checkpoint.resolve(name)
        val whole = Files.readAllBytes(file)
        for (at <- whole.indices) {
          val flipped = whole.clone
          flipped(at) = (flipped(at) ^ (1 << random.nextInt(8))).toByte
          Files.write(file, flipped)
          withClue(s"$name at $at: ")(refusal(folder) should include(name))
        }
        Files.write(file, whole)
      }
      Checkpoint.newest(folder, Version).at.cycle shouldBe 1000
    }
    "be refused whichever file is cut short or goes on" in inFolder { folder =>
      val checkpoint = write(folder, 1000)
      for (name <- names(checkpoint)) {
        val file = checkpoint.resolve(name)
        val whole = Files.readAllBytes(file)
        for (length <- whole.indices) {
          Files.write(file, whole.take(length))
          refusal(folder) should include(name)
        }
        Files.write(file, whole ++ Array[Byte]('\n'))
        refusal(folder) should include(name)
        Files.write(file, whole)
      }
    }
    "be refused when a file is missing, or is another one's" in inFolder { folder =>
      val checkpoint = write(folder, 1000)
      val Seq(other, part) = names(checkpoint).filter(_.startsWith("part-")).map(checkpoint.resolve(_))
      val whole = Files.readAllBytes(part)
      Files.delete(part)
      refusal(folder) should (include(s"${part.getFileName} is missing") and include("delete"))
      Files.write(part, Files.readAllBytes(other))
      refusal(folder) should include(s"${part.getFileName} is not as it was written")
      Files.write(part, whole)
      Files.delete(checkpoint.resolve("manifest.json"))
      refusal(folder) should include("holds no whole checkpoint")
    }
  }

  "A foreign checkpoint" should {
    "be refused of another version" in inFolder { folder =>
      write(folder, 1000)
      (the[CheckpointError] thrownBy Checkpoint.newest(folder, "0.2.0")).getMessage should
        (include("was written by Stillpoint 0.1.0, this is 0.2.0") and include("go on with that version"))
    }
    "be refused of another format" in inFolder { folder =>
      val manifest = write(folder, 1000).resolve("manifest.json")
      val body = Files.readString(manifest).replace("\"format_version\" : 1", "\"format_version\" : 2").split("\n  \"sha256\" : \"")(0)
      Files.writeString(manifest, body + "\n  \"sha256\" : \"" + Sha256.of(body.getBytes("UTF-8")) + "\"\n}\n")
      refusal(folder) should include("has format version 2, this version of Stillpoint reads 1")
    }
    "be refused when it is none" in inFolder { folder =>
      refusal(folder) should include("holds no checkpoint")
      Files.writeString(Files.createDirectories(folder.resolve("checkpoint-0000000000000000001")).resolve("manifest.json"), "{\"a\":1}")
      refusal(folder) should include("is not the manifest of a checkpoint")
      refusal(folder.resolve("nowhere")) should include("is no folder")
    }
    "never reach outside its folder, whatever its manifest lists" in inFolder { folder =>
      for (name <- Seq("../x.gz", "/etc/passwd", "a/b.gz", ".hidden", "")) {
        an[IllegalArgumentException] should be thrownBy new CheckpointFile(name, 1, "")
      }
    }
  }

  "A folder for checkpoints" should {
    "be read while others write and delete in it" in inFolder { folder =>
      write(folder, 1000)
      val others = new Thread(() => for (round <- 1 to 400) {
        val come = (2 to 5).map(cycle => folder.resolve(f"checkpoint-${cycle * 1000L}%019d"))
        come.foreach(Files.createDirectory(_))
        come.foreach(Files.delete(_))
      })
      others.start()
      while (others.isAlive) {
        CheckpointFolder.newestFirst(folder).asScala.last.getFileName.toString should endWith("1000")
        Checkpoint.existsIn(folder) shouldBe true
      }
    }
    "tell of the newest whole one as a run goes on, from before it is there itself" in inFolder { folder =>
      CheckpointFolder.newestCycle(folder.resolve("to-come")).isPresent shouldBe false
      CheckpointFolder.newestCycle(folder).isPresent shouldBe false
      write(folder, 1000)
      write(folder, 2000, complete = false)
      CheckpointFolder.newestCycle(folder).getAsLong shouldBe 1000
      write(folder, 3000)
      CheckpointFolder.newestCycle(folder).getAsLong shouldBe 3000
    }
    "be made, or refused before anything runs if it holds something else" in inFolder { folder =>
      val deep = folder.resolve("a/b")
      CheckpointFolder.prepare(deep, false)
      Files.isDirectory(deep) shouldBe true
      names(deep) shouldBe empty
      write(deep, 1000)
      CheckpointFolder.prepare(deep, true)
      (the[CheckpointError] thrownBy CheckpointFolder.prepare(deep, false)).getMessage should include("--restore")
      Files.writeString(deep.resolve("thesis.tex"), "years of work")
      (the[CheckpointError] thrownBy CheckpointFolder.prepare(deep, true)).getMessage should include("thesis.tex")
      (the[CheckpointError] thrownBy CheckpointFolder.prepare(deep.resolve("thesis.tex"), false)).getMessage should include("is not a folder")
    }
  }
}
