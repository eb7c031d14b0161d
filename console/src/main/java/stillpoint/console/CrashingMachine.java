package stillpoint.console;

import java.util.List;
import stillpoint.kernel.fault.Fault;
import stillpoint.machine.board.Board;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.Model;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.PlaceRange;
import stillpoint.machine.time.ProcessAround;
import stillpoint.machine.time.RunnerState;
import stillpoint.machine.time.Snapshots;

/**
 * A machine whose CPUs' actors fail: a CPU of which a host fault says so fails at the first event at or after the fault's time. Until
 * then it is the machine itself; whoever goes on from its snapshots has the machine as it was.
 */
final class CrashingMachine implements Model {
  private final Model machine;
  private final List<Fault.ActorCrash> crashes;
  private final Board board;

  CrashingMachine(Model machine, List<Fault.ActorCrash> crashes, Board board) {
    this.machine = machine;
    this.crashes = List.copyOf(crashes);
    this.board = board;
  }

  /** How the exception of a crash begins, and so what the run says of it. */
  static String textOf(Fault.ActorCrash crash) {
    return "fault " + crash.number() + " (actor-crash)";
  }

  @Override
  public LogicalProcess create(int id) {
    LogicalProcess process = machine.create(id);
    return crashes.stream()
        .filter(crash -> crash.cpu() == id)
        .findFirst()
        .<LogicalProcess>map(crash -> new Crashing(process, crash))
        .orElse(process);
  }

  private final class Crashing extends ProcessAround {
    private final LogicalProcess process;
    private final Fault.ActorCrash crash;

    Crashing(LogicalProcess process, Fault.ActorCrash crash) {
      super(process);
      this.process = process;
      this.crash = crash;
    }

    @Override
    protected void comes(long cycle, int sender, Message message) {
      if (cycle >= board.cycleAt(crash.atNanos())) {
        throw new IllegalStateException(textOf(crash));
      }
    }

    @Override
    protected Outbox around(Outbox outbox) {
      return outbox;
    }
  }

  /** Of the machine's own processes. */
  static Snapshots ofMachine(Snapshots snapshots) {
    return new Snapshots() {
      @Override
      public byte[] save(RunnerState state, LogicalProcess process) {
        return snapshots.save(state, own(process));
      }

      @Override
      public RunnerState load(byte[] snapshot, LogicalProcess process) {
        return snapshots.load(snapshot, own(process));
      }

      @Override
      public byte[] save(CutJudge judge) {
        return snapshots.save(judge);
      }

      @Override
      public void load(byte[] snapshot, CutJudge judge) {
        snapshots.load(snapshot, judge);
      }
    };
  }

  private static LogicalProcess own(LogicalProcess process) {
    return process instanceof Crashing crashing ? crashing.process : process;
  }

  @Override
  public int size() {
    return machine.size();
  }

  @Override
  public String nameOf(int id) {
    return machine.nameOf(id);
  }

  @Override
  public long lookaheadCycles() {
    return machine.lookaheadCycles();
  }

  @Override
  public int places() {
    return machine.places();
  }

  @Override
  public int placeOf(int id) {
    return machine.placeOf(id);
  }

  @Override
  public long lookaheadBetween(PlaceRange a, PlaceRange b) {
    return machine.lookaheadBetween(a, b);
  }

  @Override
  public int boards() {
    return machine.boards();
  }

  @Override
  public int firstPlaceOfBoard(int index) {
    return machine.firstPlaceOfBoard(index);
  }

  @Override
  public List<Object> constants() {
    return machine.constants();
  }
}
