package stillpoint.machine.cpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.l1.DataCache;
import stillpoint.machine.l1.InstructionCache;
import stillpoint.machine.l1.L1State;
import stillpoint.machine.time.BrokenInvariant;

/**
 * A block of memory right behind one core's caches, without fabric or other CPUs: it serves every
 * miss at once and for free. For tests, benchmarks and bare programs on one core.
 */
public final class FlatMemory implements Bus {
  private final long base;
  private final ByteBuffer bytes;

  /**
   * {@code base}: physical address of the first byte; both it and the size are multiples of 256.
   */
  public FlatMemory(long base, int sizeBytes, boolean bigEndian) {
    if ((base & 255) != 0 || (sizeBytes & 255) != 0) {
      throw new IllegalArgumentException(
          "memory at 0x" + Long.toHexString(base) + " is not made of lines");
    }
    this.base = base;
    this.bytes =
        ByteBuffer.allocate(sizeBytes)
            .order(bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
  }

  public void putWords(long physical, int[] words) {
    for (int i = 0; i < words.length; i++) {
      bytes.putInt(index(physical + 4L * i, 4), words[i]);
    }
  }

  public int word(long physical) {
    return bytes.getInt(index(physical, 4));
  }

  public long doubleword(long physical) {
    return bytes.getLong(index(physical, 8));
  }

  public void putDoubleword(long physical, long value) {
    bytes.putLong(index(physical, 8), value);
  }

  public int byteAt(long physical) {
    return bytes.get(index(physical, 1)) & 0xFF;
  }

  public void putByte(long physical, int value) {
    bytes.put(index(physical, 1), (byte) value);
  }

  private boolean holds(long physical, int size) {
    long offset = physical - base;
    return offset >= 0 && offset <= bytes.capacity() - size;
  }

  private int index(long physical, int size) {
    long offset = physical - base;
    if (!holds(physical, size)) {
      throw new BrokenInvariant("flat memory ends before 0x" + Long.toHexString(physical));
    }
    return (int) offset;
  }

  /**
   * Runs the core, serving its misses, until it stops for another reason. An address that is not
   * here is a mistake of the caller's.
   */
  public Stop run(Core core, long fromCycle, long untilCycle) {
    Stop stop = core.run(fromCycle, untilCycle);
    while (stop == Stop.MISS || stop == Stop.UNCACHED) {
      boolean served = stop == Stop.MISS ? serve(core) : uncached(core);
      if (!served) {
        index(core.accessAddress(), 1);
      }
      stop = core.run(core.cycle(), untilCycle);
    }
    return stop;
  }

  @Override
  public boolean serve(Core core) {
    long line = core.dataCache().geometry().lineAddress(core.accessAddress());
    if (!holds(line, core.dataCache().geometry().lineBytes())) {
      return false;
    }
    switch (core.accessKind()) {
      case FETCH -> fetch(core.instructionCache(), core.dataCache(), line);
      case LOAD -> bring(core, line, L1State.E);
      case STORE -> bring(core, line, L1State.M);
      case GLOBAL_INVALIDATE_I -> core.instructionCache().invalidateLine(line);
    }
    return true;
  }

  @Override
  public boolean uncached(Core core) {
    long address = core.accessAddress();
    int size = core.accessBytes();
    if (!holds(address, size)) {
      return false;
    }
    boolean store = core.accessKind() == AccessKind.STORE;
    long value = store ? core.accessValue() : 0;
    for (int i = 0; i < size; i++) {
      int shift = 8 * (core.bigEndian() ? size - 1 - i : i);
      if (store) {
        putByte(address + i, (int) (value >>> shift));
      } else {
        value |= (long) byteAt(address + i) << shift;
      }
    }
    core.completeUncached(value);
    return true;
  }

  private void fetch(InstructionCache l1i, DataCache l1d, long line) {
    int slot = l1d.find(line);
    l1i.fill(line, slot >= 0 && l1d.readable(slot) ? l1d.copyOfLine(slot) : copy(line, l1d));
  }

  private void bring(Core core, long line, L1State state) {
    DataCache l1d = core.dataCache();
    int slot = l1d.find(line);
    if (slot >= 0) {
      l1d.setState(slot, state); // nobody else has it: an upgrade is free
      return;
    }
    slot = l1d.victimFor(line);
    if (l1d.state(slot) != L1State.I) {
      core.lineLost(l1d.lineAddress(slot));
      evict(l1d, slot);
    }
    l1d.install(slot, line, state, copy(line, l1d));
  }

  private void evict(DataCache l1d, int slot) {
    if (l1d.state(slot) == L1State.M) {
      bytes.put(index(l1d.lineAddress(slot), 1), l1d.copyOfLine(slot));
    }
    l1d.setState(slot, L1State.I);
  }

  /** Puts what the data cache holds modified back into this memory, and empties it. */
  public void drain(DataCache l1d) {
    for (int slot = 0; slot < l1d.geometry().sets() * l1d.geometry().ways(); slot++) {
      if (l1d.holdsAnything() && l1d.state(slot) != L1State.I) {
        evict(l1d, slot);
      }
    }
  }

  private byte[] copy(long line, DataCache l1d) {
    byte[] content = new byte[l1d.geometry().lineBytes()];
    bytes.get(index(line, content.length), content);
    return content;
  }
}
