package stillpoint.kernel.config;

/**
 * Finer switches of the function tracer, {@code kernel.ftrace} in a scenario.
 *
 * @param patchingCpuIrqsOn the CPU that patches inside stop_machine has its own irqs on while it does
 * @param prepareDisablesPreemption the tracer disables preemption around the whole update, sleeps inside it
 *     notwithstanding
 * @param selfSynchronise each CPU that was stopped drops its own instruction cache on its way out of multi_cpu_stop,
 *     as x86 synchronises its pipeline there
 * @param convertAtBoot call sites are nops at reset; else they call {@code _mcount} as compiled, and the first change of
 *     the tracer makes nops of them while the machine runs
 */
public record FtraceSwitches(
    boolean patchingCpuIrqsOn,
    boolean prepareDisablesPreemption,
    boolean selfSynchronise,
    boolean convertAtBoot) {}
