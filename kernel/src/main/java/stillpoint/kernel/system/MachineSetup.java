package stillpoint.kernel.system;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import stillpoint.kernel.config.GuestConfig;
import stillpoint.kernel.config.KernelConfig;
import stillpoint.kernel.config.ScriptCommand;
import stillpoint.kernel.fault.Fault;
import stillpoint.machine.board.Board;

/**
 * All that a run depends on. One setup gives one digest.
 *
 * @param seed of all randomness
 * @param script in order of time
 * @param settleNanos virtual time between the end of the last script line and the end of the guest's work
 * @param virtualTimeLimitNanos the run ends here at the latest
 * @param stopAtProof the run ends when a lockup is proved; else it goes on, for what the guest's detectors say
 * @param faults what goes wrong, in the order of their numbers
 */
public record MachineSetup(
    Board board,
    KernelConfig kernel,
    GuestConfig guest,
    List<ScriptCommand> script,
    long seed,
    long settleNanos,
    long virtualTimeLimitNanos,
    boolean stopAtProof,
    List<Fault.OfMachine> faults) {
  public MachineSetup {
    script = List.copyOf(script);
    faults = List.copyOf(faults);
  }

  /** A run in which nothing goes wrong. */
  public MachineSetup(
      Board board,
      KernelConfig kernel,
      GuestConfig guest,
      List<ScriptCommand> script,
      long seed,
      long settleNanos,
      long virtualTimeLimitNanos,
      boolean stopAtProof) {
    this(
        board,
        kernel,
        guest,
        script,
        seed,
        settleNanos,
        virtualTimeLimitNanos,
        stopAtProof,
        List.of());
  }

  /** A run that ends when a lockup is proved. */
  public MachineSetup(
      Board board,
      KernelConfig kernel,
      GuestConfig guest,
      List<ScriptCommand> script,
      long seed,
      long settleNanos,
      long virtualTimeLimitNanos) {
    this(board, kernel, guest, script, seed, settleNanos, virtualTimeLimitNanos, true);
  }

  /** The same machine and work with other faults. */
  public MachineSetup withFaults(List<Fault.OfMachine> others) {
    return new MachineSetup(
        board,
        kernel,
        guest,
        script,
        seed,
        settleNanos,
        virtualTimeLimitNanos,
        stopAtProof,
        others);
  }

  /** Indices of the script's lines in the order in which they are typed. */
  public List<Integer> scriptInOrderOfTime() {
    return IntStream.range(0, script.size())
        .boxed()
        .sorted(Comparator.comparingLong(index -> script.get(index).atNanos()))
        .toList();
  }

  /** Before this cycle nobody rewrites any text. */
  public long firstPatchCycle() {
    return script.stream()
        .filter(command -> command.command().patchesText())
        .mapToLong(command -> board.cycleAt(command.atNanos()))
        .min()
        .orElse(Long.MAX_VALUE);
  }
}
