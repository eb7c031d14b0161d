package stillpoint.actors.snapshot

import java.util.{List => JavaList}

import scala.collection.mutable
import scala.jdk.CollectionConverters._

import stillpoint.machine.time.{CutProgress, MachineSnapshot}

/** Keeps all snapshots of a run in memory, whole ones only. */
class MemoryStore extends SnapshotStore {
  private val open = mutable.Map[CutProgress, mutable.Map[Int, Array[Byte]]]()
  private val whole = mutable.ListBuffer[MachineSnapshot]()

  def taken: Seq[MachineSnapshot] = synchronized(whole.toSeq)

  override def put(at: CutProgress, group: Int, ids: Array[Int], snapshots: Array[Array[Byte]]): SnapshotStore.Part =
    synchronized {
      open.getOrElseUpdate(at, mutable.Map()) ++= ids.zip(snapshots)
      new SnapshotStore.Part(group, s"group$group", snapshots.map(_.length.toLong).sum, "")
    }

  override def complete(at: CutProgress, judge: Array[Byte], parts: JavaList[SnapshotStore.Part]): Unit =
    synchronized {
      val processes = open.remove(at).get
      whole += new MachineSnapshot(at, judge, processes.toSeq.sortBy(_._1).map(_._2).asJava)
    }
}
