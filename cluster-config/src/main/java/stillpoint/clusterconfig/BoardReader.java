package stillpoint.clusterconfig;

import com.typesafe.config.ConfigObject;
import stillpoint.machine.board.Board;
import stillpoint.machine.board.Board.InterruptControllerKind;
import stillpoint.machine.board.Interconnect;
import stillpoint.machine.board.MemoryOrder;
import stillpoint.machine.interrupt.GicSlice;
import stillpoint.machine.l1.CacheGeometry;

/** Reads {@code machine}: a preset of {@code boards.conf} and what overrides it. */
final class BoardReader {
  private static final int MOST_JITTER = 100;

  private static final int MOST_SLICES = 4096;

  private enum ByteOrder {
    BIG,
    LITTLE
  }

  private BoardReader() {}

  static Board read(ConfigObject machine) {
    Section section = Presets.complete("machine", machine, "board", Presets.boards());
    int cpus = section.count("cpus", 1, Board.MAX_CPUS);
    int clockMhz = section.count("clock-mhz", 1, 10_000);
    boolean bigEndian = section.choice("byte-order", ByteOrder.class) == ByteOrder.BIG;
    CacheGeometry l1i = cache(section.section("l1i"));
    CacheGeometry l1d = cache(section.section("l1d"));
    if (l1i.lineBytes() != l1d.lineBytes()) {
      throw section
          .section("l1d")
          .bad("line-bytes", "differs from machine.l1i.line-bytes", "give " + l1i.lineBytes());
    }
    Section fabric =
        Presets.complete(
            "machine.interconnect",
            section.group("interconnect"),
            "topology",
            Presets.interconnects());
    int flitBytes =
        fabric.has("flit-bytes") ? fabric.count("flit-bytes", 1, Board.MOST_FLIT_BYTES) : 0;
    Interconnect interconnect = InterconnectReader.read(fabric, cpus, clockMhz);
    int directorySlices = slices(section, "directory-slices", cpus, interconnect);
    requireLinesFor(directorySlices, section, cpus, l1i, l1d);
    InterruptControllerKind controller =
        section.choice("interrupt-controller", InterruptControllerKind.class);
    int interruptSlices = slices(section, "interrupt-slices", cpus, interconnect);
    refuseTooManyFor(
        controller,
        section,
        Math.ceilDiv(interconnect.cpusPerBoard(cpus), interruptSlices / interconnect.boards()));
    Section latency = section.section("latency");
    int leastPort = Board.routers(interconnect, cpus, flitBytes) ? 2 : 1;
    Board board =
        new Board(
            section.text("board"),
            cpus,
            clockMhz,
            bigEndian,
            l1i,
            l1d,
            directorySlices,
            controller,
            interruptSlices,
            port(latency, "cpu-to-home", leastPort, clockMhz),
            latency.cycles("memory", 0, clockMhz),
            port(latency, "cpu-to-controller", leastPort, clockMhz),
            port(latency, "cpu-to-console", leastPort, clockMhz),
            section.flag("nmi-watchdog"),
            latency.has("jitter") ? latency.count("jitter", 0, MOST_JITTER) : 0,
            interconnect,
            flitBytes,
            memoryOrder(section, clockMhz));
    latency.refuseUnknownKeys();
    section.refuseUnknownKeys();
    return board;
  }

  /** A message pays a part of it into the first router and a part out of the last, at least a cycle each. */
  private static int port(Section latency, String key, int least, int clockMhz) {
    int cycles = latency.cycles(key, 1, clockMhz);
    if (cycles < least) {
      throw latency.bad(
          key,
          "leaves no time for the routers of a ring or mesh with flit-bytes",
          "give at least " + least + " cycles, or leave flit-bytes out");
    }
    return cycles;
  }

  /** Sequential consistency unless the file says otherwise; a buffer only where there is one. */
  private static MemoryOrder memoryOrder(Section section, int clockMhz) {
    MemoryOrder.Kind kind =
        section.has("memory-order")
            ? section.choice("memory-order", MemoryOrder.Kind.class)
            : MemoryOrder.Kind.SC;
    if (!section.has("store-buffer")) {
      return new MemoryOrder(kind, MemoryOrder.SC.bufferEntries(), MemoryOrder.SC.drainCycles());
    }
    Section buffer = section.section("store-buffer");
    if (kind == MemoryOrder.Kind.SC) {
      throw section.bad(
          "store-buffer", "has no use under sc", "give memory-order = tso or pso, or leave it out");
    }
    int entries =
        buffer.has("entries")
            ? buffer.count("entries", 1, MemoryOrder.MOST_ENTRIES)
            : MemoryOrder.SC.bufferEntries();
    int drainCycles =
        buffer.has("drain-delay")
            ? buffer.cycles("drain-delay", 1, clockMhz)
            : MemoryOrder.SC.drainCycles();
    if (drainCycles > MemoryOrder.MOST_DRAIN_CYCLES) {
      throw buffer.bad(
          "drain-delay",
          "is out of range",
          "give at most " + MemoryOrder.MOST_DRAIN_CYCLES + " cycles");
    }
    buffer.refuseUnknownKeys();
    return new MemoryOrder(kind, entries, drainCycles);
  }

  /** A home that no cache could hold a line of at any time, the others having theirs, is a slip. */
  private static void requireLinesFor(
      int slices, Section section, int cpus, CacheGeometry l1i, CacheGeometry l1d) {
    long linesOfEach = (long) l1i.sets() * l1i.ways() + (long) l1d.sets() * l1d.ways();
    long lines = cpus * linesOfEach;
    if (slices > lines && !section.isSection("directory-slices")) {
      throw section.bad(
          "directory-slices",
          "is more than the " + lines + " lines that all caches hold",
          "give at most " + lines + ", or larger caches");
    }
  }

  private static void refuseTooManyFor(
      InterruptControllerKind controller, Section section, int cpusOfSlice) {
    if (controller == InterruptControllerKind.GIC && cpusOfSlice > GicSlice.MOST_CPUS) {
      throw section.bad(
          "interrupt-slices",
          "gives a gic " + cpusOfSlice + " CPUs, but it has interrupts for " + GicSlice.MOST_CPUS,
          "give more slices");
    }
  }

  private static CacheGeometry cache(Section cache) {
    int sizeBytes = cache.count("size-kib", 1, 1 << 20) * 1024;
    int ways = cache.count("ways", 1, 64);
    int lineBytes = cache.count("line-bytes", 1, 1 << 20);
    if (Integer.bitCount(lineBytes) != 1) {
      int below = Integer.highestOneBit(lineBytes);
      throw cache.bad("line-bytes", "is not a power of two", "try " + below + " or " + below * 2);
    }
    if (lineBytes < 16 || lineBytes > 256) {
      throw cache.bad("line-bytes", "is out of range", "try 16, 32, 64, 128 or 256");
    }
    int sets = sizeBytes / (ways * lineBytes);
    if (sets * ways * lineBytes != sizeBytes || Integer.bitCount(sets) != 1) {
      throw cache.bad(
          "size-kib",
          "does not give a power of two of sets of " + ways + " x " + lineBytes + " bytes",
          "change size-kib or ways");
    }
    cache.refuseUnknownKeys();
    return new CacheGeometry(sets, ways, lineBytes);
  }

  /**
   * A number for the whole machine, or a rule that grows with it. Every board gets as many; by the rule at least one.
   */
  private static int slices(Section section, String key, int cpus, Interconnect interconnect) {
    int boards = interconnect.boards();
    if (!section.isSection(key)) {
      int slices = section.count(key, 1, MOST_SLICES);
      if (slices % boards != 0) {
        throw section.bad(
            key,
            "does not give each of " + boards + " boards as many",
            "give a multiple of "
                + boards
                + ", for instance "
                + Math.ceilDiv(slices, boards) * boards);
      }
      return slices;
    }
    Section rule = section.section(key);
    int cpusPerSlice = rule.count("cpus-per-slice", 1, Board.MAX_CPUS);
    int atMost = rule.count("at-most", 1, MOST_SLICES);
    rule.refuseUnknownKeys();
    int wanted = Math.ceilDiv(interconnect.cpusPerBoard(cpus), cpusPerSlice);
    return boards * Math.clamp(wanted, 1, Math.max(1, atMost / boards));
  }
}
