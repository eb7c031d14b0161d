package stillpoint.console;

import java.util.ArrayList;
import java.util.List;
import stillpoint.machine.board.Board;
import stillpoint.machine.board.Interconnect.Crossbar;
import stillpoint.machine.board.Interconnect.Mesh;
import stillpoint.machine.board.Interconnect.Numa;
import stillpoint.machine.board.Interconnect.Ring;
import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.time.PlaceRange;

/** A machine's interconnect in words, and how far its parts may run ahead of each other. */
final class InterconnectText {
  private InterconnectText() {}

  static String topology(Board board) {
    String links =
        board.flitBytes() == 0
            ? ""
            : ", links of " + Words.plural(board.flitBytes(), "byte") + " a cycle";
    return ways(board) + links;
  }

  private static String ways(Board board) {
    return switch (board.interconnect()) {
      case Crossbar _ -> "crossbar: everybody is equally far from everybody";
      case Ring ring ->
          "ring of "
              + Words.plural(ring.stations(), "CPU")
              + ", "
              + cycles(board, ring.hopCycles())
              + " a hop";
      case Mesh mesh ->
          "mesh of "
              + mesh.width()
              + " x "
              + mesh.height()
              + " CPUs, "
              + cycles(board, mesh.hopCycles())
              + " a hop";
      case Numa numa ->
          "numa: "
              + boards(board, numa)
              + ", "
              + cycles(board, numa.crossBoardCycles())
              + " between two boards";
    };
  }

  private static String boards(Board board, Numa numa) {
    int last = board.cpuCount() - (numa.boards() - 1) * numa.cpusPerBoard();
    String all =
        Words.plural(numa.boards(), "board") + " of " + Words.plural(numa.cpusPerBoard(), "CPU");
    return last == numa.cpusPerBoard() ? all : all + ", the last of " + last;
  }

  /** Of the whole machine, and of links between boards if there are any. */
  static List<String> lookahead(Board board) {
    MachineMap map = new MachineMap(board);
    List<String> lines = new ArrayList<>();
    lines.add(cycles(board, map.lookaheadCycles()));
    if (map.boards() > 1) {
      PlaceRange first = new PlaceRange(0, map.firstCpuOfBoard(1));
      PlaceRange others = new PlaceRange(first.until(), map.cpuCount());
      lines.add(cycles(board, map.smallestLatencyBetween(first, others)) + " between boards");
    }
    return lines;
  }

  private static String cycles(Board board, long cycles) {
    return Words.plural(cycles, "cycle") + " (" + Words.time(board.nanosAt(cycles)) + ")";
  }
}
