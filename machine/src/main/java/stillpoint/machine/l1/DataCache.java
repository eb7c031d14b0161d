package stillpoint.machine.l1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.StateHash;

/**
 * The array of an L1 data cache: lines with address, state and data, no protocol. Mutable, owned by one CPU. A <i>slot</i>
 * is {@code set * ways + way}. Costs nothing until its first line is installed.
 *
 * <p>Replacement is least recently used within a set, by a per-line stamp.
 */
public final class DataCache {
  public static final int ABSENT = -1;

  private static final L1State[] STATES = L1State.values();
  private static final long NO_LINE = -1;

  private final CacheGeometry geometry;
  private final int lineShift;
  private final int setMask;
  private final int ways;
  private final int offsetMask;
  private final VarHandle shorts;
  private final VarHandle ints;
  private final VarHandle longs;
  private long[] lines;
  private byte[] states;
  private long[] stamps;
  private byte[] data;
  private long clock;

  public DataCache(CacheGeometry geometry, boolean bigEndian) {
    this.geometry = geometry;
    this.lineShift = Integer.numberOfTrailingZeros(geometry.lineBytes());
    this.setMask = geometry.sets() - 1;
    this.ways = geometry.ways();
    this.offsetMask = geometry.lineBytes() - 1;
    ByteOrder order = bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    this.shorts = MethodHandles.byteArrayViewVarHandle(short[].class, order);
    this.ints = MethodHandles.byteArrayViewVarHandle(int[].class, order);
    this.longs = MethodHandles.byteArrayViewVarHandle(long[].class, order);
  }

  public CacheGeometry geometry() {
    return geometry;
  }

  /** Slot of the line that holds a physical address, in whatever state but I, or {@link #ABSENT}. */
  public int find(long physical) {
    long[] all = lines;
    if (all == null) {
      return ABSENT;
    }
    long line = physical & ~(long) offsetMask;
    int first = ((int) (physical >>> lineShift) & setMask) * ways;
    for (int slot = first; slot < first + ways; slot++) {
      if (all[slot] == line) {
        return slot;
      }
    }
    return ABSENT;
  }

  public L1State state(int slot) {
    return STATES[states[slot]];
  }

  public long lineAddress(int slot) {
    return lines[slot];
  }

  /** Changes a line's state; to I frees the slot. */
  public void setState(int slot, L1State state) {
    states[slot] = (byte) state.ordinal();
    if (state == L1State.I) {
      lines[slot] = NO_LINE;
    }
  }

  /** Makes a line the most recently used of its set. */
  public void touch(int slot) {
    stamps[slot] = ++clock;
  }

  /**
   * Slot that a line may be put into: a free one, else the least recently used in a stable state, else {@link #ABSENT}.
   * The caller gives back what is in it first.
   */
  public int victimFor(long physical) {
    allocate();
    int first = geometry.setOf(physical) * ways;
    int victim = ABSENT;
    for (int slot = first; slot < first + ways; slot++) {
      if (lines[slot] == NO_LINE) {
        return slot;
      }
      boolean stable = states[slot] <= L1State.M.ordinal();
      if (stable && (victim == ABSENT || stamps[slot] < stamps[victim])) {
        victim = slot;
      }
    }
    return victim;
  }

  /** Puts a line into a slot; {@code content} is one line, copied, or null to leave the bytes as they are. */
  public void install(int slot, long line, L1State state, byte[] content) {
    if ((line & offsetMask) != 0 || slot / ways != geometry.setOf(line)) {
      throw new BrokenInvariant("line 0x" + Long.toHexString(line) + " does not belong in slot " + slot);
    }
    allocate();
    lines[slot] = line;
    states[slot] = (byte) state.ordinal();
    stamps[slot] = ++clock;
    if (content != null) {
      System.arraycopy(content, 0, data, slot << lineShift, content.length);
    }
  }

  /** A copy of a line's bytes. */
  public byte[] copyOfLine(int slot) {
    return Arrays.copyOfRange(data, slot << lineShift, (slot + 1) << lineShift);
  }

  /** Reads 1, 2, 4 or 8 aligned bytes, zero-extended; the line must be readable. */
  public long read(int slot, long physical, int bytes) {
    int at = (slot << lineShift) + ((int) physical & offsetMask);
    return switch (bytes) {
      case 1 -> data[at] & 0xFFL;
      case 2 -> (short) shorts.get(data, at) & 0xFFFFL;
      case 4 -> (int) ints.get(data, at) & 0xFFFF_FFFFL;
      case 8 -> (long) longs.get(data, at);
      default -> throw new BrokenInvariant("access of " + bytes + " bytes");
    };
  }

  /** Writes the low 1, 2, 4 or 8 bytes of {@code value}, aligned; the line must be writable and becomes M. */
  public void write(int slot, long physical, int bytes, long value) {
    int at = (slot << lineShift) + ((int) physical & offsetMask);
    states[slot] = (byte) L1State.M.ordinal();
    switch (bytes) {
      case 1 -> data[at] = (byte) value;
      case 2 -> shorts.set(data, at, (short) value);
      case 4 -> ints.set(data, at, (int) value);
      case 8 -> longs.set(data, at, value);
      default -> throw new BrokenInvariant("access of " + bytes + " bytes");
    }
  }

  public void foldState(StateHash hash) {
    hash.fold(lines != null);
    if (lines != null) {
      hash.fold(lines).fold(states).fold(stamps).fold(data);
    }
  }

  private void allocate() {
    if (lines == null) {
      int slots = geometry.sets() * ways;
      lines = new long[slots];
      Arrays.fill(lines, NO_LINE);
      states = new byte[slots];
      stamps = new long[slots];
      data = new byte[slots << lineShift];
    }
  }
}
