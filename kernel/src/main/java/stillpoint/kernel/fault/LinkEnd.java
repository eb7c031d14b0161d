package stillpoint.kernel.fault;

import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.interrupt.CpuSet;

/** One side of links: some processes of a machine. */
public sealed interface LinkEnd {
  /** Whether a process is one of them. */
  boolean holds(MachineMap map, int id);

  /** As in scenario files. */
  String text();

  /** Everybody. */
  record Any() implements LinkEnd {
    @Override
    public boolean holds(MachineMap map, int id) {
      return true;
    }

    @Override
    public String text() {
      return "any";
    }
  }

  /** CPUs. */
  record Cpus(CpuSet cpus) implements LinkEnd {
    @Override
    public boolean holds(MachineMap map, int id) {
      return map.kindOf(id) == MachineMap.Kind.CPU && cpus.contains(id);
    }

    @Override
    public String text() {
      return (cpus.size() == 1 ? "cpu " : "cpus ") + cpus;
    }
  }

  /** Everything that stands on a board. */
  record OfBoard(int board) implements LinkEnd {
    @Override
    public boolean holds(MachineMap map, int id) {
      int place = map.placeOf(id);
      return place >= map.firstCpuOfBoard(board) && place < map.firstCpuOfBoard(board + 1);
    }

    @Override
    public String text() {
      return "board " + board;
    }
  }

  /** All processes of a kind: {@code memory} are the directory slices, {@code controller} the interrupt controller's. */
  record OfKind(MachineMap.Kind kind) implements LinkEnd {
    @Override
    public boolean holds(MachineMap map, int id) {
      return map.kindOf(id) == kind;
    }

    @Override
    public String text() {
      return switch (kind) {
        case CPU -> "cpus";
        case INTERRUPT_SLICE -> "controller";
        case DIRECTORY_SLICE -> "memory";
        case CONSOLE -> "console";
        case ROUTER -> "routers";
      };
    }
  }
}
