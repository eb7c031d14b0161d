package stillpoint.machine.oracle;

import java.util.OptionalLong;
import stillpoint.machine.bare.BareMachine;
import stillpoint.machine.bare.ProgramLoader;
import stillpoint.machine.cpu.CoreConfig;
import stillpoint.machine.elf.ElfFormatException;
import stillpoint.machine.elf.ElfImage;
import stillpoint.machine.elf.ElfReader;
import stillpoint.machine.time.BrokenInvariant;

/** Runs a harness image on this machine, built with the oracle's sizes. */
public final class OwnRun {
  private static final long MOST_INSTRUCTIONS = 2_000_000_000L;
  private static final int SEGMENT_BITS = 42;
  private static final int PHYSICAL_BITS = 36;

  /**
   * What came out.
   *
   * @param text printed by the programs
   * @param instructions retired, the harness's included
   * @param complete whether the image came to its end
   */
  public record Outcome(String text, long instructions, boolean complete) {}

  private OwnRun() {}

  /** Runs an image of {@link Harness}. */
  public static Outcome of(byte[] image) {
    StringBuilder text = new StringBuilder();
    try {
      ElfImage elf = ElfReader.read("oracle image", image);
      CoreConfig core =
          CoreConfig.bare(0, elf.bigEndian())
              .withSegmentBits(SEGMENT_BITS)
              .withPhysicalBits(PHYSICAL_BITS);
      BareMachine machine =
          new BareMachine(
              new BareMachine.Settings(
                  core,
                  1L << 27,
                  0xE0,
                  OptionalLong.of(Harness.UART),
                  OptionalLong.of(Harness.EXIT),
                  false),
              value -> text.append((char) value),
              _ -> {});
      ProgramLoader.load(elf, machine.memory(), false);
      machine.core().setPc(elf.entry());
      BareMachine.End end = machine.run(MOST_INSTRUCTIONS, Long.MAX_VALUE);
      boolean complete = end instanceof BareMachine.Exited;
      return new Outcome(text.toString(), machine.core().retired(), complete);
    } catch (ElfFormatException | ProgramLoader.DoesNotFit e) {
      throw new BrokenInvariant("the oracle's image cannot be loaded: " + e.getMessage());
    }
  }
}
