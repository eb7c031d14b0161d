package stillpoint.machine.l1;

import stillpoint.machine.explore.Lateness;
import stillpoint.machine.time.SeededRandom;
import stillpoint.machine.time.StateHash;

/**
 * Stores of one CPU that have retired and are not in its data cache yet. The CPU itself sees them;
 * nobody else does. Mutable, owned by the CPU.
 *
 * <p>A store leaves when its delay is over, or when an instruction wants the buffer empty. First in,
 * first out (TSO), or in the order in which delays end (PSO); stores to one doubleword never pass
 * each other. An entry is a doubleword's address and those bytes of it that the store gives.
 */
public final class StoreBuffer {
  /** Says which lines stores may wait for; registers of devices are not among them. */
  public interface Bufferable {
    boolean isBufferable(long line, int bytes);
  }

  public static final int NONE = -1;
  public static final int DOUBLEWORD = 8;
  private static final long UNSTAMPED = Long.MAX_VALUE;

  private final boolean fifo;
  private final int drainCycles;
  private final SeededRandom delays;
  private final Lateness lateness;
  private final Bufferable bufferable;
  private final boolean bigEndian;
  private final long[] words;
  private final long[] masks;
  private final long[] contents;
  private final long[] readyCycles;
  private int count;

  /**
   * @param drainCycles longest delay, at least 1
   * @param delays of this buffer alone
   * @param lateness asked for each store
   * @param bufferable null if everything is
   */
  public StoreBuffer(
      boolean fifo,
      int entries,
      int drainCycles,
      SeededRandom delays,
      Lateness lateness,
      boolean bigEndian,
      Bufferable bufferable) {
    this.fifo = fifo;
    this.drainCycles = drainCycles;
    this.delays = delays;
    this.lateness = lateness;
    this.bigEndian = bigEndian;
    this.bufferable = bufferable;
    this.words = new long[entries];
    this.masks = new long[entries];
    this.contents = new long[entries];
    this.readyCycles = new long[entries];
  }

  public boolean isEmpty() {
    return count == 0;
  }

  public boolean isFull() {
    return count == words.length;
  }

  /** How many stores it holds at most. */
  public int entries() {
    return words.length;
  }

  /** How many stores it takes before it is full. */
  public int room() {
    return words.length - count;
  }

  /** Whether a store to this line may wait here. */
  public boolean takes(long line, int lineBytes) {
    return bufferable == null || bufferable.isBufferable(line, lineBytes);
  }

  /**
   * A store of the low {@code bytes} bytes of a number, in the CPU's byte order, within a
   * doubleword. Its delay begins with {@link #stamp}. There must be room.
   */
  public void add(long physical, int bytes, long value) {
    int shift = 8 * (int) (physical & DOUBLEWORD - 1);
    long all = -1L >>> 64 - 8 * bytes;
    long inMemory = bigEndian ? Long.reverseBytes(value) >>> 64 - 8 * bytes : value & all;
    words[count] = physical & -DOUBLEWORD;
    masks[count] = all << shift;
    contents[count] = inMemory << shift;
    readyCycles[count] = UNSTAMPED;
    count++;
  }

  /** The newest store retired before {@code cycle}; called after each run of instructions. */
  public void stamp(long cycle) {
    int newest = count - 1;
    if (count > 0 && readyCycles[newest] == UNSTAMPED) {
      long ready = cycle + delay() + lateness.ofStore(cycle);
      boolean behind = fifo && newest > 0;
      readyCycles[newest] = behind ? Math.max(ready, readyCycles[newest - 1] + 1) : ready;
    }
  }

  /** Short delays are as frequent as long ones, so that stores do pass each other. */
  private int delay() {
    int most = Math.max(1, drainCycles >> 2 * delays.nextInt(4));
    return delays.nextInt(most);
  }

  /** Whether some of these bytes are in the buffer. */
  public boolean holdsSome(long physical, int bytes) {
    return (maskOf(physical) & wanted(physical, bytes)) != 0;
  }

  /** Whether all of these bytes are. */
  public boolean holdsAll(long physical, int bytes) {
    return (wanted(physical, bytes) & ~maskOf(physical)) == 0;
  }

  private static long wanted(long physical, int bytes) {
    return -1L >>> 64 - 8 * bytes << 8 * (int) (physical & DOUBLEWORD - 1);
  }

  private long maskOf(long physical) {
    long mask = 0;
    for (int i = 0; i < count; i++) {
      mask |= words[i] == (physical & -DOUBLEWORD) ? masks[i] : 0;
    }
    return mask;
  }

  /**
   * What the CPU sees of some bytes within a doubleword, as one number in its byte order.
   *
   * @param cached the doubleword as the cache has it, in the CPU's byte order
   */
  public long seen(long physical, int bytes, long cached) {
    long inMemory = bigEndian ? Long.reverseBytes(cached) : cached;
    for (int i = 0; i < count; i++) {
      if (words[i] == (physical & -DOUBLEWORD)) {
        inMemory = inMemory & ~masks[i] | contents[i];
      }
    }
    long moved = inMemory >>> 8 * (int) (physical & DOUBLEWORD - 1);
    return bigEndian ? Long.reverseBytes(moved) >>> 64 - 8 * bytes : moved & -1L >>> 64 - 8 * bytes;
  }

  /** Index of the store that leaves next, or {@link #NONE}. */
  public int next() {
    int next = NONE;
    for (int i = 0; i < (fifo ? Math.min(1, count) : count); i++) {
      boolean sooner = next == NONE || readyCycles[i] < readyCycles[next];
      if (sooner && oldestOf(words[i]) == i) {
        next = i;
      }
    }
    return next;
  }

  private int oldestOf(long word) {
    for (int i = 0; i < count; i++) {
      if (words[i] == word) {
        return i;
      }
    }
    return NONE;
  }

  /** Address of the doubleword of an entry; 0 is the oldest. */
  public long wordAt(int index) {
    return words[index];
  }

  /** From this cycle on an entry may leave by itself. */
  public long readyCycle(int index) {
    return readyCycles[index];
  }

  /** Moves an entry into a writable line of the cache. */
  public void drain(int index, DataCache cache, int slot) {
    for (int i = 0; i < DOUBLEWORD; i++) {
      if ((masks[index] >>> 8 * i & 1) != 0) {
        cache.write(slot, words[index] + i, 1, contents[index] >>> 8 * i);
      }
    }
    int behind = count - index - 1;
    System.arraycopy(words, index + 1, words, index, behind);
    System.arraycopy(masks, index + 1, masks, index, behind);
    System.arraycopy(contents, index + 1, contents, index, behind);
    System.arraycopy(readyCycles, index + 1, readyCycles, index, behind);
    count--;
  }

  public void foldState(StateHash hash) {
    hash.fold(count);
    for (int i = 0; i < count; i++) {
      hash.fold(words[i]).fold(masks[i]).fold(contents[i]).fold(readyCycles[i]);
    }
  }
}
