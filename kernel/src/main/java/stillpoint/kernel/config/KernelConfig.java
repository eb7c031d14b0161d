package stillpoint.kernel.config;

import java.util.List;

/**
 * The guest kernel's independent switches. A {@code kernel.variant} of a scenario names a row of them; each can be set by
 * itself too.
 *
 * @param ftraceUpdate how call sites are rewritten
 * @param icacheFlush what {@code flush_icache_range} does on this machine
 * @param delayedFlush no flush for each word, but one of all instruction caches after the machine runs again
 * @param preempt when a task can be made to give up its CPU inside the kernel
 * @param warnIrqsDisabled {@code smp_call_function_many} warns once when called with irqs off
 * @param hz scheduler ticks a second on a CPU that is not idle, 1 .. 10,000
 * @param ftrace finer switches of the function tracer
 * @param detectors the kernel's own lockup detectors
 * @param cpu0Hotpluggable CPU 0 can be taken offline too; on MIPS it has no {@code online} file
 * @param missingBarriers barriers that are left out, in the order of their declaration
 */
public record KernelConfig(
    FtraceUpdate ftraceUpdate,
    IcacheFlush icacheFlush,
    boolean delayedFlush,
    Preempt preempt,
    boolean warnIrqsDisabled,
    int hz,
    FtraceSwitches ftrace,
    DetectorConfig detectors,
    boolean cpu0Hotpluggable,
    List<Barrier> missingBarriers) {

  /** {@code ftrace.update}. Names as in scenario files: lower case, {@code -} for {@code _}. */
  public enum FtraceUpdate {
    /** All sites inside one stop_machine(). */
    STOP_MACHINE,
    /** By the writing task itself while every other CPU runs on. */
    DIRECT,
    /** As DIRECT, with the writing CPU's own irqs off around each word: no stop_machine(). */
    IRQSAVE
  }

  /** {@code icache-flush}. */
  public enum IcacheFlush {
    /** smp_call_function to every other CPU, and wait for each. */
    WAIT_IPI,
    /** A raw IPI to every other CPU, no wait; each drops its whole instruction cache when it takes it. */
    MAILBOX_NOWAIT,
    /** Hit operations reach every instruction cache by themselves; no IPI. */
    GLOBAL_HIT,
    /** smp_call_function to every other CPU, not waiting for any. */
    CALL_FUNCTION_NOWAIT,
    /** Nothing but the own instruction cache: the others must synchronise themselves. */
    LOCAL
  }

  /** {@code preempt}: CONFIG_PREEMPT, CONFIG_PREEMPT_VOLUNTARY, CONFIG_PREEMPT_NONE. */
  public enum Preempt {
    FULL,
    VOLUNTARY,
    NONE
  }

  /** Stores that a step of the kernel makes at most: a buffer that holds fewer is used for none of them. */
  public static final int LEAST_BUFFER_ENTRIES = 4;

  public KernelConfig {
    missingBarriers = List.copyOf(missingBarriers);
    if (hz < 1 || hz > 10_000) {
      throw new IllegalArgumentException("hz = " + hz + " is not within 1 .. 10000");
    }
  }
}
