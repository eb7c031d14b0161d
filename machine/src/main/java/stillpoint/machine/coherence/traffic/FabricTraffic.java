package stillpoint.machine.coherence.traffic;

import stillpoint.machine.board.Board;
import stillpoint.machine.board.Board.InterruptControllerKind;
import stillpoint.machine.coherence.DirectorySlice;
import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.interconnect.RouterProcess;
import stillpoint.machine.l1.CacheGeometry;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.Model;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.PlaceRange;
import stillpoint.machine.time.Report;
import stillpoint.machine.time.SeededRandom;
import stillpoint.machine.time.StateHash;

/**
 * A machine of CPUs that load and store words of one pattern's lines for ever, each a few cycles
 * after the one before, through 4 KiB caches and real directory slices (one for four CPUs). It is
 * deterministic, as any model.
 */
public final class FabricTraffic implements Model {
  private static final int CPUS_PER_SLICE = 4;
  private static final int MOST_SLICES = 64;
  private static final int HOME_CYCLES = 30;
  private static final int MEMORY_CYCLES = 100;
  private static final CacheGeometry CACHE = new CacheGeometry(32, 4, 32);

  private final Pattern pattern;
  private final long seed;
  private final MachineMap map;

  /** What a CPU has done. {@code transactions}: misses that the fabric served. */
  public record Done(long transactions) implements Report {}

  /**
   * @param cpus 1 .. 1,000,000
   */
  public FabricTraffic(Pattern pattern, int cpus, long seed) {
    this.pattern = pattern;
    this.seed = seed;
    int slices = Math.clamp(cpus / CPUS_PER_SLICE, 1, MOST_SLICES);
    this.map =
        new MachineMap(
            new Board(
                "traffic",
                cpus,
                1000,
                false,
                CACHE,
                CACHE,
                slices,
                InterruptControllerKind.XLR_PIC,
                1,
                HOME_CYCLES,
                MEMORY_CYCLES,
                HOME_CYCLES,
                HOME_CYCLES));
  }

  @Override
  public int size() {
    return map.size();
  }

  @Override
  public LogicalProcess create(int id) {
    return switch (map.kindOf(id)) {
      case CPU ->
          new TrafficCpu(id, map, pattern, SeededRandom.ofSeed(seed).fork("traffic").fork(id));
      case DIRECTORY_SLICE -> new DirectorySlice(id, map);
      case INTERRUPT_SLICE, CONSOLE -> new Silent();
      case ROUTER -> new RouterProcess(id, map);
    };
  }

  @Override
  public String nameOf(int id) {
    return map.nameOf(id);
  }

  @Override
  public long lookaheadCycles() {
    return map.lookaheadCycles();
  }

  @Override
  public int places() {
    return map.cpuCount();
  }

  @Override
  public int placeOf(int id) {
    return map.placeOf(id);
  }

  @Override
  public long lookaheadBetween(PlaceRange a, PlaceRange b) {
    return map.smallestLatencyBetween(a, b);
  }

  /** Stands where nobody sends anything. */
  private static final class Silent implements LogicalProcess {
    @Override
    public void handle(long cycle, int sender, Message message, Outbox outbox) {}

    @Override
    public void run(long untilCycle, Outbox outbox) {}

    @Override
    public long nextOwnCycle() {
      return NEVER;
    }

    @Override
    public Report inspect(long cycle) {
      return new Done(0);
    }

    @Override
    public void foldState(StateHash hash) {}
  }
}
