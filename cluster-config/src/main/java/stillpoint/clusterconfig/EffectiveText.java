package stillpoint.clusterconfig;

import com.typesafe.config.ConfigUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import stillpoint.kernel.config.DetectorConfig;
import stillpoint.kernel.config.KernelConfig;
import stillpoint.kernel.config.ScriptCommand;
import stillpoint.kernel.fault.Fault;
import stillpoint.kernel.fault.FaultText;
import stillpoint.kernel.system.MachineSetup;
import stillpoint.machine.board.Board;
import stillpoint.machine.board.Interconnect;
import stillpoint.machine.board.Interconnect.Crossbar;
import stillpoint.machine.board.Interconnect.Mesh;
import stillpoint.machine.board.Interconnect.Numa;
import stillpoint.machine.board.Interconnect.Ring;
import stillpoint.machine.board.MemoryOrder;
import stillpoint.machine.interrupt.CpuSet;
import stillpoint.machine.l1.CacheGeometry;

/** Writes a scenario with nothing left to defaults, in the form that {@link ScenarioReader} reads. */
final class EffectiveText {
  private EffectiveText() {}

  static String of(
      String about,
      String variant,
      MachineSetup setup,
      List<Fault> faults,
      Optional<Expectation> expect) {
    List<String> lines = new ArrayList<>();
    lines.add("about = " + quote(about));
    lines.add("seed = " + setup.seed());
    machine(setup.board(), lines);
    kernel(variant, setup.kernel(), lines);
    int cpus = setup.board().cpuCount();
    lines.add(
        "guest { elf = "
            + quote(setup.guest().elfPath())
            + ", run-on = "
            + cpuList(setup.guest().runOn(), cpus)
            + readOnlyText(setup.guest().readOnlyText())
            + setup.guest().startSeed().map(seed -> ", start-seed = " + seed).orElse("")
            + " }");
    script(setup.script(), lines);
    faults(faults, cpus, lines);
    lines.add(
        "limits { virtual-time = "
            + time(setup.virtualTimeLimitNanos())
            + ", settle = "
            + time(setup.settleNanos())
            + ", stop-at-proof = "
            + setup.stopAtProof()
            + " }");
    ScheduleText.add(setup.schedule(), setup.board(), lines);
    expect.ifPresent(e -> lines.add("expect { " + expectation(e, cpus) + " }"));
    return String.join("\n", lines) + "\n";
  }

  private static String readOnlyText(List<String> functions) {
    return functions.isEmpty()
        ? ""
        : ", read-only-text = ["
            + String.join(", ", functions.stream().map(EffectiveText::quote).toList())
            + "]";
  }

  private static void machine(Board board, List<String> lines) {
    lines.add("machine {");
    lines.add(
        "  board = "
            + board.name()
            + ", cpus = "
            + board.cpuCount()
            + ", clock-mhz = "
            + board.clockMhz()
            + ", byte-order = "
            + (board.bigEndian() ? "big" : "little"));
    lines.add("  l1i " + cache(board.l1i()) + ", l1d " + cache(board.l1d()));
    lines.add(
        "  directory-slices = "
            + board.directorySlices()
            + ", interrupt-controller = "
            + Names.of(board.interruptController())
            + ", interrupt-slices = "
            + board.interruptSlices()
            + ", nmi-watchdog = "
            + board.nmiWatchdog());
    lines.add(
        "  latency { cpu-to-home = "
            + board.cpuToHomeCycles()
            + " cycles, memory = "
            + board.memoryCycles()
            + " cycles, cpu-to-controller = "
            + board.cpuToControllerCycles()
            + " cycles, cpu-to-console = "
            + board.cpuToConsoleCycles()
            + " cycles, jitter = "
            + board.latencyJitter()
            + " }");
    lines.add(
        "  interconnect { "
            + interconnect(board.interconnect())
            + (board.flitBytes() == 0 ? "" : ", flit-bytes = " + board.flitBytes())
            + " }");
    lines.add("  memory-order = " + memoryOrder(board.memoryOrder()));
    lines.add("}");
  }

  private static String memoryOrder(MemoryOrder order) {
    return Names.of(order.kind())
        + (order.buffered()
            ? ", store-buffer { entries = "
                + order.bufferEntries()
                + ", drain-delay = "
                + order.drainCycles()
                + " cycles }"
            : "");
  }

  private static String interconnect(Interconnect interconnect) {
    return switch (interconnect) {
      case Crossbar _ -> "topology = crossbar";
      case Ring ring -> "topology = ring, hop = " + ring.hopCycles() + " cycles";
      case Mesh mesh ->
          "topology = mesh, width = "
              + mesh.width()
              + ", height = "
              + mesh.height()
              + ", hop = "
              + mesh.hopCycles()
              + " cycles";
      case Numa numa ->
          "topology = numa, boards = "
              + numa.boards()
              + ", cross-board = "
              + numa.crossBoardCycles()
              + " cycles";
    };
  }

  private static String cache(CacheGeometry cache) {
    return "{ size-kib = "
        + cache.sizeBytes() / 1024
        + ", ways = "
        + cache.ways()
        + ", line-bytes = "
        + cache.lineBytes()
        + " }";
  }

  private static void kernel(String variant, KernelConfig kernel, List<String> lines) {
    lines.add("kernel {");
    lines.add(
        "  variant = "
            + quote(variant)
            + ", preempt = "
            + Names.of(kernel.preempt())
            + ", hz = "
            + kernel.hz());
    lines.add(
        "  ftrace { update = "
            + Names.of(kernel.ftraceUpdate())
            + ", delayed-flush = "
            + kernel.delayedFlush()
            + ", convert-at-boot = "
            + kernel.ftrace().convertAtBoot()
            + ",");
    lines.add(
        "    patching-cpu-irqs-on = "
            + kernel.ftrace().patchingCpuIrqsOn()
            + ", prepare-disables-preemption = "
            + kernel.ftrace().prepareDisablesPreemption()
            + ", self-synchronise = "
            + kernel.ftrace().selfSynchronise()
            + " }");
    lines.add(
        "  icache-flush = "
            + Names.of(kernel.icacheFlush())
            + ", warn-irqs-disabled = "
            + kernel.warnIrqsDisabled()
            + ", cpu0-hotpluggable = "
            + kernel.cpu0Hotpluggable());
    if (!kernel.missingBarriers().isEmpty()) {
      lines.add(
          "  missing-barriers = ["
              + kernel.missingBarriers().stream()
                  .map(barrier -> '"' + barrier.text() + '"')
                  .collect(Collectors.joining(", "))
              + "]");
    }
    detectors(kernel.detectors(), lines);
    lines.add("}");
  }

  private static void detectors(DetectorConfig detectors, List<String> lines) {
    lines.add(
        "  detectors { watchdog-thresh = "
            + time(detectors.watchdogThreshNanos())
            + ", hard-lockup = "
            + detectors.hardLockup()
            + ", rcu-stall-timeout = "
            + time(detectors.rcuStallTimeoutNanos())
            + ", hung-task-timeout = "
            + time(detectors.hungTaskTimeoutNanos()));
    lines.add(
        "    csd-lock-debug = "
            + detectors.csdLockDebug()
            + ", csd-lock-timeout = "
            + time(detectors.csdLockTimeoutNanos())
            + " }");
  }

  private static void script(List<ScriptCommand> script, List<String> lines) {
    if (script.isEmpty()) {
      lines.add("script = []");
      return;
    }
    lines.add("script = [");
    for (ScriptCommand command : script) {
      lines.add(
          "  { at = "
              + time(command.atNanos())
              + ", on = "
              + command.cpu()
              + ", run = "
              + quote(command.line())
              + " }");
    }
    lines.add("]");
  }

  private static void faults(List<Fault> faults, int cpus, List<String> lines) {
    if (faults.isEmpty()) {
      lines.add("faults = []");
      return;
    }
    lines.add("faults = [");
    faults.forEach(fault -> lines.add("  " + FaultText.of(fault, cpus)));
    lines.add("]");
  }

  private static String expectation(Expectation expect, int cpus) {
    List<String> keys = new ArrayList<>();
    expect.verdict().ifPresent(v -> keys.add("verdict = " + v.text()));
    expect.patchingCpu().ifPresent(cpu -> keys.add("patching-cpu = " + cpu));
    expect.waitsFor().ifPresent(what -> keys.add("waits-for = " + quote(what)));
    expect.wordsPatched().ifPresent(n -> keys.add("words-patched = " + n));
    expect.icacheFlushes().ifPresent(n -> keys.add("icache-flushes = " + n));
    expect.staleFetches().ifPresent(n -> keys.add("stale-fetches = " + n));
    expect.lateStaleFetches().ifPresent(n -> keys.add("late-stale-fetches = " + n));
    expect.tornFetches().ifPresent(n -> keys.add("torn-fetches = " + n));
    expect.warnings().ifPresent(n -> keys.add("warnings = " + n));
    expect.tracedCpus().ifPresent(set -> keys.add("traced-cpus = " + cpuList(set, cpus)));
    expect
        .ofFaults()
        .waitsForCpus()
        .ifPresent(set -> keys.add("waits-for-cpus = " + cpuList(set, cpus)));
    expect.ofFaults().fault().ifPresent(n -> keys.add("fault = " + n));
    expect.ofFaults().struck().ifPresent(all -> keys.add("struck = " + all));
    expect
        .ofFaults()
        .lockupCpus()
        .ifPresent(set -> keys.add("lockup-cpus = " + cpuList(set, cpus)));
    expect.ofFaults().detectors().ifPresent(all -> keys.add("detectors = " + all));
    expect.ofFaults().guestFailure().ifPresent(text -> keys.add("guest-failure = " + quote(text)));
    return String.join(", ", keys);
  }

  private static String cpuList(CpuSet set, int cpus) {
    if (set.isEmpty()) {
      return "none";
    }
    return set.equals(CpuSet.range(0, cpus)) ? "all" : quote(set.toString());
  }

  /** The largest unit that needs no fraction. */
  static String time(long nanos) {
    String[] units = {"s", "ms", "us", "ns"};
    long size = 1_000_000_000;
    for (String unit : units) {
      if (nanos % size == 0) {
        return nanos / size + unit;
      }
      size /= 1000;
    }
    throw new AssertionError("a multiple of 1ns always ends the loop");
  }

  private static String quote(String text) {
    return ConfigUtil.quoteString(text);
  }
}
