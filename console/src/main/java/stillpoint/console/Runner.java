package stillpoint.console;

import stillpoint.kernel.system.MachineSetup;

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

    /** Without checkpoints. */
    Options(int threads) {
      this(threads, Checkpoints.NONE);
    }
  }

  /**
   * @throws stillpoint.machine.time.BrokenInvariant if the simulator breaks one of its own rules
   */
  Finished run(MachineSetup setup, Options options);
}
