package stillpoint.machine.time;

import java.util.Arrays;

/**
 * Pairs of a cycle and a process's index, smallest cycle first: the part of a {@link Calendar}
 * beyond its ring.
 */
final class FarHeap {
  private long[] cycles = new long[16];
  private int[] indices = new int[16];
  private int size;

  int size() {
    return size;
  }

  long headCycle() {
    return cycles[0];
  }

  int headIndex() {
    return indices[0];
  }

  void add(long cycle, int index) {
    if (size == cycles.length) {
      cycles = Arrays.copyOf(cycles, 2 * size);
      indices = Arrays.copyOf(indices, 2 * size);
    }
    int hole = size++;
    while (hole > 0 && cycle < cycles[(hole - 1) >>> 1]) {
      int parent = (hole - 1) >>> 1;
      place(hole, cycles[parent], indices[parent]);
      hole = parent;
    }
    place(hole, cycle, index);
  }

  void removeHead() {
    int last = --size;
    long cycle = cycles[last];
    int hole = 0;
    while (2 * hole + 1 < last) {
      int child = 2 * hole + 1;
      if (child + 1 < last && cycles[child + 1] < cycles[child]) {
        child++;
      }
      if (cycle <= cycles[child]) {
        break;
      }
      place(hole, cycles[child], indices[child]);
      hole = child;
    }
    place(hole, cycle, indices[last]);
  }

  private void place(int slot, long cycle, int index) {
    cycles[slot] = cycle;
    indices[slot] = index;
  }
}
