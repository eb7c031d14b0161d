package stillpoint.console;

import java.util.List;
import java.util.function.Consumer;
import stillpoint.machine.explore.Delay;
import stillpoint.machine.explore.Lateness;
import stillpoint.machine.explore.ObservedModel;
import stillpoint.machine.interconnect.Routed;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.Model;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.Report;
import stillpoint.machine.time.StateHash;

/** An observed model that tells what its processes send and what was late, as it happens. The run stays the same. */
record TellingModel(ObservedModel model, Consumer<TellingModel.Sent> sent, Late late)
    implements Model {
  /**
   * A message.
   *
   * @param delay why it is late, or null
   */
  record Sent(long arrivalCycle, String from, String to, Message message, Delay delay) {}

  /** Told of a process that stood still, or of a store that stays in its buffer. */
  @FunctionalInterface
  interface Late {
    void tell(long cycle, String name, Delay delay);
  }

  @Override
  public LogicalProcess create(int id) {
    return new Telling(id, model.create(id), model.latenessOf(id));
  }

  @Override
  public int size() {
    return model.size();
  }

  @Override
  public String nameOf(int id) {
    return model.nameOf(id);
  }

  @Override
  public long lookaheadCycles() {
    return model.lookaheadCycles();
  }

  @Override
  public int places() {
    return model.places();
  }

  @Override
  public int placeOf(int id) {
    return model.placeOf(id);
  }

  private final class Telling implements LogicalProcess {
    private final int id;
    private final LogicalProcess process;
    private final Lateness lateness;
    private int told;

    Telling(int id, LogicalProcess process, Lateness lateness) {
      this.id = id;
      this.process = process;
      this.lateness = lateness;
    }

    private Outbox telling(long cycle, Outbox outbox) {
      return (target, arrival, message) -> {
        Delay delay = null;
        for (Delay one : fresh()) {
          if (one.kind() == Delay.Kind.MESSAGE) {
            delay = one;
          } else {
            late.tell(cycle, nameOf(id), one);
          }
        }
        tell(arrival, target, message, delay);
        outbox.send(target, arrival, message);
      };
    }

    /** What goes through routers is told where it comes out, and where it was late. */
    private void tell(long arrival, int target, Message message, Delay delay) {
      if (!(message instanceof Routed routed)) {
        sent.accept(new Sent(arrival, nameOf(id), nameOf(target), message, delay));
      } else if (routed.target() == target || delay != null) {
        String from = nameOf(routed.from());
        sent.accept(new Sent(arrival, from, nameOf(target), routed.message(), delay));
      }
    }

    private List<Delay> fresh() {
      if (lateness.struckCount() == told) {
        return List.of();
      }
      List<Delay> all = lateness.struck();
      List<Delay> fresh = all.subList(told, all.size());
      told = all.size();
      return fresh;
    }

    @Override
    public void handle(long cycle, int sender, Message message, Outbox outbox) {
      process.handle(cycle, sender, message, telling(cycle, outbox));
      fresh().forEach(delay -> late.tell(cycle, nameOf(id), delay));
    }

    @Override
    public void run(long untilCycle, Outbox outbox) {
      long cycle = process.nextOwnCycle();
      process.run(untilCycle, telling(cycle, outbox));
      fresh().forEach(delay -> late.tell(cycle, nameOf(id), delay));
    }

    @Override
    public long nextOwnCycle() {
      return process.nextOwnCycle();
    }

    @Override
    public long lastOwnCycle() {
      return process.lastOwnCycle();
    }

    @Override
    public long blockedSince() {
      return process.blockedSince();
    }

    @Override
    public Report inspect(long cycle) {
      return process.inspect(cycle);
    }

    @Override
    public void foldState(StateHash hash) {
      process.foldState(hash);
    }
  }
}
