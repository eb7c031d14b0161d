package stillpoint.machine.coherence.traffic;

import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.coherence.CoherenceProtocol.ToL1;
import stillpoint.machine.coherence.L1Controller;
import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.l1.DataCache;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.Report;
import stillpoint.machine.time.SeededRandom;
import stillpoint.machine.time.StateHash;

/** A CPU of {@link FabricTraffic}: one access, a short pause, the next one. */
final class TrafficCpu implements LogicalProcess, L1Controller.Listener {
  /** Four times what the cache holds. */
  private static final int LINES = 512;

  private static final int CPUS_PER_HOT_LINE = 8;
  private static final int MOST_PAUSE_CYCLES = 16;
  private static final int WORD_BYTES = 8;

  private final int cpu;
  private final MachineMap map;
  private final Pattern pattern;
  private final SeededRandom random;
  private final DataCache cache;
  private final L1Controller l1;
  private long wakeCycle;
  private long address;
  private long transactions;

  /** Of the call under way. */
  private transient long now;

  TrafficCpu(int cpu, MachineMap map, Pattern pattern, SeededRandom random) {
    this.cpu = cpu;
    this.map = map;
    this.pattern = pattern;
    this.random = random;
    this.cache = new DataCache(map.board().l1d(), false);
    this.l1 = new L1Controller(cpu, map, cache, this);
    this.wakeCycle = random.nextInt(MOST_PAUSE_CYCLES);
  }

  private long chosenLine() {
    return switch (pattern) {
      case PRIVATE -> (long) cpu * LINES + random.nextInt(LINES);
      case SHARED_READ -> random.nextInt(LINES);
      case CONTENDED -> random.nextInt(Math.ceilDiv(map.cpuCount(), CPUS_PER_HOT_LINE));
    };
  }

  @Override
  public void run(long untilCycle, Outbox outbox) {
    while (wakeCycle < untilCycle) {
      now = wakeCycle;
      address = chosenLine() * map.board().lineBytes();
      boolean load = pattern == Pattern.SHARED_READ;
      int slot = cache.find(address);
      boolean hit = slot >= 0 && (load ? cache.readable(slot) : cache.writable(slot));
      if (hit) {
        access(slot);
      } else {
        wakeCycle = NEVER;
        l1.request(load ? AccessKind.LOAD : AccessKind.STORE, address, now, outbox);
      }
    }
  }

  private void access(int slot) {
    cache.touch(slot, address);
    if (pattern != Pattern.SHARED_READ) {
      cache.write(slot, address, WORD_BYTES, cache.read(slot, address, WORD_BYTES) + 1);
    }
    wakeCycle = now + 1 + random.nextInt(MOST_PAUSE_CYCLES);
  }

  @Override
  public void handle(long cycle, int sender, Message message, Outbox outbox) {
    now = cycle;
    l1.handle(cycle, (ToL1) message, outbox);
  }

  @Override
  public void accessReady(AccessKind kind, long lineAddress, byte[] bytesOrNull) {
    transactions++;
    access(cache.find(address));
  }

  @Override
  public void lineLost(long lineAddress) {}

  @Override
  public void invalidateInstructionLine(long lineAddress) {}

  @Override
  public long nextOwnCycle() {
    return wakeCycle;
  }

  @Override
  public Report inspect(long cycle) {
    return new FabricTraffic.Done(transactions);
  }

  @Override
  public void foldState(StateHash hash) {
    hash.fold(wakeCycle).fold(address).fold(transactions);
    cache.foldState(hash);
    l1.foldState(hash);
  }
}
