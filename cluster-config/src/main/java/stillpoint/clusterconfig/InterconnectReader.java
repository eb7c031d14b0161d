package stillpoint.clusterconfig;

import java.util.Locale;
import stillpoint.machine.board.Board;
import stillpoint.machine.board.Interconnect;
import stillpoint.machine.board.Interconnect.Mesh;
import stillpoint.machine.board.Interconnect.Numa;
import stillpoint.machine.board.Interconnect.Ring;

/** Reads {@code machine.interconnect}: a topology of {@code interconnects.conf} and what overrides it. */
final class InterconnectReader {
  private enum Topology {
    CROSSBAR,
    RING,
    MESH,
    NUMA
  }

  private InterconnectReader() {}

  static Interconnect read(Section section, int cpus, int clockMhz) {
    Interconnect interconnect =
        switch (section.choice("topology", Topology.class)) {
          case CROSSBAR -> Interconnect.CROSSBAR;
          case RING -> ring(section, cpus, clockMhz);
          case MESH -> mesh(section, cpus, clockMhz);
          case NUMA -> numa(section, cpus, clockMhz);
        };
    section.refuseUnknownKeys();
    return interconnect;
  }

  private static Interconnect ring(Section section, int cpus, int clockMhz) {
    return new Ring(cpus, hop(section, cpus / 2, clockMhz));
  }

  private static Interconnect mesh(Section section, int cpus, int clockMhz) {
    boolean hasWidth = section.has("width");
    boolean hasHeight = section.has("height");
    int rows = rowsOfSquarest(cpus);
    int width = hasWidth ? section.count("width", 1, Board.MAX_CPUS) : 0;
    int height = hasHeight ? section.count("height", 1, Board.MAX_CPUS) : 0;
    if (!hasWidth) {
      width = hasHeight ? Math.ceilDiv(cpus, height) : cpus / rows;
    }
    if (!hasHeight) {
      height = Math.ceilDiv(cpus, width);
    }
    if ((long) width * height != cpus) {
      throw section.bad(
          hasWidth ? "width" : "height",
          String.format(
              Locale.ROOT,
              "makes %d x %d = %d stations for %d CPUs",
              width,
              height,
              (long) width * height,
              cpus),
          "give width = " + cpus / rows + " and height = " + rows);
    }
    return new Mesh(width, height, hop(section, width - 1L + height - 1, clockMhz));
  }

  /** The largest divisor that is no larger than the square root. */
  private static int rowsOfSquarest(int cpus) {
    int rows = (int) Math.sqrt(cpus);
    while (cpus % rows != 0) {
      rows--;
    }
    return rows;
  }

  private static int hop(Section section, long mostHops, int clockMhz) {
    int hop = section.cycles("hop", 1, clockMhz);
    if (hop * mostHops > Interconnect.MOST_CYCLES) {
      throw section.bad(
          "hop",
          "makes the longest way, "
              + mostHops
              + " hops, take more than "
              + Interconnect.MOST_CYCLES
              + " cycles",
          "give at most " + Math.max(1, Interconnect.MOST_CYCLES / mostHops) + " cycles");
    }
    return hop;
  }

  private static Interconnect numa(Section section, int cpus, int clockMhz) {
    int boards = boards(section, cpus);
    int cpusPerBoard = Math.ceilDiv(cpus, boards);
    int filled = Math.ceilDiv(cpus, cpusPerBoard);
    if (filled < boards) {
      throw section.bad(
          "boards",
          String.format(
              Locale.ROOT,
              "leaves boards without a CPU: %d CPUs fill %d boards of %d",
              cpus,
              filled,
              cpusPerBoard),
          "give " + filled);
    }
    return new Numa(boards, cpusPerBoard, section.cycles("cross-board", 1, clockMhz));
  }

  /** A number, or a rule that grows with the machine. */
  private static int boards(Section section, int cpus) {
    if (!section.isSection("boards")) {
      return section.count("boards", 1, Numa.MOST_BOARDS);
    }
    Section rule = section.section("boards");
    int cpusPerBoard = rule.count("cpus-per-board", 1, Board.MAX_CPUS);
    int atMost = rule.count("at-most", 1, Numa.MOST_BOARDS);
    rule.refuseUnknownKeys();
    int most = Math.min(Math.ceilDiv(cpus, cpusPerBoard), atMost);
    return Math.ceilDiv(cpus, Math.ceilDiv(cpus, most));
  }
}
