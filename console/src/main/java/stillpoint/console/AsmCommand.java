package stillpoint.console;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import stillpoint.machine.elf.ElfWriter;
import stillpoint.machine.isa.AssembledProgram;
import stillpoint.machine.isa.Assembler;
import stillpoint.machine.isa.AssemblyError;

/** {@code stillpoint asm}. */
@Command(
    name = "asm",
    description = {
      "Assemble a MIPS program into an executable.",
      "In GNU as's language (docs/exec.md), but starting in '.set noreorder': what follows a branch"
          + " is its delay slot."
    })
final class AsmCommand implements Callable<Integer> {
  private static final long MAX_RAW_BYTES = 1L << 28;

  @Parameters(paramLabel = "FILE.s", description = "The source.")
  private String source;

  @Option(
      names = "-o",
      paramLabel = "OUT",
      description = "The file to make; FILE.elf or FILE.bin if not given.")
  private String out;

  @Option(names = "--elf", description = "Make an ELF executable (the default).")
  private boolean elf;

  @Option(names = "--raw", description = "Make a flat binary, from the lowest address on.")
  private boolean raw;

  @Option(
      names = {"--big", "-EB"},
      description = "Big-endian (the default).")
  private boolean big;

  @Option(
      names = {"--little", "-EL"},
      description = "Little-endian.")
  private boolean little;

  @Option(names = "--64", description = "64-bit file and n64 register names (the default).")
  private boolean wide;

  @Option(names = "--32", description = "32-bit file and o32 register names.")
  private boolean narrow;

  @Option(
      names = "--text",
      paramLabel = "HEX",
      defaultValue = "0xffffffff80100000",
      description = "Address of .text; ${DEFAULT-VALUE} if not given.")
  private String text;

  @Option(
      names = "--data",
      paramLabel = "HEX",
      description = "Address of .rodata, .data and .bss; behind .text if not given.")
  private String data;

  @Option(
      names = "--entry",
      paramLabel = "LABEL",
      description = "Where it starts; _start, __start, start or main if there is one, else .text.")
  private String entry;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  private final Terminal terminal;

  AsmCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    exclude(elf && raw, "--elf", "--raw");
    exclude(big && little, "--big", "--little");
    exclude(wide && narrow, "--64", "--32");
    String name = out != null ? out : source.replaceFirst("\\.[sS]$", "") + (raw ? ".bin" : ".elf");
    String program = text(InputFile.read(source));
    OutputFile file = OutputFile.at("-o", name);
    AssembledProgram assembled = assemble(program);
    byte[] content = raw ? flat(assembled) : ElfWriter.write(assembled, entryOf(assembled));
    file.write(content);
    return ExitCode.OK;
  }

  private static void exclude(boolean both, String one, String other) {
    if (both) {
      throw new UserError(one + " and " + other + " exclude each other; give one");
    }
  }

  private String text(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new UserError(source + ": is not a UTF-8 text");
    }
  }

  private AssembledProgram assemble(String program) {
    long textAddress = address("--text", text);
    long dataAddress = data == null ? 0 : address("--data", data);
    try {
      return Assembler.program(
          program, new Assembler.Settings(!little, !narrow, textAddress, dataAddress));
    } catch (AssemblyError e) {
      throw new UserError(source + ":" + e.line() + ": " + e.what());
    }
  }

  private long address(String option, String hex) {
    long address = Numbers.hex(option, hex);
    if (narrow) {
      address = Numbers.hexWord(option, hex);
    }
    if ((address & 15) != 0) {
      throw new UserError(option + " " + hex + " is not a multiple of 16");
    }
    return address;
  }

  private long entryOf(AssembledProgram assembled) {
    if (entry != null) {
      Long named = assembled.labels().get(entry);
      if (named == null) {
        throw new UserError("--entry " + entry + " is not a label of " + source);
      }
      return named;
    }
    for (String usual : List.of("_start", "__start", "start", "main")) {
      if (assembled.labels().containsKey(usual)) {
        return assembled.label(usual);
      }
    }
    return assembled.baseAddress();
  }

  /** All content in one piece, gaps as zeros; .bss is left out. */
  private byte[] flat(AssembledProgram assembled) {
    List<AssembledProgram.Section> sections =
        assembled.sections().stream().filter(section -> section.content().length > 0).toList();
    if (sections.isEmpty()) {
      return new byte[0];
    }
    long first = sections.getFirst().address();
    for (AssembledProgram.Section section : sections) {
      first = Long.compareUnsigned(section.address(), first) < 0 ? section.address() : first;
    }
    long end = 0;
    for (AssembledProgram.Section section : sections) {
      end = Math.max(end, section.address() - first + section.content().length);
    }
    if (end < 0 || end > MAX_RAW_BYTES) {
      throw new UserError(
          "--raw: the sections lie more than " + MAX_RAW_BYTES + " bytes apart; use --elf");
    }
    byte[] bytes = new byte[(int) end];
    for (AssembledProgram.Section section : sections) {
      int at = (int) (section.address() - first);
      System.arraycopy(section.content(), 0, bytes, at, section.content().length);
    }
    return bytes;
  }
}
