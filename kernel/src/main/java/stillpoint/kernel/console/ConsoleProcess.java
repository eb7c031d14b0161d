package stillpoint.kernel.console;

import java.util.Arrays;
import java.util.List;
import stillpoint.kernel.config.ScriptCommand;
import stillpoint.kernel.cpu.AppendLog;
import stillpoint.kernel.system.Shared;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.StateHash;

/**
 * The console and the person at it: types each line of the script at its time, keeps what the kernel logs, and when the
 * last line has ended and the machine has settled, tells the guest's threads to end.
 */
public final class ConsoleProcess implements LogicalProcess {
  private static final long NOT_DONE = -1;

  private final int self;
  private final Shared shared;
  private final AppendLog<ConsoleProtocol.LogLine> log = new AppendLog<>();
  private final long[] doneCycles;
  private final long[] statuses;
  private final List<Integer> order;
  private int typed;
  private int done;
  private long stopWorkAt = NEVER;

  private long lastOwnCycle = -1;

  public ConsoleProcess(Shared shared) {
    this.shared = shared;
    this.self = shared.map().console();
    List<ScriptCommand> script = shared.setup().script();
    this.doneCycles = new long[script.size()];
    Arrays.fill(doneCycles, NOT_DONE);
    this.statuses = new long[script.size()];
    this.order = shared.setup().scriptInOrderOfTime();
    if (script.isEmpty()) {
      stopWorkAt = settleCycles();
    }
  }

  private long settleCycles() {
    return shared.map().board().cycleAt(shared.setup().settleNanos());
  }

  @Override
  public void handle(long cycle, int sender, Message message, Outbox outbox) {
    if (!(message instanceof ConsoleProtocol.ToConsole toConsole)) {
      throw new BrokenInvariant("console at cycle " + cycle + " cannot take " + message);
    }
    switch (toConsole) {
      case ConsoleProtocol.LogLine line -> log.add(line);
      case ConsoleProtocol.CommandDone(int index, long at, long status) -> {
        doneCycles[index] = at;
        statuses[index] = status;
        done++;
        if (done == doneCycles.length) {
          stopWorkAt = cycle + settleCycles();
        }
      }
    }
  }

  /** The line is typed so early that it is at the CPU at its time, or at once if that is too soon. */
  private long typingCycle(int index) {
    ScriptCommand command = shared.setup().script().get(index);
    long at = shared.map().board().cycleAt(command.atNanos());
    return Math.max(0, at - shared.map().latencyCycles(self, command.cpu()));
  }

  @Override
  public long nextOwnCycle() {
    return typed < order.size() ? typingCycle(order.get(typed)) : stopWorkAt;
  }

  @Override
  public long lastOwnCycle() {
    return lastOwnCycle;
  }

  @Override
  public void run(long until, Outbox outbox) {
    while (nextOwnCycle() < until) {
      long now = nextOwnCycle();
      lastOwnCycle = Math.max(lastOwnCycle, now);
      if (typed < order.size()) {
        int index = order.get(typed++);
        int cpu = shared.setup().script().get(index).cpu();
        outbox.send(
            cpu, now + shared.map().latencyCycles(self, cpu), new ConsoleProtocol.TypedLine(index));
      } else {
        stopWorkAt = NEVER;
        shared.setup().guest().runOn().stream()
            .forEach(
                cpu ->
                    outbox.send(
                        cpu,
                        now + shared.map().latencyCycles(self, cpu),
                        new ConsoleProtocol.StopWork()));
      }
    }
  }

  @Override
  public ConsoleReport inspect(long cycle) {
    return new ConsoleReport(
        log.view(),
        order.subList(0, typed),
        listOf(doneCycles),
        listOf(statuses),
        done == doneCycles.length);
  }

  private static List<Long> listOf(long[] numbers) {
    return Arrays.stream(numbers).boxed().toList();
  }

  @Override
  public void foldState(StateHash hash) {
    hash.fold(typed).fold(done).fold(stopWorkAt).fold(doneCycles).fold(statuses).fold(log.size());
    log.view().forEach(line -> line.fold(hash));
  }
}
