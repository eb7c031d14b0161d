package stillpoint.machine.interrupt;

import stillpoint.machine.interrupt.Gic.Bits;
import stillpoint.machine.time.StateHash;

/**
 * The registers of a {@link Gic} at the offsets that Linux's arch/mips/include/asm/mips-gic.h gives:
 * the shared section at 0, the local one at 0x8000, that of another virtual processor, named in
 * GIC_VL_OTHER, at 0xc000, and the counter for users at 0x10000.
 */
final class GicRegisters implements MappedController {
  private static final int LOCAL = 0x8000;
  private static final int REDIRECTED = 0xC000;
  private static final int LOCAL_MASK = 0x3FFF;
  private static final int USER = 0x1_0000;
  private static final int COUNTER = 0x10;
  private static final int WEDGE = 0x280;
  private static final int MAP_PIN = 0x500;
  private static final int MAP_VP = 0x2000;
  private static final int COUNT_STOP = 1 << 28;

  private final Gic gic;
  private final int[] others;

  GicRegisters(Gic gic) {
    this.gic = gic;
    this.others = new int[gic.vps()];
  }

  @Override
  public int windowBytes() {
    return 0x2_0000;
  }

  @Override
  public int mostVps() {
    return Gic.MOST_VPS;
  }

  @Override
  public int sources() {
    return gic.shared();
  }

  @Override
  public long read(long cycle, int vp, int offset, int bytes) {
    if (offset >= USER) {
      return readCounter(cycle, offset - USER, bytes);
    }
    if (offset < LOCAL) {
      return readShared(cycle, offset, bytes);
    }
    int whose = whose(vp, offset);
    return whose < 0 ? 0 : readLocal(whose, vp, offset & LOCAL_MASK, bytes);
  }

  @Override
  public void write(long cycle, int vp, int offset, int bytes, long value) {
    if (offset >= USER) {
      return;
    }
    if (offset < LOCAL) {
      writeShared(cycle, offset, bytes, value);
      return;
    }
    int whose = whose(vp, offset);
    if (whose >= 0) {
      writeLocal(whose, vp, offset & LOCAL_MASK, bytes, value);
    }
  }

  /** Whose local section is at an offset for a virtual processor; -1: nobody's. */
  private int whose(int vp, int offset) {
    int whose = vp >= 0 && offset >= REDIRECTED ? others[vp] : vp;
    return whose < gic.vps() ? whose : -1;
  }

  // ---- the shared section

  private long readShared(long cycle, int offset, int bytes) {
    if (offset >= MAP_VP) {
      int interrupt = offset - MAP_VP >> 5;
      return interrupt < gic.shared() ? part(gic.vpMap(interrupt), offset & 0x1F, bytes) : 0;
    }
    if (offset >= MAP_PIN) {
      int interrupt = offset - MAP_PIN >> 2;
      return interrupt < gic.shared() ? gic.pinMap(interrupt) & 0xFFFF_FFFFL : 0;
    }
    int at = offset & 0x7F;
    return switch (offset >> 7) {
      case 0 -> at == 0 ? config() : readCounter(cycle, at - COUNTER, bytes);
      case 2 -> bitsAt(gic.word(Bits.POL, word(at)), at, bytes);
      case 3 -> bitsAt(gic.word(Bits.TRIG, word(at)), at, bytes);
      case 4 -> bitsAt(gic.word(Bits.DUAL, word(at)), at, bytes);
      case 8 -> bitsAt(gic.word(Bits.MASK, word(at)), at, bytes);
      case 9 -> bitsAt(gic.pendingWord(word(at)), at, bytes);
      default -> 0;
    };
  }

  private void writeShared(long cycle, int offset, int bytes, long value) {
    if (offset >= MAP_VP) {
      int interrupt = offset - MAP_VP >> 5;
      if (interrupt < gic.shared()) {
        gic.setVpMap(interrupt, merged(gic.vpMap(interrupt), offset & 0x1F, bytes, value));
      }
      return;
    }
    if (offset >= MAP_PIN) {
      int interrupt = offset - MAP_PIN >> 2;
      if (interrupt < gic.shared()) {
        gic.setPinMap(interrupt, (int) value);
      }
      return;
    }
    int at = offset & 0x7F;
    if (offset >> 7 > 0 && at >> 3 >= Gic.MOST_SHARED / 64) {
      return;
    }
    switch (offset >> 7) {
      case 0 -> writeControl(cycle, at, bytes, value);
      case 2 -> replace(Bits.POL, at, bytes, value);
      case 3 -> replace(Bits.TRIG, at, bytes, value);
      case 4 -> replace(Bits.DUAL, at, bytes, value);
      case 5 -> {
        if (offset == WEDGE) {
          gic.wedge((int) value & 0xFF, (value >>> 31 & 1) != 0);
        }
      }
      case 6 -> {
        long old = gic.word(Bits.MASK, word(at));
        gic.setWord(Bits.MASK, word(at), old & ~placed(at & 7, bytes, value));
      }
      case 7 -> {
        long old = gic.word(Bits.MASK, word(at));
        gic.setWord(Bits.MASK, word(at), old | placed(at & 7, bytes, value));
      }
      default -> {}
    }
  }

  private void writeControl(long cycle, int at, int bytes, long value) {
    if (at == 0) {
      gic.stopCounter((value & COUNT_STOP) != 0, cycle);
    } else if (at >= COUNTER && at < COUNTER + 8) {
      gic.setCounter(merged(gic.counter(cycle), at - COUNTER, bytes, value), cycle);
    }
  }

  /** COUNTSTOP; COUNTBITS: 32 + 4 x 8 = 64; NUMINTERRUPTS: 8 x (n + 1); PVPS: n + 1. */
  private long config() {
    int stopped = gic.counterStopped() ? COUNT_STOP : 0;
    return stopped | 8 << 24 | gic.shared() / 8 - 1 << 16 | Math.max(0, gic.vps() - 1);
  }

  private long readCounter(long cycle, int at, int bytes) {
    return at >= 0 && at < 8 ? part(gic.counter(cycle), at, bytes) : 0;
  }

  private void replace(Bits which, int at, int bytes, long value) {
    gic.setWord(which, word(at), merged(gic.word(which, word(at)), at & 7, bytes, value));
  }

  /** Which 64 interrupts; a section of 128 bytes has room for more than there are. */
  private static int word(int at) {
    return at >> 3 & Gic.MOST_SHARED / 64 - 1;
  }

  private static long bitsAt(long word, int at, int bytes) {
    return at >> 3 < Gic.MOST_SHARED / 64 ? part(word, at & 7, bytes) : 0;
  }

  // ---- the local sections

  private long readLocal(int vp, int self, int offset, int bytes) {
    return switch (offset) {
      case 0x004 -> gic.localPending(vp);
      case 0x008 -> gic.localMask(vp);
      case 0x080 -> others[self];
      case 0x088 -> vp;
      case 0x0A0, 0x0A4 -> part(gic.compare(vp), offset - 0x0A0, bytes);
      default -> isMap(offset) ? gic.localMap(vp, offset - 0x40 >> 2) & 0xFFFF_FFFFL : 0;
    };
  }

  private void writeLocal(int vp, int self, int offset, int bytes, long value) {
    switch (offset) {
      case 0x00C -> gic.setLocalMask(vp, gic.localMask(vp) & ~(int) value);
      case 0x010 -> gic.setLocalMask(vp, gic.localMask(vp) | (int) value);
      case 0x080 -> others[self] = (int) value & 0x3F;
      case 0x0A0, 0x0A4 ->
          gic.setCompare(vp, merged(gic.compare(vp), offset - 0x0A0, bytes, value));
      default -> {
        if (isMap(offset)) {
          gic.setLocalMap(vp, offset - 0x40 >> 2, (int) value);
        }
      }
    }
  }

  private static boolean isMap(int offset) {
    return offset >= 0x40 && offset < 0x40 + 4 * Gic.LOCALS;
  }

  // ---- parts of 64-bit registers, the low half at the lower address

  private static long part(long value, int at, int bytes) {
    if (at >= 8) {
      return 0;
    }
    long there = value >>> 8 * at;
    return bytes == 8 ? there : there & 0xFFFF_FFFFL;
  }

  private static long placed(int at, int bytes, long value) {
    return (bytes == 8 ? value : value & 0xFFFF_FFFFL) << 8 * at;
  }

  private static long merged(long old, int at, int bytes, long value) {
    if (at >= 8) {
      return old;
    }
    long field = bytes == 8 ? -1L : 0xFFFF_FFFFL << 8 * at;
    return old & ~field | placed(at, bytes, value) & field;
  }

  // ---- the rest

  @Override
  public void input(int source, boolean level) {
    gic.input(source, level);
  }

  @Override
  public int levels(int vp) {
    return gic.levels(vp);
  }

  @Override
  public long nextCycle(long cycle) {
    return gic.nextCompareCycle(cycle);
  }

  @Override
  public void advance(long cycle) {
    gic.compareAt(cycle);
  }

  @Override
  public long spurious() {
    return gic.idleClears();
  }

  @Override
  public void foldState(StateHash hash) {
    gic.foldState(hash);
    for (int other : others) {
      hash.fold(other);
    }
  }
}
