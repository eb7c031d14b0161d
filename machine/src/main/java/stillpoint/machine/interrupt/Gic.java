package stillpoint.machine.interrupt;

import java.util.Arrays;
import stillpoint.machine.time.StateHash;

/**
 * The state of a MIPS Global Interrupt Controller, for one cluster of virtual processors: shared
 * interrupts with trigger mode, mask and routing, and the local count/compare interrupt of each.
 * Mutable, owned by one slice.
 *
 * <p>An interrupt is pending by its input's level, or, edge-triggered, by its edge register, which
 * edges of the input and WEDGE writes set and only a WEDGE write clears. What is pending and not
 * masked drives the pin of the virtual processor that it is mapped to.
 */
final class Gic {
  /** Most virtual processors that GIC_VX_OTHER can name. */
  static final int MOST_VPS = 64;

  static final int MOST_SHARED = 256;

  /** GIC_LOCAL_INT_*: WD, COMPARE, TIMER, PERFCTR, SWINT0, SWINT1, FDC. */
  static final int LOCALS = 7;

  static final int LOCAL_COMPARE = 1;

  /** Of a map register. */
  static final int MAP_TO_PIN = 1 << 31;

  private static final int MAP_WRITABLE = 0xC000_003F;
  private static final int PINS = 6;

  /**
   * A bit for each shared interrupt: polarity, trigger, dual edge, mask, edge register, input, and
   * whether anything drives that input. One that nothing drives is at no level.
   */
  enum Bits {
    POL,
    TRIG,
    DUAL,
    MASK,
    EDGE,
    INPUT,
    DRIVEN
  }

  private final int vps;
  private final int shared;
  private final long[][] bits;
  private final int[] pinMap;
  private final long[] vpMap;
  private final int[] localMask;
  private final int[][] localMap;
  private final long[] compare;

  /** Local count/compare interrupts, a bit for each virtual processor. */
  private long compared;

  /** The counter less the cycle, or, stopped, itself. */
  private long counterBias;

  private boolean counterStopped;
  private long idleClears;

  /** A GIC as after reset: level-triggered, active low, masked, mapped nowhere, counter running. */
  Gic(int vps, int shared) {
    if (vps < 0 || vps > MOST_VPS || shared < 8 || shared > MOST_SHARED || shared % 8 != 0) {
      throw new IllegalArgumentException(vps + " VPs and " + shared + " shared interrupts");
    }
    this.vps = vps;
    this.shared = shared;
    this.bits = new long[Bits.values().length][MOST_SHARED / Long.SIZE];
    this.pinMap = new int[shared];
    this.vpMap = new long[shared];
    this.localMask = new int[vps];
    this.localMap = new int[vps][LOCALS];
    this.compare = new long[vps];
    Arrays.fill(compare, -1);
  }

  int vps() {
    return vps;
  }

  int shared() {
    return shared;
  }

  // ---- shared interrupts

  boolean get(Bits which, int interrupt) {
    return (word(which, interrupt >> 6) >>> interrupt & 1) != 0;
  }

  /** 64 shared interrupts' bits. */
  long word(Bits which, int index) {
    return bits[which.ordinal()][index];
  }

  void setWord(Bits which, int index, long value) {
    int most = shared - 64 * index;
    long there = most >= 64 ? -1 : most <= 0 ? 0 : (1L << most) - 1;
    bits[which.ordinal()][index] = value & there;
  }

  private void set(Bits which, int interrupt, boolean value) {
    long bit = 1L << interrupt;
    long[] words = bits[which.ordinal()];
    words[interrupt >> 6] = value ? words[interrupt >> 6] | bit : words[interrupt >> 6] & ~bit;
  }

  /** A device drives its line. */
  void input(int interrupt, boolean level) {
    boolean before = get(Bits.INPUT, interrupt);
    set(Bits.INPUT, interrupt, level);
    set(Bits.DRIVEN, interrupt, true);
    boolean edge = get(Bits.DUAL, interrupt) || level == get(Bits.POL, interrupt);
    if (level != before && get(Bits.TRIG, interrupt) && edge) {
      set(Bits.EDGE, interrupt, true);
    }
  }

  /** A write of GIC_SH_WEDGE; returns whether the edge register was set before. */
  boolean wedge(int interrupt, boolean raise) {
    if (interrupt >= shared) {
      return false;
    }
    boolean before = get(Bits.EDGE, interrupt);
    set(Bits.EDGE, interrupt, raise);
    idleClears += raise || before ? 0 : 1;
    return before;
  }

  /** Clears that found nothing to clear: somebody took an interrupt that was not there. */
  long idleClears() {
    return idleClears;
  }

  /** GIC_SH_PEND, masked or not. */
  long pendingWord(int index) {
    long level = ~(word(Bits.INPUT, index) ^ word(Bits.POL, index)) & word(Bits.DRIVEN, index);
    long trigger = word(Bits.TRIG, index);
    return trigger & word(Bits.EDGE, index) | ~trigger & level;
  }

  int pinMap(int interrupt) {
    return pinMap[interrupt];
  }

  void setPinMap(int interrupt, int value) {
    pinMap[interrupt] = value & MAP_WRITABLE;
  }

  /** Virtual processors that an interrupt goes to; the hardware wants one, here all get it. */
  long vpMap(int interrupt) {
    return vpMap[interrupt];
  }

  void setVpMap(int interrupt, long value) {
    vpMap[interrupt] = vps == MOST_VPS ? value : value & (1L << vps) - 1;
  }

  // ---- local interrupts

  int localPending(int vp) {
    return (int) (compared >>> vp & 1) << LOCAL_COMPARE;
  }

  int localMask(int vp) {
    return localMask[vp];
  }

  void setLocalMask(int vp, int value) {
    localMask[vp] = value & (1 << LOCALS) - 1;
  }

  /** {@code index}: of the map register, which is not the bit among the pending ones for all. */
  int localMap(int vp, int index) {
    return localMap[vp][index];
  }

  void setLocalMap(int vp, int index, int value) {
    localMap[vp][index] = value & MAP_WRITABLE;
  }

  long compare(int vp) {
    return compare[vp];
  }

  /** Takes the interrupt back, as a write of Compare does. */
  void setCompare(int vp, long value) {
    compare[vp] = value;
    compared &= ~(1L << vp);
  }

  // ---- time

  long counter(long cycle) {
    return counterStopped ? counterBias : cycle + counterBias;
  }

  void setCounter(long value, long cycle) {
    counterBias = counterStopped ? value : value - cycle;
  }

  boolean counterStopped() {
    return counterStopped;
  }

  void stopCounter(boolean stop, long cycle) {
    long now = counter(cycle);
    counterStopped = stop;
    setCounter(now, cycle);
  }

  /** First cycle after {@code cycle} at which the counter meets a Compare; Long.MAX_VALUE for none. */
  long nextCompareCycle(long cycle) {
    long next = Long.MAX_VALUE;
    for (int vp = 0; vp < vps && !counterStopped; vp++) {
      long away = compare[vp] - counter(cycle);
      if (away > 0 && away < Long.MAX_VALUE - cycle) {
        next = Math.min(next, cycle + away);
      }
    }
    return next;
  }

  /** The counter has come to {@code cycle}, none of which {@link #nextCompareCycle} named before. */
  void compareAt(long cycle) {
    for (int vp = 0; vp < vps && !counterStopped; vp++) {
      if (compare[vp] == counter(cycle)) {
        compared |= 1L << vp;
      }
    }
  }

  // ---- pins

  /** Levels of a virtual processor's six pins, bit 0 = IP2. */
  int levels(int vp) {
    int levels = 0;
    for (int index = 0; index < MOST_SHARED / 64; index++) {
      for (long left = pendingWord(index) & word(Bits.MASK, index); left != 0; left &= left - 1) {
        int interrupt = 64 * index + Long.numberOfTrailingZeros(left);
        if ((vpMap[interrupt] >>> vp & 1) != 0) {
          levels |= pin(pinMap[interrupt]);
        }
      }
    }
    boolean local = (localPending(vp) & localMask[vp]) != 0;
    return local ? levels | pin(localMap[vp][LOCAL_COMPARE]) : levels;
  }

  private static int pin(int map) {
    int pin = map & 0x3F;
    return (map & MAP_TO_PIN) != 0 && pin < PINS ? 1 << pin : 0;
  }

  void foldState(StateHash hash) {
    for (long[] words : bits) {
      hash.fold(words);
    }
    for (int i = 0; i < shared; i++) {
      hash.fold(pinMap[i]);
    }
    hash.fold(vpMap).fold(compare).fold(compared).fold(counterBias).fold(counterStopped);
    for (int vp = 0; vp < vps; vp++) {
      hash.fold(localMask[vp]);
      for (int map : localMap[vp]) {
        hash.fold(map);
      }
    }
    hash.fold(idleClears);
  }
}
