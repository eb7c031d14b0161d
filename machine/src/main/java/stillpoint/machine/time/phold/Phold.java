package stillpoint.machine.time.phold;

import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.Model;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.Report;
import stillpoint.machine.time.SeededRandom;
import stillpoint.machine.time.StateHash;

/**
 * Processes that pass balls around. Each starts with one ball and throws on what it catches, to
 * another process chosen uniformly, with a delay of the lookahead and a uniform extra of 0 .. 2
 * lookaheads: two lookaheads in the mean. No work is done besides.
 *
 * @param size number of processes, at least 2
 * @param lookaheadCycles at least 1, below 2^29
 * @param seed of everybody's generator
 * @param throwsEach how often a process throws on before it keeps what it catches; NEVER for
 *     without end
 */
public record Phold(int size, long lookaheadCycles, long seed, long throwsEach) implements Model {
  public Phold {
    if (size < 2 || lookaheadCycles < 1 || lookaheadCycles >= 1 << 29) {
      throw new IllegalArgumentException(
          "PHOLD of %d processes and a lookahead of %d cycles".formatted(size, lookaheadCycles));
    }
  }

  /** Without end. */
  public static Phold endless(int size, long lookaheadCycles, long seed) {
    return new Phold(size, lookaheadCycles, seed, LogicalProcess.NEVER);
  }

  /** {@code thrower}: id of the process that threw it first. */
  public record Ball(int thrower) implements Message {
    @Override
    public void fold(StateHash hash) {
      hash.fold(thrower);
    }
  }

  public record Caught(int id, long count) implements Report {}

  @Override
  public LogicalProcess create(int id) {
    return new Player(this, id);
  }

  @Override
  public String nameOf(int id) {
    return "player" + id;
  }

  @Override
  public int places() {
    return size;
  }

  @Override
  public int placeOf(int id) {
    return id;
  }

  private static final class Player implements LogicalProcess {
    private final Phold phold;
    private final int id;
    private final SeededRandom random;
    private long serveCycle;
    private long caughtCount;

    Player(Phold phold, int id) {
      this.phold = phold;
      this.id = id;
      this.random = SeededRandom.ofSeed(phold.seed).fork("player").fork(id);
      this.serveCycle = random.nextInt((int) phold.lookaheadCycles);
    }

    @Override
    public void handle(long cycle, int sender, Message message, Outbox outbox) {
      if (caughtCount++ < phold.throwsEach) {
        pass(cycle, message, outbox);
      }
    }

    @Override
    public void run(long untilCycle, Outbox outbox) {
      pass(serveCycle, new Ball(id), outbox);
      serveCycle = NEVER;
    }

    private void pass(long cycle, Message ball, Outbox outbox) {
      int target = id + 1 + random.nextInt(phold.size - 1);
      int extra = random.nextInt(2 * (int) phold.lookaheadCycles + 1);
      outbox.send(
          target < phold.size ? target : target - phold.size,
          cycle + phold.lookaheadCycles + extra,
          ball);
    }

    @Override
    public long nextOwnCycle() {
      return serveCycle;
    }

    @Override
    public Report inspect(long cycle) {
      return new Caught(id, caughtCount);
    }

    @Override
    public void foldState(StateHash hash) {
      hash.fold(serveCycle).fold(caughtCount);
    }
  }
}
