package stillpoint.clusterconfig;

import java.util.List;
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
 * @param staleFetches executed words that memory no longer held
 * @param lateStaleFetches stale words executed after the flush that had to prevent it
 * @param tornFetches passes that executed an old and a new word of one site
 * @param warnings number of the guest kernel's warnings
 * @param tracedCpus CPUs with at least one line in the trace
 * @param ofFaults what is expected of faults and of what they lead to
 */
public record Expectation(
    Optional<Verdict> verdict,
    OptionalInt patchingCpu,
    Optional<String> waitsFor,
    OptionalLong wordsPatched,
    OptionalLong icacheFlushes,
    OptionalLong staleFetches,
    OptionalLong lateStaleFetches,
    OptionalLong tornFetches,
    OptionalLong warnings,
    Optional<CpuSet> tracedCpus,
    OfFaults ofFaults) {

  /**
   * What is expected where something goes wrong.
   *
   * @param waitsForCpus CPUs that the first CPU of the wait-for cycle waits for
   * @param fault number of the fault behind the verdict: named by the first edge of the wait-for cycle, or if there is none
   *     by the first line of a detector
   * @param struck numbers of all faults that struck
   * @param lockupCpus CPUs that detectors spoke of
   * @param detectors those that spoke, by name
   * @param guestFailure part of one line of the guest's failures, for instance {@code RI at pc quick_sort+0x8}
   */
  public record OfFaults(
      Optional<CpuSet> waitsForCpus,
      OptionalInt fault,
      Optional<List<Integer>> struck,
      Optional<CpuSet> lockupCpus,
      Optional<List<String>> detectors,
      Optional<String> guestFailure) {
    public static final OfFaults NOTHING =
        new OfFaults(
            Optional.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
  }
}
