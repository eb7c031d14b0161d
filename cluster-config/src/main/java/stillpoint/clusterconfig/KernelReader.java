package stillpoint.clusterconfig;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import stillpoint.kernel.config.Barrier;
import stillpoint.kernel.config.DetectorConfig;
import stillpoint.kernel.config.FtraceSwitches;
import stillpoint.kernel.config.KernelConfig;
import stillpoint.machine.board.MemoryOrder;

/** Reads {@code kernel}: a row of {@code variants.conf} and the switches set beside it. */
final class KernelReader {
  private static final String MISSING_BARRIERS = "missing-barriers";

  private KernelReader() {}

  /**
   * @param order of the machine's memory: says which barriers are of any account
   */
  static KernelConfig read(ConfigObject kernel, MemoryOrder order) {
    Section section = Presets.complete("kernel", kernel, "variant", Presets.variants());
    Section ftrace = section.section("ftrace");
    KernelConfig config =
        new KernelConfig(
            ftrace.choice("update", KernelConfig.FtraceUpdate.class),
            section.choice("icache-flush", KernelConfig.IcacheFlush.class),
            ftrace.flag("delayed-flush"),
            section.choice("preempt", KernelConfig.Preempt.class),
            section.flag("warn-irqs-disabled"),
            section.count("hz", 1, 10_000),
            new FtraceSwitches(
                ftrace.flag("patching-cpu-irqs-on"),
                ftrace.flag("prepare-disables-preemption"),
                ftrace.flag("self-synchronise"),
                ftrace.flag("convert-at-boot")),
            detectors(section.section("detectors")),
            section.flag("cpu0-hotpluggable"),
            missingBarriers(section, order));
    ftrace.refuseUnknownKeys();
    section.refuseUnknownKeys();
    return config;
  }

  private static List<Barrier> missingBarriers(Section section, MemoryOrder order) {
    if (!section.has(MISSING_BARRIERS)) {
      return List.of();
    }
    List<String> known = Arrays.stream(Barrier.values()).map(Barrier::text).toList();
    EnumSet<Barrier> missing = EnumSet.noneOf(Barrier.class);
    for (ConfigValue element : section.list(MISSING_BARRIERS)) {
      int index = known.indexOf(String.valueOf(element.unwrapped()));
      if (index < 0) {
        throw section.bad(
            MISSING_BARRIERS,
            "names '" + element.unwrapped() + "', which is no barrier that can be left out",
            "there are: " + String.join(", ", known));
      }
      missing.add(Barrier.values()[index]);
    }
    if (!missing.isEmpty() && !order.buffered()) {
      throw section.bad(
          MISSING_BARRIERS,
          "can never matter under machine.memory-order = sc",
          "set that to tso or pso, or leave this out");
    }
    if (!missing.isEmpty() && order.bufferEntries() < KernelConfig.LEAST_BUFFER_ENTRIES) {
      throw section.bad(
          MISSING_BARRIERS,
          "can never matter with machine.store-buffer.entries = " + order.bufferEntries(),
          "give that "
              + KernelConfig.LEAST_BUFFER_ENTRIES
              + " or more: smaller ones are for guest code alone");
    }
    return List.copyOf(missing);
  }

  private static DetectorConfig detectors(Section section) {
    if (section.nanos("csd-lock-timeout") == 0) {
      throw section.bad("csd-lock-timeout", "leaves no time", "give for instance 5s");
    }
    DetectorConfig detectors =
        new DetectorConfig(
            section.nanos("watchdog-thresh"),
            section.flag("hard-lockup"),
            section.nanos("rcu-stall-timeout"),
            section.nanos("hung-task-timeout"),
            section.flag("csd-lock-debug"),
            section.nanos("csd-lock-timeout"));
    section.refuseUnknownKeys();
    return detectors;
  }
}
