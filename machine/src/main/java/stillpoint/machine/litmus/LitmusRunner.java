package stillpoint.machine.litmus;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.IntStream;
import stillpoint.machine.board.Board;
import stillpoint.machine.board.Interconnect;
import stillpoint.machine.board.MemoryOrder;
import stillpoint.machine.coherence.SliceReport;
import stillpoint.machine.l1.CacheGeometry;
import stillpoint.machine.smp.SmpMachine;
import stillpoint.machine.smp.SmpReport;
import stillpoint.machine.smp.SmpSetup;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.CutReports;
import stillpoint.machine.time.RunOutcome;
import stillpoint.machine.time.SeededRandom;
import stillpoint.machine.time.SequentialEngine;

/**
 * Runs a test once a seed, each time on a fresh small machine: the seed says which CPU has which
 * thread, when each starts, how long each message takes and each store waits.
 */
public final class LitmusRunner {
  /** A thread that did not come to its end; the message is one line. */
  public static final class Stuck extends Exception {
    private static final long serialVersionUID = 1L;

    private Stuck(String message) {
      super(message, null, false, false);
    }
  }

  /** A thread that has retired so many instructions is in an endless loop. */
  public static final int MOST_INSTRUCTIONS = 100_000;

  private static final CacheGeometry CACHE = new CacheGeometry(4, 2, LitmusProgram.LINE_BYTES);
  private static final long RAM_BYTES = 1 << 24;
  private static final int STATUS_64BIT = 0xE0;

  /** Threads start within so many cycles; the seed takes one of these. */
  private static final int[] START_SKEW_CYCLES = {20, 160, 600};

  /**
   * Longest delays of stores in the buffer, of which the seed takes one: from less than a miss takes
   * to much more than a whole test.
   */
  private static final int[] DRAIN_CYCLES = {15, 100, 600};

  private static final int LINK_CYCLES = 4;

  /** Messages take up to so many times longer. */
  private static final int LINK_JITTER = 10;

  private final LitmusProgram program;
  private final Board board;

  /** The board with each of the delays. */
  private final List<Board> boards;

  private final List<SmpSetup.Piece> image = new ArrayList<>();
  private final SeededRandom seeds;

  /**
   * @param cpus of the machine, at least as many as threads
   * @param seed of all seeds
   */
  public LitmusRunner(LitmusProgram program, MemoryOrder order, int cpus, long seed) {
    this.program = program;
    this.seeds = SeededRandom.ofSeed(seed).fork("litmus");
    this.board =
        new Board(
            "litmus",
            cpus,
            1000,
            true,
            CACHE,
            CACHE,
            2,
            Board.InterruptControllerKind.XLR_PIC,
            1,
            LINK_CYCLES,
            LINK_CYCLES,
            LINK_CYCLES,
            LINK_CYCLES,
            false,
            LINK_JITTER,
            Interconnect.CROSSBAR,
            0,
            order);
    this.boards =
        IntStream.of(DRAIN_CYCLES)
            .mapToObj(most -> new MemoryOrder(order.kind(), order.bufferEntries(), most))
            .map(board::withMemoryOrder)
            .toList();
    program.load((physical, content) -> image.add(new SmpSetup.Piece(physical, content)));
  }

  /**
   * Counts the final states of {@code runs} runs, seeds 0 on.
   *
   * @throws Stuck if a thread traps or never ends
   */
  public Histogram run(int runs) throws Stuck {
    Histogram histogram = new Histogram(program);
    for (int seed = 0; seed < runs; seed++) {
      histogram.count(finalState(seed));
    }
    return histogram;
  }

  /**
   * Contents of the watched locations at the end of the run of one seed.
   *
   * @throws Stuck if a thread traps or never ends
   */
  public List<Long> finalState(int seed) throws Stuck {
    SeededRandom random = seeds.fork(seed);
    int[] cpuOf = places(random.fork("places"));
    SmpSetup setup = setup(cpuOf, random);
    SmpMachine machine = new SmpMachine(setup);
    RunOutcome outcome = SequentialEngine.run(machine, new UntilQuiet());
    for (int thread = 0; thread < cpuOf.length; thread++) {
      requireEnded(thread, (SmpReport.Cpu) outcome.finalReports().get(cpuOf[thread]), seed);
    }
    List<Long> state = new ArrayList<>();
    for (LitmusProgram.Watched one : program.watched()) {
      long content =
          one.inMemory()
              ? inMemory(one, machine, outcome)
              : ((SmpReport.Cpu) outcome.finalReports().get(cpuOf[one.thread()]))
                  .registers()
                  .general()[one.register()];
      state.add(one.type().of(content));
    }
    return state;
  }

  /** CPU of each thread. */
  private int[] places(SeededRandom random) {
    List<Integer> cpus = new ArrayList<>();
    for (int cpu = 0; cpu < board.cpuCount(); cpu++) {
      cpus.add(random.nextInt(cpus.size() + 1), cpu);
    }
    return cpus.stream().limit(program.threadCount()).mapToInt(Integer::intValue).toArray();
  }

  private SmpSetup setup(int[] cpuOf, SeededRandom random) {
    // who has no thread sleeps where the first one ends
    long asleep = program.code(0).program().label("litmus_end_of_thread");
    List<SmpSetup.Start> starts =
        new ArrayList<>(
            Collections.nCopies(
                board.cpuCount(), new SmpSetup.Start(0, asleep, STATUS_64BIT, List.of())));
    SeededRandom skews = random.fork("starts");
    int mostSkew = START_SKEW_CYCLES[skews.nextInt(START_SKEW_CYCLES.length)];
    for (int thread = 0; thread < cpuOf.length; thread++) {
      starts.set(
          cpuOf[thread],
          new SmpSetup.Start(
              skews.nextInt(mostSkew),
              program.code(thread).program().baseAddress(),
              STATUS_64BIT,
              program.registers(thread)));
    }
    return new SmpSetup(
        boards.get(random.fork("drain").nextInt(boards.size())),
        random.nextLong(),
        RAM_BYTES,
        image,
        starts,
        MOST_INSTRUCTIONS,
        OptionalLong.empty(),
        OptionalLong.empty(),
        false,
        false);
  }

  private void requireEnded(int thread, SmpReport.Cpu cpu, int seed) throws Stuck {
    switch (cpu.end().orElse(null)) {
      case SmpReport.Asleep _ -> {}
      case SmpReport.LimitReached _ ->
          throw new Stuck(
              "P%d has not ended after %d instructions (seed %d); make its loops end"
                  .formatted(thread, MOST_INSTRUCTIONS, seed));
      case SmpReport.Unhandled(var trap, long _) ->
          throw new Stuck(
              "P%d met the exception %s at its instruction %d (seed %d); litmus handles none"
                  .formatted(
                      thread,
                      trap.code(),
                      (trap.epc() - program.code(thread).program().baseAddress()) / 4 + 1,
                      seed));
      case SmpReport.Finished _ -> throw new Stuck("P" + thread + " ended the run");
      case null -> throw new Stuck("P" + thread + " waits for ever (seed " + seed + ")");
    }
  }

  private long inMemory(LitmusProgram.Watched one, SmpMachine machine, RunOutcome outcome) {
    long line = one.physical() & -LitmusProgram.LINE_BYTES;
    byte[] bytes = modified(line, outcome).orElseGet(() -> atHome(line, machine, outcome));
    long value = 0;
    for (int i = 0; i < one.type().bytes(); i++) {
      value = value << 8 | bytes[(int) (one.physical() - line) + i] & 0xFF;
    }
    return value;
  }

  private Optional<byte[]> modified(long line, RunOutcome outcome) {
    for (int cpu = 0; cpu < board.cpuCount(); cpu++) {
      SmpReport.Cpu report = (SmpReport.Cpu) outcome.finalReports().get(cpu);
      for (SmpReport.ModifiedLine one : report.modified()) {
        if (one.address() == line) {
          return Optional.of(one.content());
        }
      }
    }
    return Optional.empty();
  }

  private static byte[] atHome(long line, SmpMachine machine, RunOutcome outcome) {
    var home = (SliceReport) outcome.finalReports().get(machine.map().homeOf(line));
    return home.memory().memoryLine(line);
  }

  /** Never stops a run that has something left to do. */
  private static final class UntilQuiet implements CutJudge {
    private static final long EVERY_CYCLES = 1L << 40;

    @Override
    public long nextCutAfter(long cycle) {
      return (cycle / EVERY_CYCLES + 1) * EVERY_CYCLES;
    }

    @Override
    public boolean wantsReports(Cut cut, long blockedSince) {
      return true;
    }

    @Override
    public Decision judge(Cut cut, CutReports reports) {
      return Decision.GO_ON;
    }
  }

  /** Final states with how often each was met, in the order of their contents. */
  public static final class Histogram {
    private final LitmusProgram program;
    private final Map<List<Long>, Long> counts = new TreeMap<>(LitmusRunner::compare);

    private Histogram(LitmusProgram program) {
      this.program = program;
    }

    private void count(List<Long> state) {
      counts.merge(state, 1L, Long::sum);
    }

    public Map<List<Long>, Long> counts() {
      return Collections.unmodifiableMap(counts);
    }

    /** Whether a state satisfies the test's proposition. */
    public boolean satisfies(List<Long> state) {
      List<LitmusProgram.Watched> watched = program.watched();
      return Condition.holds(
          program.test().condition().proposition(),
          location -> state.get(watched.indexOf(program.watched(location))),
          equal -> program.valueOf(equal.value(), program.watched(equal.location()).type()));
    }

    /** A state as litmus prints it: {@code 0:$3=0; 1:$3=0;}. */
    public String text(List<Long> state) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < state.size(); i++) {
        LitmusProgram.Watched one = program.watched().get(i);
        String name = program.variableAt(state.get(i), one.type());
        text.append(i == 0 ? "" : " ").append(one.text()).append('=');
        text.append(
            name != null
                ? name
                : one.type().signed()
                    ? state.get(i).toString()
                    : Long.toUnsignedString(state.get(i)));
        text.append(';');
      }
      return text.toString();
    }

    /** Names of the locations of a state, in its order. */
    public List<String> locations() {
      return program.watched().stream().map(LitmusProgram.Watched::text).toList();
    }

    /** Runs whose final state satisfies the proposition, or does not. */
    public long runs(boolean satisfying) {
      return counts.entrySet().stream()
          .filter(one -> satisfies(one.getKey()) == satisfying)
          .mapToLong(Map.Entry::getValue)
          .sum();
    }
  }

  private static int compare(List<Long> one, List<Long> other) {
    for (int i = 0; i < one.size(); i++) {
      int order = Long.compare(one.get(i), other.get(i));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }
}
