package stillpoint.kernel.sched;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import stillpoint.kernel.cpu.Frame;
import stillpoint.machine.time.StateHash;

/** A task of one CPU: its kernel stack as frames, and its scheduling state. Mutable; the CPU owns it. */
public final class Task {
  private final TaskKind kind;
  private final List<Frame> frames = new ArrayList<>();
  private boolean runnable;
  private boolean exited;
  private boolean parked;
  private int preemptCount;
  private long asleepSince;
  private long returned;
  private long returnedBeforeInterrupt;

  public Task(TaskKind kind, boolean runnable) {
    this.kind = kind;
    this.runnable = runnable;
  }

  public TaskKind kind() {
    return kind;
  }

  public boolean runnable() {
    return runnable && !parked;
  }

  /** While it is parked it does not run, whoever wakes it. */
  public void park(boolean isParked) {
    parked = isParked;
  }

  public boolean parked() {
    return parked;
  }

  /** Goes to sleep at {@code cycle}. */
  public void sleep(long cycle) {
    runnable = false;
    leaves(cycle);
  }

  /** Another task runs from {@code cycle} on. */
  public void leaves(long cycle) {
    asleepSince = cycle;
  }

  /** Cycle at which it last went to sleep, or was preempted. */
  public long asleepSince() {
    return asleepSince;
  }

  public void wake() {
    runnable = !exited;
  }

  public void exit() {
    exited = true;
    runnable = false;
  }

  public boolean exited() {
    return exited;
  }

  public int preemptCount() {
    return preemptCount;
  }

  /** Value that the innermost frame's last callee returned. */
  public long returned() {
    return returned;
  }

  public void setReturned(long value) {
    returned = value;
  }

  /** Interrupt entry: its handlers return values too. */
  public void saveReturned() {
    returnedBeforeInterrupt = returned;
  }

  /** Interrupt exit. */
  public void restoreReturned() {
    returned = returnedBeforeInterrupt;
  }

  /** The count that schedule() leaves behind when it was called with another than 0. */
  public void resetPreemptCount() {
    preemptCount = 0;
  }

  public void addPreemptCount(int delta) {
    preemptCount += delta;
  }

  public boolean inKernel() {
    return !frames.isEmpty();
  }

  /** Cycle up to which it is at one piece of work that ends by itself, or 0. */
  public long busyUntilCycle() {
    return frames.stream().mapToLong(Frame::busyUntilCycle).max().orElse(0);
  }

  /** Innermost frame. */
  public Frame top() {
    return frames.getLast();
  }

  public void push(Frame frame) {
    frames.add(frame);
  }

  public void replaceTop(Frame frame) {
    frames.set(frames.size() - 1, frame);
  }

  public void pop() {
    frames.removeLast();
  }

  /** Innermost first. */
  public List<Frame> stack() {
    List<Frame> stack = new ArrayList<>(frames);
    Collections.reverse(stack);
    return stack;
  }

  public void foldState(StateHash hash) {
    hash.fold(kind)
        .fold(runnable)
        .fold(exited)
        .fold(parked)
        .fold(preemptCount)
        .fold(returned)
        .fold(frames.size());
    for (Frame frame : frames) {
      hash.fold(frame.toString());
    }
  }
}
