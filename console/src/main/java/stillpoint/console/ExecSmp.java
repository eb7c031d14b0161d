package stillpoint.console;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import stillpoint.actors.RunOptions;
import stillpoint.actors.Simulation;
import stillpoint.machine.board.Board;
import stillpoint.machine.l1.CacheGeometry;
import stillpoint.machine.smp.SmpJudge;
import stillpoint.machine.smp.SmpMachine;
import stillpoint.machine.smp.SmpReport;
import stillpoint.machine.smp.SmpSetup;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.CutReports;
import stillpoint.machine.time.Report;
import stillpoint.machine.time.RunOutcome;
import stillpoint.machine.time.SequentialEngine;

/** {@code exec --cpus N}: runs a bare multiprocessor and passes on what it prints. */
final class ExecSmp {
  /** Virtual time between looks at the machine: what a run can go on after the program has ended. */
  private static final long CUT_CYCLES = 20_000;

  private static final CacheGeometry CACHE = new CacheGeometry(128, 8, 32);
  private static final int CPUS_PER_SLICE = 16;
  private static final int CLOCK_MHZ = 1000;

  /** Up to so many CPUs the engine without actors starts and runs faster. */
  private static final int MOST_WITHOUT_ACTORS = 32;

  private final ExecOutput output;
  private final String trace;
  private final List<BufferedWriter> traces = new ArrayList<>();

  /**
   * @param trace files are called so, with the CPU's number behind; null for none
   */
  ExecSmp(ExecOutput output, String trace) {
    this.output = output;
    this.trace = trace;
  }

  /**
   * Same caches as one CPU has; everybody equally far from everybody.
   *
   * @param controller empty if nobody can reach one
   */
  static Board board(int cpus, boolean bigEndian, Optional<ExecController> controller) {
    return new Board(
        "exec",
        cpus,
        CLOCK_MHZ,
        bigEndian,
        CACHE,
        CACHE,
        Math.min(Math.ceilDiv(cpus, CPUS_PER_SLICE), 256),
        controller.map(ExecController::kind).orElse(Board.InterruptControllerKind.XLR_PIC),
        controller.map(ExecController::slices).orElse(Math.ceilDiv(cpus, 64)),
        30,
        100,
        40,
        40);
  }

  /** What a run came to. */
  record Result(List<SmpReport.Cpu> cpus, Optional<Long> exit, RunOutcome outcome) {}

  /**
   * @param threads of the engine, or 0 for as many as fit
   */
  Result run(SmpSetup setup, int threads) {
    SmpMachine machine = new SmpMachine(setup);
    int cpus = setup.board().cpuCount();
    Passing judge = new Passing();
    boolean plain = threads == 1 || threads == 0 && cpus <= MOST_WITHOUT_ACTORS;
    try {
      openTraces(cpus);
      RunOutcome outcome =
          plain
              ? SequentialEngine.run(machine, judge)
              : Simulation.run(machine, judge, RunOptions.onThreads(threads));
      return result(outcome);
    } catch (IOException | UncheckedIOException e) {
      throw new UserError("--trace " + trace + " cannot be written: " + e.getMessage());
    } finally {
      closeTraces();
    }
  }

  private static Result result(RunOutcome outcome) {
    List<SmpReport.Cpu> cpus = new ArrayList<>();
    Optional<Long> exit = Optional.empty();
    for (Report report : outcome.finalReports()) {
      if (report instanceof SmpReport.Cpu cpu) {
        cpus.add(cpu);
      } else if (report instanceof SmpReport.Devices devices) {
        exit = devices.exit();
      }
    }
    return new Result(cpus, exit, outcome);
  }

  private void openTraces(int cpus) throws IOException {
    for (int cpu = 0; trace != null && cpu < cpus; cpu++) {
      Path file = OutputFile.at("--trace", trace + "." + cpu).path();
      traces.add(Files.newBufferedWriter(file));
    }
  }

  private void closeTraces() {
    for (BufferedWriter writer : traces) {
      try {
        writer.close();
      } catch (IOException e) {
        throw new UserError("--trace " + trace + " cannot be written: " + e.getMessage());
      }
    }
  }

  /** Judges as the machine does, and passes on at each cut what was printed since the last. */
  private final class Passing implements CutJudge {
    private final SmpJudge machine = new SmpJudge(CUT_CYCLES);

    @Override
    public long nextCutAfter(long cycle) {
      return machine.nextCutAfter(cycle);
    }

    @Override
    public boolean wantsReports(Cut cut, long blockedSince) {
      return machine.wantsReports(cut, blockedSince);
    }

    @Override
    public Decision judge(Cut cut, CutReports reports) {
      for (int id : reports.changed()) {
        pass(reports.get(id));
      }
      output.flush();
      return machine.judge(cut, reports);
    }

    private void pass(Report report) {
      if (report instanceof SmpReport.Devices devices) {
        for (byte value : devices.transmitted()) {
          output.put(value & 0xFF);
        }
      } else if (report instanceof SmpReport.Cpu cpu) {
        cpu.printed().forEach(output::line);
        cpu.trace().forEach(line -> write(traces.get(cpu.cpu()), line));
      }
    }

    private static void write(BufferedWriter writer, String line) {
      try {
        writer.write(line);
        writer.write('\n');
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
