package stillpoint.machine.coherence;

import stillpoint.machine.l1.DataCache;
import stillpoint.machine.l1.StoreBuffer;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.StateHash;

/**
 * Takes stores out of a CPU's buffer in the background: each when its delay is over, into the cache
 * if the line may be written, else the line is asked for first. The L1 controller serves one
 * request at a time, so the CPU's own requests and these wait for each other.
 */
public final class StoreDrain {
  private final StoreBuffer buffer;
  private final DataCache cache;
  private final L1Controller l1;

  /** The controller's outstanding request is for a store of the buffer, to this doubleword. */
  private boolean asked;

  private long askedWord;

  /** Nothing is drained before the last answer. */
  private long answeredCycle;

  public StoreDrain(StoreBuffer buffer, DataCache cache, L1Controller l1) {
    this.buffer = buffer;
    this.cache = cache;
    this.l1 = l1;
  }

  public StoreBuffer buffer() {
    return buffer;
  }

  /** Whether the CPU's own requests must wait for the buffer's. */
  public boolean asking() {
    return asked;
  }

  /**
   * When {@link #step} has something to do next, not before {@code cycle}; {@link
   * LogicalProcess#NEVER} if nothing, or not before the outstanding request is answered.
   */
  public long nextCycle(long cycle) {
    int next = buffer.next();
    if (next == StoreBuffer.NONE || l1.stalled() && writableSlot(next) == DataCache.ABSENT) {
      return LogicalProcess.NEVER;
    }
    return Math.max(Math.max(cycle, answeredCycle), buffer.readyCycle(next));
  }

  /** Drains the next store, or asks for its line. */
  public void step(long cycle, Outbox outbox) {
    int next = buffer.next();
    int slot = writableSlot(next);
    if (slot != DataCache.ABSENT) {
      buffer.drain(next, cache, slot);
    } else {
      askFor(next, cycle, outbox);
    }
  }

  /**
   * Drains the oldest stores, whatever their delays, as far as their lines may be written; asks for
   * the next one's line unless a request is outstanding.
   *
   * @return whether the buffer is empty
   */
  public boolean empty(long cycle, Outbox outbox) {
    return makeRoom(Integer.MAX_VALUE, cycle, outbox);
  }

  /**
   * As {@link #empty}, but only until so many more stores find room.
   *
   * @return whether they do, or the buffer is empty
   */
  public boolean makeRoom(int stores, long cycle, Outbox outbox) {
    while (!buffer.isEmpty() && buffer.room() < stores) {
      int slot = writableSlot(0);
      if (slot == DataCache.ABSENT) {
        if (!l1.stalled()) {
          askFor(0, cycle, outbox);
        }
        return false;
      }
      buffer.drain(0, cache, slot);
    }
    return true;
  }

  private void askFor(int index, long cycle, Outbox outbox) {
    asked = true;
    askedWord = buffer.wordAt(index);
    l1.request(AccessKind.STORE, askedWord, cycle, outbox);
  }

  /**
   * From within {@link L1Controller.Listener#accessReady}: if the request was the buffer's, does the
   * store at once.
   *
   * @return whether it was
   */
  public boolean answered(long cycle) {
    if (!asked) {
      return false;
    }
    asked = false;
    answeredCycle = cycle;
    int oldest = 0;
    while (buffer.wordAt(oldest) != askedWord) {
      oldest++;
    }
    buffer.drain(oldest, cache, cache.find(askedWord));
    return true;
  }

  private int writableSlot(int index) {
    int slot = cache.find(buffer.wordAt(index));
    return slot != DataCache.ABSENT && cache.writable(slot) ? slot : DataCache.ABSENT;
  }

  public void foldState(StateHash hash) {
    buffer.foldState(hash);
    hash.fold(asked).fold(asked ? askedWord : 0).fold(answeredCycle);
  }
}
