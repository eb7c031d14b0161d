package stillpoint.actors.snapshot;

import java.util.List;
import stillpoint.machine.time.CutProgress;

/**
 * Where snapshots go. Parts come from several threads and, on a cluster, on several nodes at once;
 * then the whole is completed, once, in one place.
 */
public interface SnapshotStore {
  /** Keeps the processes of one group; {@code snapshots} in the order of {@code ids}. */
  Part put(CutProgress at, int group, int[] ids, byte[][] snapshots);

  /** All parts are kept: from now on this is the newest snapshot. */
  void complete(CutProgress at, byte[] judge, List<Part> parts);

  /**
   * What was kept.
   *
   * @param name under which it was
   * @param bytes that it takes there
   * @param sha256 of these bytes, in hexadecimal digits
   * @param carried the bytes themselves, for stores that keep them nowhere but where they are completed; else none
   */
  record Part(int group, String name, long bytes, String sha256, byte[] carried) {
    /** Kept where all nodes find it. */
    public Part(int group, String name, long bytes, String sha256) {
      this(group, name, bytes, sha256, new byte[0]);
    }
  }
}
