package stillpoint.machine.l1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.Predicate;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.Restorable;
import stillpoint.machine.time.StateHash;

/**
 * The array of an L1 data cache: lines with address, state and data, no protocol. Mutable, owned by one CPU. A <i>slot</i>
 * is {@code set * ways + way}. Costs nothing until its first line is installed.
 *
 * <p>Replacement is least recently used within a set, by a per-line stamp.
 */
public final class DataCache implements Restorable {
  public static final int ABSENT = -1;

  private static final L1State[] STATES = L1State.values();
  private static final int READABLE = maskOf(L1State::readable);
  private static final int WRITABLE = maskOf(L1State::writable);
  // constants, so that the compiler sees through them; the other byte order is one more instruction
  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long NO_LINE = -1;

  private final CacheGeometry geometry;
  private final int lineShift;
  private final int setMask;
  private final int ways;
  private final int offsetMask;
  private final boolean bigEndian;

  /** Whether {@link #readableAt} and {@link #writableAt} ever find anything. */
  private final boolean shortcuts;

  private long[] lines;
  private byte[] states;
  private long[] stamps;
  private byte[] data;

  /** For each set, the slot touched or installed last: looked at first, and need not be touched again. */
  private int[] recent;

  private long clock;

  /**
   * For each set, the line of the recent slot if it may be read, or written, and where its bytes
   * begin: what {@link #readableAt} and {@link #writableAt} need to know of a hit in it. Follows
   * from the rest. One entry that is no line until there is a first line.
   */
  private transient long[] readableLines = {NO_LINE};

  private transient long[] writableLines = {NO_LINE};
  private transient int[] beginnings = {0};
  private transient int recentSetMask;

  /**
   * For each set, the slot that was recent before: a guess where the next line is, since programs
   * go over two arrays at once, and no part of the state.
   */
  private transient int[] before;

  public DataCache(CacheGeometry geometry, boolean bigEndian) {
    this(geometry, bigEndian, true);
  }

  /**
   * @param shortcuts if false, {@link #readableAt} and {@link #writableAt} find nothing, so that
   *     every access of a core comes where its store buffer is looked at
   */
  public DataCache(CacheGeometry geometry, boolean bigEndian, boolean shortcuts) {
    this.shortcuts = shortcuts;
    this.geometry = geometry;
    this.lineShift = Integer.numberOfTrailingZeros(geometry.lineBytes());
    this.setMask = geometry.sets() - 1;
    this.ways = geometry.ways();
    this.offsetMask = geometry.lineBytes() - 1;
    this.bigEndian = bigEndian;
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
    int set = (int) (physical >>> lineShift) & setMask;
    int likely = recent[set];
    if (all[likely] == line) {
      return likely;
    }
    int guess = before[set];
    return all[guess] == line ? guess : search(line, set * ways);
  }

  private int search(long line, int first) {
    for (int slot = first; slot < first + ways; slot++) {
      if (lines[slot] == line) {
        return slot;
      }
    }
    return ABSENT;
  }

  /** Whether a line has ever been installed; until then no slot may be asked about. */
  public boolean holdsAnything() {
    return lines != null;
  }

  public L1State state(int slot) {
    return STATES[states[slot]];
  }

  public boolean readable(int slot) {
    return (READABLE >>> states[slot] & 1) != 0;
  }

  public boolean writable(int slot) {
    return (WRITABLE >>> states[slot] & 1) != 0;
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
    noteRecent(slot / ways);
  }

  /**
   * Where the byte at a physical address is, if its line is readable and the most recent of its set;
   * else ABSENT, which says nothing. The place is for {@link #valueAt} and {@link #signedAt}.
   */
  public int readableAt(long physical) {
    int set = (int) (physical >>> lineShift) & recentSetMask;
    return readableLines[set] == (physical & ~(long) offsetMask)
        ? beginnings[set] + ((int) physical & offsetMask)
        : ABSENT;
  }

  /**
   * Where the byte at a physical address is, if its line is readable, or, {@code toWrite}, writable;
   * the line is the most recently used of its set then. Else {@link #ABSENT}, and nothing changes.
   */
  public int touchedAt(long physical, boolean toWrite) {
    int slot = find(physical);
    if (slot < 0 || ((toWrite ? WRITABLE : READABLE) >>> states[slot] & 1) == 0) {
      return ABSENT;
    }
    touch(slot, physical);
    return (slot << lineShift) + ((int) physical & offsetMask);
  }

  /** As {@link #readableAt}, of a writable line; for {@link #storeAt}. */
  public int writableAt(long physical) {
    int set = (int) (physical >>> lineShift) & recentSetMask;
    return writableLines[set] == (physical & ~(long) offsetMask)
        ? beginnings[set] + ((int) physical & offsetMask)
        : ABSENT;
  }

  private void noteRecent(int set) {
    if (!shortcuts) {
      return;
    }
    int slot = recent[set];
    readableLines[set] = readable(slot) ? lines[slot] : NO_LINE;
    writableLines[set] = writable(slot) ? lines[slot] : NO_LINE;
    beginnings[set] = slot << lineShift;
  }

  /** Makes a line the most recently used of its set; {@code slot} is the one that holds {@code physical}. */
  public void touch(int slot, long physical) {
    int set = (int) (physical >>> lineShift) & setMask;
    if (recent[set] != slot) {
      before[set] = recent[set];
      recent[set] = slot;
      stamps[slot] = ++clock;
      noteRecent(set);
    }
  }

  /** Makes a line the most recently used of its set. */
  public void touch(int slot) {
    touch(slot, (long) (slot / ways) << lineShift);
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
      throw new BrokenInvariant(
          "line 0x" + Long.toHexString(line) + " does not belong in slot " + slot);
    }
    allocate();
    lines[slot] = line;
    states[slot] = (byte) state.ordinal();
    stamps[slot] = ++clock;
    before[slot / ways] = recent[slot / ways];
    recent[slot / ways] = slot;
    noteRecent(slot / ways);
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
    return valueAt((slot << lineShift) + ((int) physical & offsetMask), bytes);
  }

  /** 1, 2, 4 or 8 bytes from a place on, zero-extended. */
  public long valueAt(int at, int bytes) {
    return switch (bytes) {
      case 1 -> data[at] & 0xFFL;
      case 2 -> ordered((short) SHORTS.get(data, at)) & 0xFFFFL;
      case 4 -> ordered((int) INTS.get(data, at)) & 0xFFFF_FFFFL;
      case 8 -> ordered((long) LONGS.get(data, at));
      default -> throw new BrokenInvariant("access of " + bytes + " bytes");
    };
  }

  /** 1, 2, 4 or 8 bytes from a place on, sign-extended. */
  public long signedAt(int at, int bytes) {
    return switch (bytes) {
      case 1 -> data[at];
      case 2 -> ordered((short) SHORTS.get(data, at));
      case 4 -> ordered((int) INTS.get(data, at));
      case 8 -> ordered((long) LONGS.get(data, at));
      default -> throw new BrokenInvariant("access of " + bytes + " bytes");
    };
  }

  /** Writes the low 1, 2, 4 or 8 bytes of {@code value}, aligned; the line must be writable and becomes M. */
  public void write(int slot, long physical, int bytes, long value) {
    storeAt((slot << lineShift) + ((int) physical & offsetMask), bytes, value);
  }

  /** Writes from a place on; its line becomes M. */
  public void storeAt(int at, int bytes, long value) {
    states[at >> lineShift] = (byte) L1State.M.ordinal();
    switch (bytes) {
      case 1 -> data[at] = (byte) value;
      case 2 -> SHORTS.set(data, at, ordered((short) value));
      case 4 -> INTS.set(data, at, ordered((int) value));
      case 8 -> LONGS.set(data, at, ordered(value));
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
      recent = new int[geometry.sets()];
      Arrays.setAll(recent, set -> set * ways);
      noteAllRecent();
    }
  }

  private void noteAllRecent() {
    before = recent.clone();
    if (!shortcuts) {
      return;
    }
    readableLines = new long[geometry.sets()];
    writableLines = new long[geometry.sets()];
    beginnings = new int[geometry.sets()];
    recentSetMask = setMask;
    for (int set = 0; set < geometry.sets(); set++) {
      noteRecent(set);
    }
  }

  @Override
  public void restored() {
    if (lines != null) {
      noteAllRecent();
    }
  }

  private short ordered(short value) {
    return bigEndian ? Short.reverseBytes(value) : value;
  }

  private int ordered(int value) {
    return bigEndian ? Integer.reverseBytes(value) : value;
  }

  private long ordered(long value) {
    return bigEndian ? Long.reverseBytes(value) : value;
  }

  private static int maskOf(Predicate<L1State> which) {
    int mask = 0;
    for (L1State state : STATES) {
      mask |= which.test(state) ? 1 << state.ordinal() : 0;
    }
    return mask;
  }
}
