package stillpoint.machine.interconnect;

import java.util.List;
import stillpoint.machine.board.Board;
import stillpoint.machine.board.Interconnect;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.PlaceRange;

/**
 * Who is who among the logical processes of a machine, where they stand, and how far apart they are. Ids: CPUs first (a
 * CPU's id is its number), then interrupt controller slices, directory slices, the console, and routers if there are any.
 *
 * <p>Each board of the machine has equally many slices of each kind, numbered board after board; a machine of any other
 * topology is one board. Lines are dealt in turn to the slices of one board: memory that a CPU owns to those of its board,
 * all other memory to those of board 0, where a machine boots and its kernel's and programs' images lie.
 *
 * <p>Where links that carry a flit a cycle go from place to place, each place has a router, and messages between two places
 * go through routers: into the one of the sender's place, from router to router, and out of the receiver's. A port's time is
 * paid in two parts, at both ends. Without routers a message goes straight to its receiver, for as long as its way takes.
 */
public final class MachineMap {
  /** What a logical process is. */
  public enum Kind {
    CPU,
    INTERRUPT_SLICE,
    DIRECTORY_SLICE,
    CONSOLE,
    ROUTER
  }

  private final Board board;
  private final Interconnect interconnect;
  private final List<OwnedMemory> owned;
  private final int firstInterruptSlice;
  private final int firstDirectorySlice;
  private final int console;
  private final int cpusPerBoard;
  private final int interruptSlicesPerBoard;
  private final int directorySlicesPerBoard;
  private final int cpusPerInterruptSlice;

  /** How messages go from router to router, or null. */
  private final Interconnect.Hops hops;

  /** A machine none of whose memory belongs to any CPU. */
  public MachineMap(Board board) {
    this(board, List.of());
  }

  /**
   * @param owned memory of single CPUs; where two of them overlap, the first counts
   */
  public MachineMap(Board board, List<OwnedMemory> owned) {
    this.board = board;
    this.interconnect = board.interconnect();
    this.owned = List.copyOf(owned);
    this.firstInterruptSlice = board.cpuCount();
    this.firstDirectorySlice = firstInterruptSlice + board.interruptSlices();
    this.console = firstDirectorySlice + board.directorySlices();
    this.cpusPerBoard = interconnect.cpusPerBoard(board.cpuCount());
    this.interruptSlicesPerBoard = board.interruptSlices() / interconnect.boards();
    this.directorySlicesPerBoard = board.directorySlices() / interconnect.boards();
    this.cpusPerInterruptSlice = Math.ceilDiv(cpusPerBoard, interruptSlicesPerBoard);
    this.hops = board.hasRouters() ? (Interconnect.Hops) interconnect : null;
  }

  public Board board() {
    return board;
  }

  public int size() {
    return console + 1 + (hasRouters() ? cpuCount() : 0);
  }

  /** Whether messages between two places go through routers. */
  public boolean hasRouters() {
    return hops != null;
  }

  public int cpuCount() {
    return board.cpuCount();
  }

  public Kind kindOf(int id) {
    if (id < 0 || id >= size()) {
      throw new BrokenInvariant("no logical process has id " + id);
    }
    if (id < firstInterruptSlice) {
      return Kind.CPU;
    }
    if (id < firstDirectorySlice) {
      return Kind.INTERRUPT_SLICE;
    }
    if (id < console) {
      return Kind.DIRECTORY_SLICE;
    }
    return id == console ? Kind.CONSOLE : Kind.ROUTER;
  }

  public String nameOf(int id) {
    return switch (kindOf(id)) {
      case CPU -> "cpu" + id;
      case INTERRUPT_SLICE -> "interrupt-controller" + (id - firstInterruptSlice);
      case DIRECTORY_SLICE -> "directory" + (id - firstDirectorySlice);
      case CONSOLE -> "console";
      case ROUTER -> "router" + placeOf(id);
    };
  }

  /** Number of boards; boards are contiguous runs of CPUs. */
  public int boards() {
    return interconnect.boards();
  }

  /** First CPU of board {@code index}, of the one behind the last as well. */
  public int firstCpuOfBoard(int index) {
    return (int) Math.min((long) index * cpusPerBoard, board.cpuCount());
  }

  public int interruptSlice(int index) {
    return firstInterruptSlice + index;
  }

  /** Id of the interrupt controller slice that serves a CPU; it stands on the CPU's board. */
  public int interruptSliceOf(int cpu) {
    return firstInterruptSlice
        + cpu / cpusPerBoard * interruptSlicesPerBoard
        + cpu % cpusPerBoard / cpusPerInterruptSlice;
  }

  /** First CPU of slice {@code index}; of the one behind the last as well. */
  public int firstCpuOfInterruptSlice(int index) {
    int ofBoard = index / interruptSlicesPerBoard;
    long first = (long) index % interruptSlicesPerBoard * cpusPerInterruptSlice;
    return (int) Math.min(firstCpuOfBoard(ofBoard) + first, firstCpuOfBoard(ofBoard + 1));
  }

  public int directorySlice(int index) {
    return firstDirectorySlice + index;
  }

  public int indexOfDirectorySlice(int id) {
    return id - firstDirectorySlice;
  }

  /** Directory slices among which lines are dealt in turn. */
  public int directorySlicesPerBoard() {
    return directorySlicesPerBoard;
  }

  /** Id of the home directory slice of the line that holds a physical address. */
  public int homeOf(long physical) {
    int turn = (int) Long.remainderUnsigned(physical / board.lineBytes(), directorySlicesPerBoard);
    return firstDirectorySlice + boardOf(physical) * directorySlicesPerBoard + turn;
  }

  /** Number of the board on which a line is at home; decided by the line's first byte, so that all of it is there. */
  private int boardOf(long physical) {
    if (interconnect.boards() == 1) {
      return 0;
    }
    long line = physical & -(long) board.lineBytes();
    for (OwnedMemory memory : owned) {
      int owner = memory.ownerOf(line);
      if (owner != OwnedMemory.NOBODY) {
        return Math.min(owner, board.cpuCount() - 1) / cpusPerBoard;
      }
    }
    return 0;
  }

  public int console() {
    return console;
  }

  /** The router of a place. */
  public int router(int place) {
    return console + 1 + place;
  }

  /** The router to which the one at {@code place} hands on what goes to another place. */
  public int nextRouter(int place, int target) {
    return router(hops.nextPlace(place, target));
  }

  /** What a message pays of its port from its sender into the router there. */
  public int intoRouterCycles() {
    return smallestPortCycles() / 2;
  }

  /** What a message of {@code from} pays of its port out of the last router to {@code to}. */
  public int outOfRouterCycles(int from, int to) {
    return portCycles(kindOf(from), kindOf(to)) - intoRouterCycles();
  }

  /**
   * Latency in cycles of a message between two processes that meets no other, or of a hop of its way if one of them is a
   * router; the same both ways, and constant, so links are FIFO.
   */
  public int latencyCycles(int from, int to) {
    Kind a = kindOf(from);
    Kind b = kindOf(to);
    if (a == Kind.ROUTER || b == Kind.ROUTER) {
      return hopCycles(from, a, to, b);
    }
    int port = from == to ? 0 : portCycles(a, b);
    if (port == 0) {
      throw new BrokenInvariant("no link between " + nameOf(from) + " and " + nameOf(to));
    }
    return interconnect instanceof Interconnect.Crossbar
        ? port
        : port + interconnect.wayCycles(placeOf(from), placeOf(to));
  }

  private int hopCycles(int from, Kind a, int to, Kind b) {
    boolean neighbours =
        a == b
            ? interconnect.wayCycles(placeOf(from), placeOf(to)) == hops.hopCycles()
            : placeOf(from) == placeOf(to);
    if (!neighbours) {
      throw new BrokenInvariant("no link between " + nameOf(from) + " and " + nameOf(to));
    }
    if (a == b) {
      return hops.hopCycles();
    }
    return b == Kind.ROUTER ? intoRouterCycles() : smallestPortCycles() - intoRouterCycles();
  }

  /**
   * Latency between two processes next to each other, or 0 if they never talk: caches with homes
   * and with each other, CPUs with everybody, and devices (the console) with homes, for DMA.
   */
  private int portCycles(Kind a, Kind b) {
    if (a == Kind.CPU) {
      return portCycles(b);
    }
    if (b == Kind.CPU) {
      return portCycles(a);
    }
    boolean dma =
        a == Kind.CONSOLE && b == Kind.DIRECTORY_SLICE
            || a == Kind.DIRECTORY_SLICE && b == Kind.CONSOLE;
    return dma ? board.cpuToHomeCycles() : 0;
  }

  /** Latency between a CPU and what stands next to it; other caches are as far as homes. */
  private int portCycles(Kind other) {
    return switch (other) {
      case CPU, DIRECTORY_SLICE -> board.cpuToHomeCycles();
      case INTERRUPT_SLICE -> board.cpuToControllerCycles();
      case CONSOLE -> board.cpuToConsoleCycles();
      case ROUTER -> throw new BrokenInvariant("a router is behind each port, not at its end");
    };
  }

  /** Everything stands next to some CPU, so this is the smallest latency of any message. */
  private int smallestPortCycles() {
    return Math.min(
        board.cpuToHomeCycles(),
        Math.min(board.cpuToControllerCycles(), board.cpuToConsoleCycles()));
  }

  /** The smallest latency of any link: a port's, or of a router a part of one or a hop. */
  public int lookaheadCycles() {
    return hasRouters() ? Math.min(intoRouterCycles(), hops.hopCycles()) : smallestPortCycles();
  }

  /**
   * The smallest latency of any link between a process at one of the places {@code a} and one at {@code b}, or {@link
   * Long#MAX_VALUE} if there is none. Costs as much as there are slices at these places, however many CPUs, and a row of a
   * mesh. (A device and a home are no nearer than the CPU next to the device and that home.)
   */
  public long smallestLatencyBetween(PlaceRange a, PlaceRange b) {
    return hasRouters() ? betweenRouters(a, b) : betweenEnds(a, b);
  }

  /** Links between places are those of neighbouring routers. */
  private long betweenRouters(PlaceRange a, PlaceRange b) {
    if (a.from() >= a.until() || b.from() >= b.until()) {
      return Long.MAX_VALUE;
    }
    int way = interconnect.nearestCycles(a.from(), a.until(), b.from(), b.until());
    return way == 0 ? lookaheadCycles() : way == hops.hopCycles() ? way : Long.MAX_VALUE;
  }

  private long betweenEnds(PlaceRange a, PlaceRange b) {
    return Math.min(betweenCpus(a, b), Math.min(fromCpus(a, b), fromCpus(b, a)));
  }

  private long betweenCpus(PlaceRange a, PlaceRange b) {
    if (a.from() >= a.until() || b.from() >= b.until() || cpuCount() == 1) {
      return Long.MAX_VALUE;
    }
    int way = interconnect.nearestCycles(a.from(), a.until(), b.from(), b.until());
    return portCycles(Kind.CPU) + (long) way;
  }

  private long fromCpus(PlaceRange cpus, PlaceRange others) {
    if (cpus.from() >= cpus.until()) {
      return Long.MAX_VALUE;
    }
    long smallest = Long.MAX_VALUE;
    for (Kind kind : List.of(Kind.INTERRUPT_SLICE, Kind.DIRECTORY_SLICE, Kind.CONSOLE)) {
      int first = firstOf(kind);
      int end = kind == Kind.CONSOLE ? console + 1 : firstOf(Kind.values()[kind.ordinal() + 1]);
      int port = portCycles(kind);
      for (int id = firstAt(others.from(), first, end);
          id < end && placeOf(id) < others.until();
          id++) {
        int way = interconnect.nearestCycles(placeOf(id), cpus.from(), cpus.until());
        smallest = Math.min(smallest, port + way);
      }
    }
    return smallest;
  }

  private int firstOf(Kind kind) {
    return switch (kind) {
      case CPU -> 0;
      case INTERRUPT_SLICE -> firstInterruptSlice;
      case DIRECTORY_SLICE -> firstDirectorySlice;
      case CONSOLE -> console;
      case ROUTER -> console + 1;
    };
  }

  /** The first id within [first, end) that stands at {@code place} or behind it: a kind's places never go down. */
  private int firstAt(int place, int first, int end) {
    int low = first;
    int high = end;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (placeOf(middle) < place) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /**
   * The CPU next to which a process stands. Slices of a board are spread evenly over its CPUs, an interrupt slice stands
   * at the first CPU that it serves.
   */
  public int placeOf(int id) {
    return switch (kindOf(id)) {
      case CPU -> id;
      case INTERRUPT_SLICE -> placeOfInterruptSlice(id - firstInterruptSlice);
      case DIRECTORY_SLICE -> {
        int index = id - firstDirectorySlice;
        int ofBoard = index / directorySlicesPerBoard;
        int first = firstCpuOfBoard(ofBoard);
        long cpus = firstCpuOfBoard(ofBoard + 1) - first;
        yield first + (int) (index % directorySlicesPerBoard * cpus / directorySlicesPerBoard);
      }
      case CONSOLE -> 0;
      case ROUTER -> id - console - 1;
    };
  }

  /** One that serves nobody, because there are more slices than CPUs, stands at its board's last. */
  private int placeOfInterruptSlice(int index) {
    int last = firstCpuOfBoard(index / interruptSlicesPerBoard + 1) - 1;
    return Math.min(firstCpuOfInterruptSlice(index), last);
  }
}
