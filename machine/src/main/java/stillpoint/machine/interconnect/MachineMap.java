package stillpoint.machine.interconnect;

import stillpoint.machine.board.Board;
import stillpoint.machine.time.BrokenInvariant;

/**
 * Who is who among the logical processes of a board, and how far apart they are. Ids: CPUs first (a CPU's id is its
 * number), then interrupt controller slices, directory slices, and the console.
 */
public final class MachineMap {
  /** What a logical process is. */
  public enum Kind {
    CPU,
    INTERRUPT_SLICE,
    DIRECTORY_SLICE,
    CONSOLE
  }

  private final Board board;
  private final int firstInterruptSlice;
  private final int firstDirectorySlice;
  private final int console;
  private final int cpusPerInterruptSlice;

  public MachineMap(Board board) {
    this.board = board;
    this.firstInterruptSlice = board.cpuCount();
    this.firstDirectorySlice = firstInterruptSlice + board.interruptSlices();
    this.console = firstDirectorySlice + board.directorySlices();
    this.cpusPerInterruptSlice = Math.ceilDiv(board.cpuCount(), board.interruptSlices());
  }

  public Board board() {
    return board;
  }

  public int size() {
    return console + 1;
  }

  public int cpuCount() {
    return board.cpuCount();
  }

  public Kind kindOf(int id) {
    if (id < 0 || id > console) {
      throw new BrokenInvariant("no logical process has id " + id);
    }
    if (id < firstInterruptSlice) {
      return Kind.CPU;
    }
    if (id < firstDirectorySlice) {
      return Kind.INTERRUPT_SLICE;
    }
    return id < console ? Kind.DIRECTORY_SLICE : Kind.CONSOLE;
  }

  public String nameOf(int id) {
    return switch (kindOf(id)) {
      case CPU -> "cpu" + id;
      case INTERRUPT_SLICE -> "interrupt-controller" + (id - firstInterruptSlice);
      case DIRECTORY_SLICE -> "directory" + (id - firstDirectorySlice);
      case CONSOLE -> "console";
    };
  }

  public int interruptSlice(int index) {
    return firstInterruptSlice + index;
  }

  /** Id of the interrupt controller slice that serves a CPU. */
  public int interruptSliceOf(int cpu) {
    return firstInterruptSlice + cpu / cpusPerInterruptSlice;
  }

  /** First CPU of slice {@code index}. */
  public int firstCpuOfInterruptSlice(int index) {
    return Math.min(index * cpusPerInterruptSlice, board.cpuCount());
  }

  public int cpusPerInterruptSlice() {
    return cpusPerInterruptSlice;
  }

  public int directorySlice(int index) {
    return firstDirectorySlice + index;
  }

  public int indexOfDirectorySlice(int id) {
    return id - firstDirectorySlice;
  }

  /** Id of the home directory slice of the line that holds a physical address. */
  public int homeOf(long physical) {
    return firstDirectorySlice
        + (int) Long.remainderUnsigned(physical / board.lineBytes(), board.directorySlices());
  }

  public int console() {
    return console;
  }

  /** Latency of the link between two processes in cycles; the same both ways, and constant, so links are FIFO. */
  public int latencyCycles(int from, int to) {
    Kind a = kindOf(from);
    Kind b = kindOf(to);
    Kind other = a == Kind.CPU ? b : a;
    if ((a == Kind.CPU) == (b == Kind.CPU)) {
      throw new BrokenInvariant("no link between " + nameOf(from) + " and " + nameOf(to));
    }
    return switch (other) {
      case DIRECTORY_SLICE -> board.cpuToHomeCycles();
      case INTERRUPT_SLICE -> board.cpuToControllerCycles();
      case CONSOLE -> board.cpuToConsoleCycles();
      case CPU -> throw new BrokenInvariant("no link between two CPUs");
    };
  }

  /** The smallest latency of any link. */
  public int lookaheadCycles() {
    return Math.min(
        board.cpuToHomeCycles(),
        Math.min(board.cpuToControllerCycles(), board.cpuToConsoleCycles()));
  }

  /** The CPU next to which a process stands: slices are spread evenly over the CPUs. */
  public int placeOf(int id) {
    return switch (kindOf(id)) {
      case CPU -> id;
      case INTERRUPT_SLICE -> firstCpuOfInterruptSlice(id - firstInterruptSlice) % board.cpuCount();
      case DIRECTORY_SLICE ->
          (int) ((long) (id - firstDirectorySlice) * board.cpuCount() / board.directorySlices());
      case CONSOLE -> 0;
    };
  }
}
