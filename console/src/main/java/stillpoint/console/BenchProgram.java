package stillpoint.console;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.OptionalLong;
import stillpoint.machine.bare.BareMachine;
import stillpoint.machine.bare.ProgramLoader;
import stillpoint.machine.cpu.CoreConfig;
import stillpoint.machine.cpu.Translator;
import stillpoint.machine.elf.ElfFormatException;
import stillpoint.machine.elf.ElfImage;
import stillpoint.machine.elf.ElfReader;
import stillpoint.machine.elf.Symbols;

/** One of the programs of guest/bench, which run so many passes and print a checksum. */
final class BenchProgram {
  /** Malta's first serial line and its reset register, as the programs are built for them. */
  private static final long UART = 0x1800_03F8L;

  private static final long EXIT = 0x1F00_0500L;

  private static final int STATUS_BEV = 1 << 22;
  private static final long RAM_BYTES = 16L << 20;
  private static final int PROGRAM_HEADER_BYTES = 56;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Path path;
  private final byte[] file;
  private final ElfImage image;

  /** Where in the file the number of passes is. */
  private final int passesOffset;

  private BenchProgram(Path path, byte[] file) throws ElfFormatException {
    this.path = path;
    this.file = file;
    this.image = ElfReader.read(path.toString(), file);
    long address =
        new Symbols(image)
            .named("bench_passes")
            .orElseThrow(() -> new UserError(path + ": has no symbol bench_passes"))
            .address();
    this.passesOffset = offsetOf(address);
  }

  static BenchProgram read(Path path) {
    try {
      return new BenchProgram(path, InputFile.read(path.toString()));
    } catch (ElfFormatException e) {
      throw new UserError(e.getMessage());
    }
  }

  /** Offset in an ELF64 file of what is loaded at a virtual address. */
  private int offsetOf(long address) {
    ByteBuffer elf = ByteBuffer.wrap(file); // big-endian, as these programs are
    for (int i = 0; i < elf.getShort(56); i++) {
      int header = (int) elf.getLong(32) + PROGRAM_HEADER_BYTES * i;
      long within = address - elf.getLong(header + 16);
      if (within >= 0 && within < elf.getLong(header + 32)) {
        return (int) (elf.getLong(header + 8) + within);
      }
    }
    throw new UserError(path + ": bench_passes is not in the file");
  }

  /** The file with another number of passes. */
  byte[] withPasses(long passes) {
    byte[] patched = file.clone();
    ByteBuffer.wrap(patched).putInt(passesOffset, Math.toIntExact(passes));
    return patched;
  }

  /**
   * @param output what it printed, without the end of the line
   * @param instructions retired, from reset to the end
   * @param seconds of the wall clock
   * @param cpuSeconds of processor time
   */
  record Run(String output, long instructions, double seconds, double cpuSeconds) {}

  /** Runs on a bare core, interpreted. */
  Run run(long passes) {
    return run(passes, null);
  }

  /** Runs on a bare core; {@code translator}: null for none. */
  Run run(long passes, Translator translator) {
    StringBuilder output = new StringBuilder();
    BareMachine machine =
        new BareMachine(
            new BareMachine.Settings(
                CoreConfig.bare(0, image.bigEndian()),
                RAM_BYTES,
                STATUS_BEV,
                OptionalLong.of(UART),
                OptionalLong.of(EXIT),
                false),
            c -> output.append((char) c),
            _ -> {});
    try {
      ElfImage patched = ElfReader.read(path.toString(), withPasses(passes));
      ProgramLoader.load(patched, machine.memory(), false);
    } catch (ElfFormatException | ProgramLoader.DoesNotFit e) {
      throw new UserError(path + ": " + e.getMessage());
    }
    machine.core().setPc(image.entry());
    if (translator != null) {
      machine.core().translateBy(translator);
    }
    long start = System.nanoTime();
    long cpuStart = THREADS.getCurrentThreadCpuTime();
    BareMachine.End end = machine.run(Long.MAX_VALUE, Long.MAX_VALUE);
    double seconds = (System.nanoTime() - start) / 1e9;
    double cpuSeconds = (THREADS.getCurrentThreadCpuTime() - cpuStart) / 1e9;
    if (!(end instanceof BareMachine.Exited)) {
      throw new UserError(path + ": did not come to its end: " + end);
    }
    return new Run(output.toString().strip(), machine.core().retired(), seconds, cpuSeconds);
  }

  @Override
  public String toString() {
    return path.getFileName().toString();
  }
}
