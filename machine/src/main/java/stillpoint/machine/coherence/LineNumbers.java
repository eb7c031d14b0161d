package stillpoint.machine.coherence;

import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.time.BrokenInvariant;

/**
 * How the lines of one slice are numbered: 0, 1, 2, ... in ascending order of address, though the
 * slices of a board take turns. Lines that are at home on another board have numbers that nobody
 * uses.
 *
 * @param slice the slice's number in the machine
 * @param turn its number among those of its board, which are {@code sliceCount}
 */
record LineNumbers(int slice, int turn, int sliceCount, int lineBytes, int lineShift) {
  static LineNumbers of(MachineMap map, int directorySlice) {
    int lineBytes = map.board().lineBytes();
    return new LineNumbers(
        map.indexOfDirectorySlice(directorySlice),
        map.indexOfDirectorySlice(directorySlice) % map.directorySlicesPerBoard(),
        map.directorySlicesPerBoard(),
        lineBytes,
        Integer.numberOfTrailingZeros(lineBytes));
  }

  /** Number within the slice. */
  long localOf(long line) {
    long number = line >>> lineShift;
    long local = number / sliceCount;
    if (number - local * sliceCount != turn || (line & (lineBytes - 1)) != 0) {
      throw new BrokenInvariant(
          "line 0x" + Long.toHexString(line) + " is not at home in directory" + slice);
    }
    return local;
  }

  long lineOf(long local) {
    return (local * sliceCount + turn) << lineShift;
  }

  /** Place within a page. */
  static int atOf(long local) {
    return (int) local & (LinePage.LINES - 1);
  }
}
