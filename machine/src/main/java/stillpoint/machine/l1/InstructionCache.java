package stillpoint.machine.l1;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import stillpoint.machine.isa.Instruction;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.Restorable;
import stillpoint.machine.time.StateHash;

/**
 * The array of an L1 instruction cache: lines of words, and beside each word its decoded form once
 * somebody has executed it. Mutable, owned by one CPU. It is <b>incoherent</b>, as on the real
 * parts: nothing but fill and invalidate changes it, so a stale word stays and executes. A
 * <i>slot</i> is {@code set * ways + way}.
 *
 * <p>Replacement is round robin within a set (a free way first), so that a hit changes nothing.
 * Costs nothing until its first line is filled, and then only what is filled.
 */
public final class InstructionCache implements Restorable {
  public static final int ABSENT = -1;

  private static final long NO_LINE = -1;

  private final CacheGeometry geometry;
  private final transient ByteOrder order;
  private final int lineShift;
  private final int setMask;
  private final int ways;
  private long[] lines;
  private int[][] words;
  private transient Instruction[][] decoded;

  /** Whether the decoded forms of a slot are those with 64-bit operations. */
  private transient boolean[] decodedWide;

  private byte[] nextWay;

  /**
   * For each set, where the last search ended: a guess for the next one and no part of the state.
   */
  private transient int[] lastFound;

  /** Counts fills and invalidations; to be compared, and no part of the state. */
  private transient long changes;

  public InstructionCache(CacheGeometry geometry, boolean bigEndian) {
    this.geometry = geometry;
    this.order = bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    this.lineShift = Integer.numberOfTrailingZeros(geometry.lineBytes());
    this.setMask = geometry.sets() - 1;
    this.ways = geometry.ways();
  }

  public CacheGeometry geometry() {
    return geometry;
  }

  /** Slot of the line that holds a physical address, or {@link #ABSENT}. */
  public int find(long physical) {
    long[] all = lines;
    if (all == null) {
      return ABSENT;
    }
    long line = physical >>> lineShift << lineShift;
    int set = (int) (physical >>> lineShift) & setMask;
    int likely = lastFound[set];
    return all[likely] == line ? likely : search(line, set);
  }

  private int search(long line, int set) {
    for (int slot = set * ways; slot < (set + 1) * ways; slot++) {
      if (lines[slot] == line) {
        lastFound[set] = slot;
        return slot;
      }
    }
    return ABSENT;
  }

  /**
   * Puts a line in; {@code data} is one line in memory order. What it replaces is simply gone: it
   * is never dirty.
   */
  public void fill(long line, byte[] data) {
    if (line != geometry.lineAddress(line) || data.length != geometry.lineBytes()) {
      throw new BrokenInvariant(
          "fill of " + data.length + " bytes at 0x" + Long.toHexString(line) + " is not a line");
    }
    allocate();
    int slot = find(line);
    if (slot == ABSENT) {
      slot = slotToFill(geometry.setOf(line));
    }
    int[] content = new int[data.length / 4];
    ByteBuffer.wrap(data).order(order).asIntBuffer().get(content);
    lines[slot] = line;
    words[slot] = content;
    decoded[slot] = new Instruction[content.length];
    changes++;
  }

  /** Differs from what it was if anything was filled or dropped since. */
  public long changes() {
    return changes;
  }

  private int slotToFill(int set) {
    for (int slot = set * ways; slot < (set + 1) * ways; slot++) {
      if (lines[slot] == NO_LINE) {
        return slot;
      }
    }
    int way = nextWay[set];
    nextWay[set] = (byte) ((way + 1) % ways);
    return set * ways + way;
  }

  /** Drops the line that holds a physical address, if it is here; returns whether it was. */
  public boolean invalidateLine(long physical) {
    int slot = find(physical);
    if (slot != ABSENT) {
      invalidateSlot(slot);
    }
    return slot != ABSENT;
  }

  /** Drops what is in a slot. */
  public void invalidateSlot(int slot) {
    if (lines != null) {
      lines[slot] = NO_LINE;
      words[slot] = null;
      decoded[slot] = null;
      changes++;
    }
  }

  public void invalidateAll() {
    for (int slot = 0; lines != null && slot < lines.length; slot++) {
      invalidateSlot(slot);
    }
  }

  public boolean holds(long physical) {
    return find(physical) != ABSENT;
  }

  /** The word at a physical address as this cache has it; it must be here. */
  public int peek(long physical) {
    int slot = find(physical);
    if (slot == ABSENT) {
      throw new BrokenInvariant("no instruction line holds 0x" + Long.toHexString(physical));
    }
    return words[slot][(int) (physical & geometry.lineBytes() - 1) >> 2];
  }

  /** The words of a slot; not to be changed. */
  public int[] words(int slot) {
    return words[slot];
  }

  /** Address of the line in a slot that holds one. */
  public long lineAddress(int slot) {
    return lines[slot];
  }

  /**
   * The decoded forms beside the words of a slot; null where none yet. The core that owns this
   * cache puts them in.
   *
   * @param wide whether 64-bit operations are enabled, since words decode differently if not
   */
  public Instruction[] decoded(int slot, boolean wide) {
    if (decodedWide[slot] != wide) {
      decodedWide[slot] = wide;
      decoded[slot] = new Instruction[words[slot].length];
    }
    return decoded[slot];
  }

  public void foldState(StateHash hash) {
    hash.fold(lines != null);
    if (lines != null) {
      hash.fold(lines).fold(nextWay);
      for (int[] content : words) {
        for (int i = 0; content != null && i < content.length; i++) {
          hash.fold(content[i]);
        }
      }
    }
  }

  @Override
  public void restored() {
    if (lines != null) {
      decoded = new Instruction[lines.length][];
      decodedWide = new boolean[lines.length];
      for (int slot = 0; slot < lines.length; slot++) {
        decoded[slot] = words[slot] == null ? null : new Instruction[words[slot].length];
      }
      lastFound = new int[geometry.sets()];
    }
  }

  private void allocate() {
    if (lines == null) {
      int slots = geometry.sets() * ways;
      lines = new long[slots];
      Arrays.fill(lines, NO_LINE);
      words = new int[slots][];
      decoded = new Instruction[slots][];
      decodedWide = new boolean[slots];
      nextWay = new byte[geometry.sets()];
      lastFound = new int[geometry.sets()];
    }
  }
}
