package stillpoint.kernel.ftrace;

import java.util.AbstractList;
import java.util.List;
import stillpoint.kernel.cpu.AppendLog;

/** The trace ring buffer of one CPU: the newest entries overwrite the oldest. */
public final class TraceRing {
  /** Entries it holds. */
  public static final int CAPACITY = 1 << 16;

  private AppendLog<TraceEntry> older = new AppendLog<>();
  private AppendLog<TraceEntry> newer = new AppendLog<>();
  private long written;

  public void add(TraceEntry entry) {
    if (newer.size() == CAPACITY) {
      older = newer;
      newer = new AppendLog<>();
    }
    newer.add(entry);
    written++;
  }

  /** Entries ever written, overwritten ones included. */
  public long written() {
    return written;
  }

  /** An unchanging view of what the buffer holds, oldest first. */
  public List<TraceEntry> view() {
    List<TraceEntry> first = older.view();
    List<TraceEntry> second = newer.view();
    int size = Math.min(CAPACITY, first.size() + second.size());
    int skipped = first.size() + second.size() - size;
    return new AbstractList<>() {
      @Override
      public TraceEntry get(int index) {
        int at = index + skipped;
        return at < first.size() ? first.get(at) : second.get(at - first.size());
      }

      @Override
      public int size() {
        return size;
      }
    };
  }
}
