package stillpoint.console;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import stillpoint.actors.snapshot.SnapshotStore;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.CutProgress;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.RunnerState;
import stillpoint.machine.time.Snapshots;

/** Measures checkpoints on their way: from the first state that is saved to the end of the manifest. */
final class CheckpointTiming implements Snapshots, SnapshotStore {
  private static final long NOT_BEGUN = 0;

  private final Snapshots snapshots;
  private final SnapshotStore store;
  private final AtomicLong beganNanos = new AtomicLong(NOT_BEGUN);
  private final AtomicLong stateBytes = new AtomicLong();
  private final AtomicLong writeNanos = new AtomicLong();
  private int count;
  private long lastStateBytes;
  private long lastDiskBytes;
  private long shortestPauseNanos = Long.MAX_VALUE;
  private long shortestWriteNanos = Long.MAX_VALUE;

  CheckpointTiming(Snapshots snapshots, SnapshotStore store) {
    this.snapshots = snapshots;
    this.store = store;
  }

  int count() {
    return count;
  }

  /** As they were saved, before they are compressed. */
  long lastStateBytes() {
    return lastStateBytes;
  }

  long lastDiskBytes() {
    return lastDiskBytes;
  }

  long shortestPauseMs() {
    return shortestPauseNanos / 1_000_000;
  }

  /** Of the pause, what all threads together spent on compressing and writing. */
  long shortestWriteMs() {
    return shortestWriteNanos / 1_000_000;
  }

  @Override
  public byte[] save(RunnerState state, LogicalProcess process) {
    beganNanos.compareAndSet(NOT_BEGUN, System.nanoTime());
    byte[] saved = snapshots.save(state, process);
    stateBytes.addAndGet(saved.length);
    return saved;
  }

  @Override
  public RunnerState load(byte[] snapshot, LogicalProcess process) {
    return snapshots.load(snapshot, process);
  }

  @Override
  public byte[] save(CutJudge judge) {
    return snapshots.save(judge);
  }

  @Override
  public void load(byte[] snapshot, CutJudge judge) {
    snapshots.load(snapshot, judge);
  }

  @Override
  public Part put(CutProgress at, int group, int[] ids, byte[][] states) {
    long start = System.nanoTime();
    Part part = store.put(at, group, ids, states);
    writeNanos.addAndGet(System.nanoTime() - start);
    return part;
  }

  @Override
  public void complete(CutProgress at, byte[] judge, List<Part> parts) {
    store.complete(at, judge, parts);
    count++;
    lastStateBytes = stateBytes.getAndSet(0);
    lastDiskBytes = parts.stream().mapToLong(Part::bytes).sum();
    shortestWriteNanos = Math.min(shortestWriteNanos, writeNanos.getAndSet(0));
    shortestPauseNanos =
        Math.min(shortestPauseNanos, System.nanoTime() - beganNanos.getAndSet(NOT_BEGUN));
  }
}
