package stillpoint.clusterconfig;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import stillpoint.kernel.report.Verdict;
import stillpoint.machine.interrupt.CpuSet;

/**
 * What a scenario expects of its run; what is absent is not looked at.
 *
 * @param verdict how it ends
 * @param patchingCpu first CPU of the wait-for cycle
 * @param waitsFor what that CPU waits for, for instance {@code csd}
 * @param wordsPatched words of guest text stored by ftrace
 * @param icacheFlushes calls of the flush function
 * @param lateStaleFetches stale words executed after the flush that had to prevent it
 * @param tornFetches passes that executed an old and a new word of one site
 * @param warnings number of the guest kernel's warnings
 * @param tracedCpus CPUs with at least one line in the trace
 */
public record Expectation(
    Optional<Verdict> verdict,
    OptionalInt patchingCpu,
    Optional<String> waitsFor,
    OptionalLong wordsPatched,
    OptionalLong icacheFlushes,
    OptionalLong lateStaleFetches,
    OptionalLong tornFetches,
    OptionalLong warnings,
    Optional<CpuSet> tracedCpus) {}
