package stillpoint.machine.coherence;

import java.util.Arrays;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.StateHash;

/**
 * Lines that were given back and not acknowledged, oldest first. Seldom more than one, so it is
 * searched from the start.
 */
final class WritebackBuffer {
  private static final long[] NO_LINES = {};
  private static final byte[][] NO_DATA = {};

  private long[] lines = NO_LINES;
  private byte[][] data = NO_DATA;
  private int count;

  int count() {
    return count;
  }

  boolean holds(long line) {
    return indexOf(line) >= 0;
  }

  void put(long line, byte[] content) {
    if (holds(line)) {
      throw new BrokenInvariant(
          "line 0x" + Long.toHexString(line) + " is being written back already");
    }
    if (count == lines.length) {
      lines = Arrays.copyOf(lines, count + 2);
      data = Arrays.copyOf(data, count + 2);
    }
    lines[count] = line;
    data[count++] = content;
  }

  byte[] dataOf(long line) {
    return data[indexOf(line)];
  }

  void free(long line) {
    int index = indexOf(line);
    count--;
    System.arraycopy(lines, index + 1, lines, index, count - index);
    System.arraycopy(data, index + 1, data, index, count - index);
    data[count] = null;
  }

  void fold(StateHash hash) {
    hash.fold(count);
    for (int i = 0; i < count; i++) {
      hash.fold(lines[i]).fold(data[i]);
    }
  }

  private int indexOf(long line) {
    for (int i = 0; i < count; i++) {
      if (lines[i] == line) {
        return i;
      }
    }
    return -1;
  }
}
