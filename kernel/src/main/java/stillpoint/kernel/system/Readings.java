package stillpoint.kernel.system;

import java.util.stream.LongStream;
import stillpoint.kernel.config.ScriptCommand;
import stillpoint.kernel.config.ShellCommand;
import stillpoint.kernel.config.ShellCommand.KernelFile;
import stillpoint.machine.board.Board;

/**
 * When a person begins to read what all CPUs have logged, known from the script. The text is put together after the run;
 * CPUs keep what it needs from these cycles on.
 *
 * @param traceCycles of {@code cat trace}, ascending
 * @param firstInterruptsCycle of the first {@code cat /proc/interrupts}, or {@code Long.MAX_VALUE}
 */
public record Readings(long[] traceCycles, long firstInterruptsCycle) {
  static Readings of(MachineSetup setup) {
    return new Readings(
        cycles(setup, KernelFile.TRACE).toArray(),
        cycles(setup, KernelFile.INTERRUPTS).min().orElse(Long.MAX_VALUE));
  }

  private static LongStream cycles(MachineSetup setup, KernelFile file) {
    Board board = setup.board();
    return setup.script().stream()
        .filter(line -> line.command().equals(new ShellCommand.Show(file)))
        .mapToLong(ScriptCommand::atNanos)
        .map(board::cycleAt)
        .sorted();
  }
}
