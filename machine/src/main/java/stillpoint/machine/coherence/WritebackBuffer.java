package stillpoint.machine.coherence;

import java.util.Arrays;
import stillpoint.machine.l1.CacheGeometry;
import stillpoint.machine.l1.L1State;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.StateHash;

/**
 * Lines that were given back and not acknowledged, oldest first, each once. Seldom more than one, so
 * it is searched from the start.
 */
final class WritebackBuffer {
  private static final L1State[] STATES = L1State.values();
  private static final long[] NO_LINES = {};
  private static final byte[][] NO_DATA = {};

  private static final byte[] NO_STATES = {};

  private long[] lines = NO_LINES;
  private byte[] states = NO_STATES;
  private byte[][] data = NO_DATA;
  private int count;

  int count() {
    return count;
  }

  /** {@code content} is the line's bytes, or null if memory has them. */
  void put(long line, L1State state, byte[] content) {
    if (indexOf(line) >= 0) {
      throw new BrokenInvariant(
          "line 0x" + Long.toHexString(line) + " is being written back already");
    }
    if (count == lines.length) {
      lines = Arrays.copyOf(lines, count + 2);
      states = Arrays.copyOf(states, count + 2);
      data = Arrays.copyOf(data, count + 2);
    }
    lines[count] = line;
    states[count] = (byte) state.ordinal();
    data[count++] = content;
  }

  long line(int index) {
    return lines[index];
  }

  byte[] data(int index) {
    return data[index];
  }

  L1State state(int index) {
    return STATES[states[index]];
  }

  void state(int index, L1State state) {
    states[index] = (byte) state.ordinal();
  }

  void free(long line) {
    int index = indexOf(line);
    count--;
    System.arraycopy(lines, index + 1, lines, index, count - index);
    System.arraycopy(states, index + 1, states, index, count - index);
    System.arraycopy(data, index + 1, data, index, count - index);
    data[count] = null;
  }

  void fold(StateHash hash) {
    hash.fold(count);
    for (int i = 0; i < count; i++) {
      hash.fold(lines[i]).fold(states[i]).fold(data[i] != null);
      if (data[i] != null) {
        hash.fold(data[i]);
      }
    }
  }

  /** Where a line is, or -1. */
  int indexOf(long line) {
    for (int i = 0; i < count; i++) {
      if (lines[i] == line) {
        return i;
      }
    }
    return -1;
  }

  /** Where the oldest line of a set of the cache is, or -1. */
  int indexOfSet(CacheGeometry geometry, int set) {
    for (int i = 0; i < count; i++) {
      if (geometry.setOf(lines[i]) == set) {
        return i;
      }
    }
    return -1;
  }
}
