package stillpoint.machine.coherence;

import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.time.BrokenInvariant;

/**
 * How the lines of one slice are numbered: 0, 1, 2, ... in ascending order of address, though
 * slices take turns.
 */
record LineNumbers(int index, int sliceCount, int lineBytes, int lineShift) {
  static LineNumbers of(MachineMap map, int directorySlice) {
    int lineBytes = map.board().lineBytes();
    return new LineNumbers(
        map.indexOfDirectorySlice(directorySlice),
        map.board().directorySlices(),
        lineBytes,
        Integer.numberOfTrailingZeros(lineBytes));
  }

  /** Number within the slice. */
  long localOf(long line) {
    long number = line >>> lineShift;
    long local = number / sliceCount;
    if (number - local * sliceCount != index || (line & (lineBytes - 1)) != 0) {
      throw new BrokenInvariant(
          "line 0x" + Long.toHexString(line) + " is not at home in directory" + index);
    }
    return local;
  }

  long lineOf(long local) {
    return (local * sliceCount + index) << lineShift;
  }

  /** Place within a page. */
  static int atOf(long local) {
    return (int) local & (LinePage.LINES - 1);
  }
}
