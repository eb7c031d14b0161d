package stillpoint.clusterconfig;

import com.typesafe.config.ConfigObject;
import stillpoint.kernel.config.DetectorConfig;
import stillpoint.kernel.config.FtraceSwitches;
import stillpoint.kernel.config.KernelConfig;

/** Reads {@code kernel}: a row of {@code variants.conf} and the switches set beside it. */
final class KernelReader {
  private KernelReader() {}

  static KernelConfig read(ConfigObject kernel) {
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
            section.flag("cpu0-hotpluggable"));
    ftrace.refuseUnknownKeys();
    section.refuseUnknownKeys();
    return config;
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
