package stillpoint.kernel.fault;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import stillpoint.kernel.irq.IpiKind;
import stillpoint.kernel.stop.StopState;

/**
 * Something that the kernel does on a CPU and that a fault can wait for. Only the CPU on which it happens sees it, so only
 * what is decided on that CPU can hang on it.
 */
public sealed interface Moment {
  /** As in scenario files. */
  String text();

  /** {@code multi_cpu_stop} of this CPU acts on a new state. */
  record StopMachineState(StopState state) implements Moment {
    @Override
    public String text() {
      return "stop_machine state " + state;
    }
  }

  /** This CPU begins to handle an IPI. */
  record IpiTaken(IpiKind kind) implements Moment {
    @Override
    public String text() {
      return "takes " + kind.text() + " IPI";
    }
  }

  /** This CPU has rewritten a word of the guest's text. */
  record TextStored() implements Moment {
    @Override
    public String text() {
      return "stores to text";
    }
  }

  /** All that there are. */
  static List<Moment> all() {
    List<Moment> all = new ArrayList<>();
    for (StopState state :
        List.of(StopState.PREPARE, StopState.DISABLE_IRQ, StopState.RUN, StopState.EXIT)) {
      all.add(new StopMachineState(state));
    }
    for (IpiKind kind : IpiKind.values()) {
      all.add(new IpiTaken(kind));
    }
    all.add(new TextStored());
    return all;
  }

  /** The one that a text names, or empty. */
  static Optional<Moment> of(String text) {
    return all().stream().filter(moment -> moment.text().equals(text)).findFirst();
  }
}
