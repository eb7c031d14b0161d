package stillpoint.kernel.system;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import stillpoint.kernel.config.GuestConfig;
import stillpoint.kernel.config.KernelConfig;
import stillpoint.kernel.config.ScriptCommand;
import stillpoint.kernel.fault.Fault;
import stillpoint.machine.board.Board;
import stillpoint.machine.explore.Schedule;

/**
 * All that a run depends on. One setup gives one digest.
 *
 * @param seed of all randomness
 * @param script in order of time
 * @param settleNanos virtual time between the end of the last script line and the end of the guest's work
 * @param virtualTimeLimitNanos the run ends here at the latest
 * @param stopAtProof the run ends when a lockup is proved; else it goes on, for what the guest's detectors say
 * @param faults what goes wrong, in the order of their numbers
 * @param schedule what is late, and by how much
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
    List<Fault.OfMachine> faults,
    Schedule schedule) {
  public MachineSetup {
    script = List.copyOf(script);
    faults = List.copyOf(faults);
  }

  /** A run in which nothing goes wrong and that nobody disturbs. */
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
        List.of(),
        Schedule.NONE);
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
    return with(guest, script, seed, others, schedule);
  }

  /** The same, run otherwise. */
  public MachineSetup with(long otherSeed, Schedule other) {
    return with(guest, script, otherSeed, faults, other);
  }

  /** The same with another script. */
  public MachineSetup with(List<ScriptCommand> other) {
    return with(guest, other, seed, faults, schedule);
  }

  /** The same with another guest, or run on other CPUs. */
  public MachineSetup with(GuestConfig other) {
    return with(other, script, seed, faults, schedule);
  }

  private MachineSetup with(
      GuestConfig otherGuest,
      List<ScriptCommand> otherScript,
      long otherSeed,
      List<Fault.OfMachine> otherFaults,
      Schedule otherSchedule) {
    return new MachineSetup(
        board,
        kernel,
        otherGuest,
        otherScript,
        otherSeed,
        settleNanos,
        virtualTimeLimitNanos,
        stopAtProof,
        otherFaults,
        otherSchedule);
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
