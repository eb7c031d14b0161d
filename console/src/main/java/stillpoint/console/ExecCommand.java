package stillpoint.console;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import stillpoint.machine.bare.BareMachine;
import stillpoint.machine.bare.PhysicalAddresses;
import stillpoint.machine.bare.ProgramLoader;
import stillpoint.machine.bare.RegisterValues;
import stillpoint.machine.bare.Tracer;
import stillpoint.machine.cpu.CoreConfig;
import stillpoint.machine.cpu.Translator;
import stillpoint.machine.cpu.Trap;
import stillpoint.machine.elf.ElfFormatException;
import stillpoint.machine.elf.ElfImage;
import stillpoint.machine.elf.ElfReader;
import stillpoint.machine.smp.SmpImage;
import stillpoint.machine.smp.SmpReport;
import stillpoint.machine.smp.SmpSetup;
import stillpoint.machine.time.BrokenInvariant;

/** {@code stillpoint exec}. */
@Command(
    name = "exec",
    description = {
      "Run a MIPS program on the bare machine, without a modelled kernel.",
      "Exit: what the program stores at --exit, & 0xff; 0 when it ends itself by --debug-cp0; 1"
          + " when it did not end itself; 2 for wrong input. See docs/exec.md."
    })
final class ExecCommand implements Callable<Integer> {
  /** Cycles between looks at the output. */
  private static final long SLICE_CYCLES = 1 << 22;

  /** What EBase.CPUNum can say. */
  private static final int MOST_CPUS = 1024;

  private static final int MOST_THREADS = 64;
  private static final int STATUS_64BIT = 0xE0;
  private static final long MAX_RAM_BYTES = 1L << 36;

  @Parameters(paramLabel = "ELF", description = "A MIPS executable, or with --raw any file.")
  private String file;

  @Option(
      names = "--cpus",
      paramLabel = "N",
      defaultValue = "1",
      description = "Number of CPUs, 1 .. 1024; all start at the entry.")
  private int cpus;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "With --cpus: threads of the simulator; as many as fit if not given.")
  private int threads;

  @Option(
      names = "--memory-order",
      paramLabel = "ORDER",
      defaultValue = "sc",
      description = "With --cpus: sc, tso or pso; see docs/litmus.md.")
  private String memoryOrder;

  @Option(
      names = "--digest",
      description = "With --cpus: print the digest of all that happened at the end.")
  private boolean digest;

  @Option(
      names = "--max",
      paramLabel = "INSTR",
      description = "Stop after so many instructions, each CPU after so many of its own.")
  private Long max;

  @Option(names = "--dump-regs", description = "Print all registers at the end.")
  private boolean dumpRegisters;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "Write a line for each retired instruction.")
  private String trace;

  @Option(
      names = "--status",
      paramLabel = "HEX",
      description = "Status at the start; 0xe0 (64-bit addresses) for 64-bit files, else 0.")
  private String status;

  @Option(
      names = "--entry",
      paramLabel = "HEX",
      description = "Where to start; the file's entry if not given.")
  private String entry;

  @Option(
      names = "--ram",
      paramLabel = "SIZE",
      defaultValue = "4G",
      description = "Memory from physical address 0 on, costs what is touched; ${DEFAULT-VALUE}.")
  private String ram;

  @Option(names = "--load-virtual", description = "Load segments behind their virtual addresses.")
  private boolean loadVirtual;

  @Option(
      names = "--load-physical",
      description = "Load segments at their physical addresses (the default).")
  private boolean loadPhysical;

  @Option(
      names = "--raw",
      paramLabel = "ADDR",
      description = "The file is a flat binary; load it there and start there.")
  private String raw;

  @Option(
      names = {"--little", "-EL"},
      description = "With --raw: little-endian; big-endian if not given.")
  private boolean little;

  @Option(
      names = "--uart",
      paramLabel = "ADDR",
      description = "A 16550 UART there; what it transmits goes to stdout.")
  private String uart;

  @Option(
      names = "--interrupt-controller",
      paramLabel = "KIND[@ADDR]",
      description =
          "Registers of a gic, octeon-ciu, xlr-pic or vsmp there, or where it usually is; see"
              + " docs/interrupts.md.")
  private String interruptController;

  @Option(
      names = "--exit",
      paramLabel = "ADDR",
      description = "A word stored there ends the run; it is the exit status, & 0xff.")
  private String exit;

  @Option(
      names = "--debug-cp0",
      description = "mtc0 to $26 prints the registers, mtc0 to $23 ends the run.")
  private boolean debugCp0;

  @Option(
      names = "--interpret",
      description = "Never translate what is executed often: slower, and the same in all else.")
  private boolean interpret;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  private final Terminal terminal;

  ExecCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** What is to be run, after all checks but of its size. */
  private record Program(
      ElfImage image, byte[] flat, boolean bigEndian, boolean wide, long entry) {}

  @Override
  public Integer call() throws IOException {
    long most = limit();
    Program program = program();
    ExecOutput output = new ExecOutput(terminal.out());
    if (severalCpus()) {
      return runAll(program, most, output);
    }
    BareMachine machine = new BareMachine(settings(program), output::put, output::line);
    load(program, machine.memory());
    machine.core().setPc(program.entry());
    if (trace == null && !interpret) {
      machine.core().translateBy(new Translator());
    }
    BareMachine.End end =
        trace == null ? run(machine, most, output) : traced(machine, most, output);
    output.flush();
    if (dumpRegisters) {
      RegisterDump.print(RegisterValues.of(machine.core()), terminal.out());
    }
    terminal.out().flush();
    return exitCode(end);
  }

  // the command line

  /** A controller's registers are on the machine of several CPUs, be there one only. */
  private boolean severalCpus() {
    return cpus > 1 || interruptController != null;
  }

  private long limit() {
    if (cpus < 1 || cpus > MOST_CPUS) {
      throw new UserError("--cpus " + cpus + " is not within 1 .. " + MOST_CPUS);
    }
    if (threads < 0 || threads > MOST_THREADS) {
      throw new UserError("--threads " + threads + " is not within 1 .. " + MOST_THREADS);
    }
    if (!severalCpus() && (threads != 0 || digest)) {
      throw new UserError(
          (digest ? "--digest" : "--threads") + " is for several CPUs; give --cpus 2 or more");
    }
    if (max != null && max < 1) {
      throw new UserError("--max " + max + " is not at least 1");
    }
    if (loadVirtual && loadPhysical) {
      throw new UserError("--load-virtual and --load-physical exclude each other; give one");
    }
    if (raw != null && (loadVirtual || loadPhysical)) {
      throw new UserError("--raw says where to load; leave --load-virtual and --load-physical out");
    }
    if (little && raw == null) {
      throw new UserError("--little is for --raw; an ELF file says its byte order itself");
    }
    MemoryOrderOption.read(memoryOrder);
    return max == null ? Long.MAX_VALUE : max;
  }

  private Program program() {
    byte[] bytes = InputFile.read(file);
    Long start = entry == null ? null : startAddress();
    if (raw != null) {
      if (bytes.length == 0) {
        throw new UserError(file + ": empty file; nothing to run");
      }
      long place = Numbers.address("--raw", raw);
      boolean unmapped = PhysicalAddresses.isUnmapped(place);
      long here = unmapped ? place : PhysicalAddresses.cachedAddress(place);
      if ((here & 3) != 0) {
        throw new UserError("--raw " + raw + " is not a multiple of 4");
      }
      return new Program(null, bytes, !little, true, start != null ? start : here);
    }
    try {
      ElfImage image =
          start == null ? ElfReader.read(file, bytes) : ElfReader.readPieces(file, bytes);
      long first = start == null ? image.entry() : start;
      return new Program(image, null, image.bigEndian(), image.is64Bit(), first);
    } catch (ElfFormatException e) {
      throw new UserError(e.getMessage());
    }
  }

  private long startAddress() {
    long address = Numbers.address("--entry", entry);
    if ((address & 3) != 0) {
      throw new UserError("--entry " + entry + " is not a multiple of 4");
    }
    return address;
  }

  private int initialStatus(Program program) {
    return status != null ? Numbers.hexWord("--status", status) : program.wide() ? STATUS_64BIT : 0;
  }

  private long ramBytes() {
    return Numbers.size("--ram", ram, 4096, MAX_RAM_BYTES);
  }

  private BareMachine.Settings settings(Program program) {
    return new BareMachine.Settings(
        CoreConfig.bare(0, program.bigEndian()),
        ramBytes(),
        initialStatus(program),
        device("--uart", uart, 8),
        device("--exit", exit, 4),
        debugCp0);
  }

  private static OptionalLong device(String option, String text, int alignment) {
    if (text == null) {
      return OptionalLong.empty();
    }
    long address = Numbers.address(option, text);
    long physical =
        PhysicalAddresses.isUnmapped(address) ? PhysicalAddresses.behind(address) : address;
    if (physical >>> 36 != 0) {
      throw new UserError(option + " " + text + " is beyond the 36 bits of a physical address");
    }
    if ((physical & alignment - 1) != 0) {
      throw new UserError(option + " " + text + " is not a multiple of " + alignment);
    }
    return OptionalLong.of(physical);
  }

  private void load(Program program, ProgramLoader.Target memory) {
    try {
      if (program.image() != null) {
        ProgramLoader.load(program.image(), memory, loadVirtual);
      } else {
        long place = Numbers.address("--raw", raw);
        boolean unmapped = PhysicalAddresses.isUnmapped(place);
        long physical = unmapped ? PhysicalAddresses.behind(place) : place;
        ProgramLoader.load(program.flat(), physical, memory);
      }
    } catch (ProgramLoader.DoesNotFit e) {
      throw new UserError(file + ": " + e.getMessage());
    }
  }

  // the run

  private static BareMachine.End run(BareMachine machine, long most, ExecOutput output) {
    BareMachine.End end = null;
    while (end == null) {
      end = machine.run(most, SLICE_CYCLES);
      output.flush();
    }
    return end;
  }

  private BareMachine.End traced(BareMachine machine, long most, ExecOutput output)
      throws IOException {
    OutputFile traceFile = OutputFile.at("--trace", trace);
    try (BufferedWriter lines = Files.newBufferedWriter(traceFile.path())) {
      Tracer tracer = new Tracer(machine.core());
      BareMachine.End end = null;
      while (end == null) {
        tracer.before();
        end = machine.run(most, 1);
        String line = tracer.after();
        if (line != null) {
          lines.write(line);
          lines.write('\n');
        }
      }
      return end;
    } catch (IOException e) {
      throw new UserError("--trace " + trace + " cannot be written: " + e.getMessage());
    }
  }

  // several CPUs

  private int runAll(Program program, long most, ExecOutput output) {
    SmpImage image = new SmpImage(ramBytes());
    load(program, image);
    SmpSetup.Start start =
        new SmpSetup.Start(0, program.entry(), initialStatus(program), List.of());
    OptionalLong uartAt = device("--uart", uart, 8);
    OptionalLong exitAt = device("--exit", exit, 4);
    Optional<ExecController> controller =
        Optional.ofNullable(interruptController).map(text -> ExecController.read(text, cpus));
    controller.ifPresent(it -> it.refuseOverlaps(uartAt, exitAt, image.pieces()));
    SmpSetup setup =
        new SmpSetup(
            ExecSmp.board(cpus, program.bigEndian(), controller)
                .withMemoryOrder(MemoryOrderOption.read(memoryOrder)),
            0,
            image.sizeBytes(),
            image.pieces(),
            List.of(start),
            most,
            uartAt,
            exitAt,
            controller.map(it -> OptionalLong.of(it.base())).orElseGet(OptionalLong::empty),
            debugCp0,
            trace != null);
    ExecSmp.Result result = new ExecSmp(output, trace).run(setup, threads);
    output.flush();
    if (dumpRegisters) {
      for (SmpReport.Cpu cpu : result.cpus()) {
        terminal.out().println("cpu " + cpu.cpu());
        RegisterDump.print(cpu.registers(), terminal.out());
      }
    }
    if (digest) {
      terminal.out().println("digest " + result.outcome().digest());
    }
    terminal.out().flush();
    return result.exit().isPresent()
        ? result.exit().get().intValue() & 0xFF
        : exitCode(result.cpus());
  }

  /** The first CPU whose end says more than that it was stopped or sleeps decides. */
  private int exitCode(List<SmpReport.Cpu> all) {
    SmpReport.Cpu telling = all.getFirst();
    for (SmpReport.Cpu cpu : all) {
      switch (cpu.end().orElse(null)) {
        case SmpReport.Finished _ -> {
          return ExitCode.OK;
        }
        case SmpReport.Unhandled(Trap trap, long vector) -> {
          return unhandled("CPU " + cpu.cpu() + ": ", trap, vector);
        }
        case SmpReport.LimitReached _ -> telling = cpu;
        case SmpReport.Asleep _ -> {}
        case null -> {}
      }
    }
    String which = "CPU " + telling.cpu() + ": ";
    return switch (telling.end().orElse(null)) {
      case SmpReport.LimitReached(long pc) -> stopped(which, pc);
      case SmpReport.Asleep(long pc, boolean interruptible) -> asleep(which, pc, interruptible);
      case SmpReport.Finished _, SmpReport.Unhandled _ ->
          throw new BrokenInvariant("an end that was not told: " + telling);
      case null -> throw new BrokenInvariant("exec ended while its CPUs were running");
    };
  }

  private int exitCode(BareMachine.End end) {
    return switch (end) {
      case BareMachine.Exited(int value) -> value & 0xFF;
      case BareMachine.Finished() -> ExitCode.OK;
      case BareMachine.LimitReached(long pc) -> stopped("", pc);
      case BareMachine.Asleep(long pc) -> asleep("", pc, false);
      case BareMachine.Unhandled(Trap trap, long vector) -> unhandled("", trap, vector);
    };
  }

  private int stopped(String which, long pc) {
    return notEnded(
        "%s: %sstopped after %d instructions (--max), at pc 0x%016x", file, which, max, pc);
  }

  private int asleep(String which, long pc, boolean interruptible) {
    return notEnded(
        "%s: %swaits at pc 0x%016x for an interrupt, but none %s",
        file, which, pc - 4, interruptible ? "comes" : "is unmasked");
  }

  private int unhandled(String which, Trap trap, long vector) {
    return notEnded(
        "%s: %sexception %s at pc 0x%016x%s has no handler: nothing but zeros at 0x%016x",
        file,
        which,
        trap.code(),
        trap.inDelaySlot() ? trap.epc() + 4 : trap.epc(),
        trap.badVAddr() == 0 ? "" : String.format(" (address 0x%016x)", trap.badVAddr()),
        vector);
  }

  private int notEnded(String format, Object... values) {
    terminal.err().println("stillpoint: " + String.format(format, values));
    return ExitCode.NOT_MET;
  }
}
