package stillpoint.console;

import stillpoint.kernel.system.MachineSetup;
import stillpoint.machine.time.BrokenInvariant;

/** Runs a machine to its end. All that the command line knows of the simulator. */
@FunctionalInterface
public interface Runner {
  /**
   * How to run; nothing here changes a result.
   *
   * @param threads at least 1, or {@link #AUTOMATIC}
   * @param checkpoints to write, or to go on from
   */
  record Options(int threads, Checkpoints checkpoints) {
    /** As many threads as the machine suggests. */
    static final int AUTOMATIC = 0;

    /** The plain engine, without actors. */
    static final int NO_ACTORS = -1;

    /** Without checkpoints. */
    Options(int threads) {
      this(threads, Checkpoints.NONE);
    }

    /** For people, for instance {@code 2 threads}. */
    String describe() {
      return switch (threads) {
        case NO_ACTORS -> "the plain engine";
        case AUTOMATIC -> "as many threads as fit";
        case 1 -> "1 thread";
        default -> threads + " threads";
      };
    }
  }

  /**
   * @throws stillpoint.machine.time.BrokenInvariant if the simulator breaks one of its own rules
   */
  Finished run(MachineSetup setup, Options options);

  /**
   * Runs in two ways and compares them.
   *
   * @throws stillpoint.machine.time.BrokenInvariant if they differ, or if a run breaks a rule
   */
  default Finished reconcile(MachineSetup setup, Options one, Options other) {
    Finished first = run(setup, one);
    Finished second = run(setup, other);
    if (!first.digest().equals(second.digest())) {
      throw new BrokenInvariant(
          "%s gave %s, %s gave %s"
              .formatted(one.describe(), first.digest(), other.describe(), second.digest()));
    }
    return second;
  }
}
