package stillpoint.machine.smp;

import java.util.List;
import java.util.OptionalLong;
import stillpoint.machine.board.Board;

/**
 * All that a run depends on. One setup gives one digest.
 *
 * @param board what the machine is made of
 * @param seed of the links' jitter
 * @param ramBytes memory from physical address 0 on
 * @param image what memory holds at the start
 * @param starts where each CPU starts; if there is one only, all start alike
 * @param mostInstructions a CPU stops after so many of its own
 * @param uart physical address of a UART
 * @param exit physical address of a word; a store there ends the run
 * @param controller physical address of the registers of the interrupt controller's first slice;
 *     those of the others follow, a window each. Without it, nobody can reach the controller
 * @param debugRegisters moves to CP0 registers 23 and 26 end the run and print the registers
 * @param tracing CPUs keep a line for each retired instruction
 */
public record SmpSetup(
    Board board,
    long seed,
    long ramBytes,
    List<Piece> image,
    List<Start> starts,
    long mostInstructions,
    OptionalLong uart,
    OptionalLong exit,
    OptionalLong controller,
    boolean debugRegisters,
    boolean tracing) {
  /** Initial content of memory. */
  public record Piece(long physical, byte[] content) {}

  /**
   * How a CPU leaves reset.
   *
   * @param cycle of its first instruction
   * @param pc virtual address
   * @param status of CP0, see {@link stillpoint.machine.cpu.Cp0}
   * @param registers the general registers, or fewer: the others are zero
   */
  public record Start(long cycle, long pc, int status, List<Long> registers) {
    public Start {
      registers = List.copyOf(registers);
    }
  }

  /** A machine whose interrupt controller nobody can reach. */
  public SmpSetup(
      Board board,
      long seed,
      long ramBytes,
      List<Piece> image,
      List<Start> starts,
      long mostInstructions,
      OptionalLong uart,
      OptionalLong exit,
      boolean debugRegisters,
      boolean tracing) {
    this(
        board,
        seed,
        ramBytes,
        image,
        starts,
        mostInstructions,
        uart,
        exit,
        OptionalLong.empty(),
        debugRegisters,
        tracing);
  }

  public SmpSetup {
    image = List.copyOf(image);
    starts = List.copyOf(starts);
    if (starts.size() != 1 && starts.size() != board.cpuCount()) {
      throw new IllegalArgumentException(
          starts.size() + " starts for " + board.cpuCount() + " CPUs");
    }
  }

  /** How CPU {@code cpu} starts. */
  public Start start(int cpu) {
    return starts.get(starts.size() == 1 ? 0 : cpu);
  }
}
