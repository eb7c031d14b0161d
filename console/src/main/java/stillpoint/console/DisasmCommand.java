package stillpoint.console;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import stillpoint.machine.elf.ElfFormatException;
import stillpoint.machine.elf.ElfReader;
import stillpoint.machine.elf.Listing;

/** {@code stillpoint disasm}. */
@Command(
    name = "disasm",
    description = "Disassemble an executable, as objdump -d -M no-aliases prints it.")
final class DisasmCommand implements Callable<Integer> {
  @Parameters(paramLabel = "ELF", description = "A MIPS executable.")
  private String file;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  private final Terminal terminal;

  DisasmCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    byte[] bytes = InputFile.read(file);
    try {
      Listing listing =
          new Listing(ElfReader.read(file, bytes), ElfReader.codeSections(file, bytes));
      listing.print(terminal.out()::println);
    } catch (ElfFormatException e) {
      throw new UserError(e.getMessage());
    }
    return ExitCode.OK;
  }
}
