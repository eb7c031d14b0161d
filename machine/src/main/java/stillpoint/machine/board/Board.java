package stillpoint.machine.board;

import stillpoint.machine.l1.CacheGeometry;

/**
 * A board: everything the simulated hardware is made of. Latencies are one-way, in CPU cycles, and at least 1; the
 * smallest of them is the lookahead. They are a message's port: what its way takes comes on top ({@link Interconnect}).
 *
 * @param name preset it came from, for instance {@code xls416}
 * @param cpuCount 1 .. 1,000,000
 * @param clockMhz cycles a microsecond, 1 .. 10,000
 * @param bigEndian byte order of CPUs and guest
 * @param l1i instruction cache of each CPU, incoherent
 * @param l1d data cache of each CPU, coherent; same line size as {@code l1i}
 * @param directorySlices number of home slices, lines interleaved over them; 1 .. 4,096
 * @param interruptController kind
 * @param interruptSlices number of interrupt controller slices, CPUs dealt to them in contiguous runs; 1 .. 4,096
 * @param cpuToHomeCycles latency CPU to directory slice and back (each way)
 * @param memoryCycles extra latency when the slice has to read memory, added to its answer
 * @param cpuToControllerCycles latency CPU to interrupt controller slice and back (each way)
 * @param cpuToConsoleCycles latency CPU to console and back (each way)
 * @param nmiWatchdog each CPU has a counter of its cycles that raises an NMI
 * @param latencyJitter each message takes up to so many times its link's latency longer, seeded; 0 .. 100, 0 for never
 * @param interconnect how far everybody is from everybody
 * @param flitBytes bytes that a link carries in a cycle, 1 .. 256, or 0 if it is as wide as it takes
 * @param memoryOrder in which order stores of a CPU become visible
 */
public record Board(
    String name,
    int cpuCount,
    int clockMhz,
    boolean bigEndian,
    CacheGeometry l1i,
    CacheGeometry l1d,
    int directorySlices,
    InterruptControllerKind interruptController,
    int interruptSlices,
    int cpuToHomeCycles,
    int memoryCycles,
    int cpuToControllerCycles,
    int cpuToConsoleCycles,
    boolean nmiWatchdog,
    int latencyJitter,
    Interconnect interconnect,
    int flitBytes,
    MemoryOrder memoryOrder) {

  /** The interrupt controllers that can be built. Names as in scenario files: lower case, {@code -} for {@code _}. */
  public enum InterruptControllerKind {
    /** RMI XLR/XLS programmable interrupt controller: an IPI is a message with a vector to one hardware thread. */
    XLR_PIC,
    /** Cavium Octeon central interrupt unit: a mailbox word a core, bits set by others, read and cleared by the core. */
    OCTEON_CIU,
    /** MIPS Global Interrupt Controller: shared interrupts, routed and masked one by one, some of them for IPIs. */
    GIC,
    /** MIPS 34K run as virtual multiprocessor: software interrupts in the Cause of the other CPU; no controller at all. */
    VSMP
  }

  /** A sequentially consistent board. */
  public Board(
      String name,
      int cpuCount,
      int clockMhz,
      boolean bigEndian,
      CacheGeometry l1i,
      CacheGeometry l1d,
      int directorySlices,
      InterruptControllerKind interruptController,
      int interruptSlices,
      int cpuToHomeCycles,
      int memoryCycles,
      int cpuToControllerCycles,
      int cpuToConsoleCycles,
      boolean nmiWatchdog,
      int latencyJitter,
      Interconnect interconnect,
      int flitBytes) {
    this(
        name,
        cpuCount,
        clockMhz,
        bigEndian,
        l1i,
        l1d,
        directorySlices,
        interruptController,
        interruptSlices,
        cpuToHomeCycles,
        memoryCycles,
        cpuToControllerCycles,
        cpuToConsoleCycles,
        nmiWatchdog,
        latencyJitter,
        interconnect,
        flitBytes,
        MemoryOrder.SC);
  }

  /** A board without NMIs, as MIPS boards are, on a crossbar whose links always take the same time. */
  public Board(
      String name,
      int cpuCount,
      int clockMhz,
      boolean bigEndian,
      CacheGeometry l1i,
      CacheGeometry l1d,
      int directorySlices,
      InterruptControllerKind interruptController,
      int interruptSlices,
      int cpuToHomeCycles,
      int memoryCycles,
      int cpuToControllerCycles,
      int cpuToConsoleCycles) {
    this(
        name,
        cpuCount,
        clockMhz,
        bigEndian,
        l1i,
        l1d,
        directorySlices,
        interruptController,
        interruptSlices,
        cpuToHomeCycles,
        memoryCycles,
        cpuToControllerCycles,
        cpuToConsoleCycles,
        false,
        0,
        Interconnect.CROSSBAR,
        0);
  }

  public static final int MAX_CPUS = 1_000_000;
  public static final int MOST_FLIT_BYTES = 256;

  public Board {
    require(latencyJitter >= 0 && latencyJitter <= 100, "jitter", latencyJitter, "0 .. 100");
    require(cpuCount >= 1 && cpuCount <= MAX_CPUS, "cpus", cpuCount, "1 .. 1000000");
    require(clockMhz >= 1 && clockMhz <= 10_000, "clock-mhz", clockMhz, "1 .. 10000");
    require(
        directorySlices >= 1 && directorySlices <= 4096,
        "directory-slices",
        directorySlices,
        "1 .. 4096");
    require(
        interruptSlices >= 1 && interruptSlices <= 4096,
        "interrupt-slices",
        interruptSlices,
        "1 .. 4096");
    require(cpuToHomeCycles >= 1, "cpu-to-home", cpuToHomeCycles, "at least 1 cycle");
    require(memoryCycles >= 0, "memory", memoryCycles, "0 or more cycles");
    require(
        cpuToControllerCycles >= 1, "cpu-to-controller", cpuToControllerCycles, "at least 1 cycle");
    require(cpuToConsoleCycles >= 1, "cpu-to-console", cpuToConsoleCycles, "at least 1 cycle");
    if (l1i.lineBytes() != l1d.lineBytes()) {
      throw new IllegalArgumentException(
          "l1i.line-bytes = "
              + l1i.lineBytes()
              + " differs from l1d.line-bytes = "
              + l1d.lineBytes());
    }
    require(flitBytes >= 0 && flitBytes <= MOST_FLIT_BYTES, "flit-bytes", flitBytes, "0 .. 256");
    interconnect.requireFits(cpuCount);
    if (routers(interconnect, cpuCount, flitBytes)) {
      require(cpuToHomeCycles >= 2, "cpu-to-home", cpuToHomeCycles, "2 or more, with routers");
      require(
          cpuToControllerCycles >= 2,
          "cpu-to-controller",
          cpuToControllerCycles,
          "2 or more, with routers");
      require(
          cpuToConsoleCycles >= 2, "cpu-to-console", cpuToConsoleCycles, "2 or more, with routers");
    }
    requireShares(interconnect.boards(), directorySlices, "directory-slices");
    requireShares(interconnect.boards(), interruptSlices, "interrupt-slices");
  }

  /** {@code slices} on each board, in the order of the boards. */
  private static void requireShares(int boards, int slices, String key) {
    require(slices % boards == 0, key, slices, "multiples of " + boards + ", the number of boards");
  }

  private static void require(boolean holds, String key, long value, String allowed) {
    if (!holds) {
      throw new IllegalArgumentException(key + " = " + value + " is not within " + allowed);
    }
  }

  /** The same with stores in another order. */
  public Board withMemoryOrder(MemoryOrder order) {
    return new Board(
        name,
        cpuCount,
        clockMhz,
        bigEndian,
        l1i,
        l1d,
        directorySlices,
        interruptController,
        interruptSlices,
        cpuToHomeCycles,
        memoryCycles,
        cpuToControllerCycles,
        cpuToConsoleCycles,
        nmiWatchdog,
        latencyJitter,
        interconnect,
        flitBytes,
        order);
  }

  /** Whether messages between two places go through routers, whose links carry a flit a cycle. */
  public boolean hasRouters() {
    return routers(interconnect, cpuCount, flitBytes);
  }

  /** Of a machine of one place there is nothing to route. */
  public static boolean routers(Interconnect interconnect, int cpuCount, int flitBytes) {
    return flitBytes > 0 && cpuCount > 1 && interconnect instanceof Interconnect.Hops;
  }

  public int lineBytes() {
    return l1d.lineBytes();
  }

  /** Whole virtual nanoseconds since reset at {@code cycle}, rounded down. */
  public long nanosAt(long cycle) {
    return Math.floorDiv(cycle, clockMhz) * 1000 + Math.floorMod(cycle, clockMhz) * 1000 / clockMhz;
  }

  /** First cycle at or after {@code nanos} virtual nanoseconds. */
  public long cycleAt(long nanos) {
    return Math.floorDiv(nanos, 1000) * clockMhz
        + Math.ceilDiv(Math.floorMod(nanos, 1000) * clockMhz, 1000);
  }
}
