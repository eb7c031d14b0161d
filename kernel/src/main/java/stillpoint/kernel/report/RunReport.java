package stillpoint.kernel.report;

import java.util.List;
import java.util.SortedMap;

/**
 * Everything that a finished run says about the simulated machine. Nothing in it depends on the host. Times are virtual
 * nanoseconds since reset. Lists are ordered by time, then CPU.
 *
 * @param verdict how it ended
 * @param verdictAtNanos when that was known
 * @param cycle the wait-for cycle, patching CPU first; empty if there is none
 * @param lockups what detectors said
 * @param warnings the guest kernel's warnings, one line each, first line of each report
 * @param counters sums over the machine
 * @param faults the scenario's faults and what each did, in the order of their numbers
 * @param cpus each CPU's state at the end, in order
 * @param console the guest's console: its kernel log with time stamps, and what shell commands printed
 * @param trace lines of the function trace, as {@code cat trace} would print them now
 * @param guest results of the guest program
 * @param staleCode the first few stale, late and torn executions: examples of what the counters count
 */
public record RunReport(
    Verdict verdict,
    long verdictAtNanos,
    List<WaitEdge> cycle,
    List<Lockup> lockups,
    List<String> warnings,
    Counters counters,
    List<Fault> faults,
    List<CpuState> cpus,
    List<String> console,
    List<String> trace,
    GuestResults guest,
    List<StaleFetch> staleCode) {

  /** The same run with other words on faults. */
  public RunReport withFaults(List<Fault> others) {
    return new RunReport(
        verdict,
        verdictAtNanos,
        cycle,
        lockups,
        warnings,
        counters,
        others,
        cpus,
        console,
        trace,
        guest,
        staleCode);
  }

  /** A report without examples of stale code. */
  public RunReport(
      Verdict verdict,
      long verdictAtNanos,
      List<WaitEdge> cycle,
      List<Lockup> lockups,
      List<String> warnings,
      Counters counters,
      List<Fault> faults,
      List<CpuState> cpus,
      List<String> console,
      List<String> trace,
      GuestResults guest) {
    this(
        verdict,
        verdictAtNanos,
        cycle,
        lockups,
        warnings,
        counters,
        faults,
        cpus,
        console,
        trace,
        guest,
        List.of());
  }

  /**
   * One execution of a rewritten word.
   *
   * @param kind {@code stale}, {@code late} or {@code torn}
   * @param cpu who executed it
   * @param cycle when
   * @param atNanos the same in virtual time
   * @param pc its virtual address; of a torn pass that of the site's first word
   * @param symbol the same by symbol
   * @param oldWord executed; of a torn pass the word from before the rewrite
   * @param newWord what memory held; of a torn pass the word from after it, executed too
   */
  public record StaleFetch(
      String kind,
      int cpu,
      long cycle,
      long atNanos,
      long pc,
      String symbol,
      int oldWord,
      int newWord) {}

  /**
   * One CPU of a wait-for cycle.
   *
   * @param cpu who waits
   * @param in the function it waits in
   * @param waitsFor CPUs of which each must act
   * @param what what it waits for, for instance {@code csd} or {@code stop_machine state}
   * @param because why those cannot act
   * @param sinceNanos when the wait began
   * @param fault number of the fault because of which they cannot, or {@link #NO_FAULT}
   */
  public record WaitEdge(
      int cpu,
      String in,
      List<Integer> waitsFor,
      String what,
      String because,
      long sinceNanos,
      int fault) {
    public static final int NO_FAULT = 0;

    /** By no fault. */
    public WaitEdge(
        int cpu, String in, List<Integer> waitsFor, String what, String because, long sinceNanos) {
      this(cpu, in, waitsFor, what, because, sinceNanos, NO_FAULT);
    }
  }

  /**
   * A line of a detector.
   *
   * @param fault number of the fault that made it speak, or {@link WaitEdge#NO_FAULT}
   */
  public record Lockup(String detector, int cpu, long atNanos, String text, int fault) {
    /** By no fault. */
    public Lockup(String detector, int cpu, long atNanos, String text) {
      this(detector, cpu, atNanos, text, WaitEdge.NO_FAULT);
    }
  }

  /**
   * A fault of the scenario.
   *
   * @param text as a scenario has it
   * @param count how often it struck; 0: never
   * @param strikes what it did, by time, then victim
   */
  public record Fault(
      int number, String kind, String text, long count, List<FaultStrike> strikes) {}

  /**
   * What a fault did to one victim.
   *
   * @param victim name of the process, for instance {@code cpu3}
   * @param cpu number of the CPU, or -1 if it is none
   * @param what was struck, for instance {@code call-function IPI of cpu0}
   * @param atNanos when for the first time
   * @param lastAtNanos when for the last time
   * @param count how often
   */
  public record FaultStrike(
      String victim, int cpu, String what, long atNanos, long lastAtNanos, long count) {}

  /** IPIs of one kind: asked for, and handled by their targets. */
  public record IpiCount(long sent, long taken) {}

  /**
   * @param wordsPatched words of guest text that were stored by ftrace
   * @param icacheFlushes calls of the flush function, whole-cache ones included
   * @param ipis by kind, keys {@code call-function}, {@code resched}, {@code icache-flush}
   * @param staleFetches executed words that memory no longer held
   * @param lateStaleFetches the same after the flush that had to cover that CPU returned, or where none came
   * @param tornFetches passes over a site that executed an old and a new word
   * @param tracedCalls calls that reached the tracer
   * @param instructions guest instructions retired
   */
  public record Counters(
      long wordsPatched,
      long icacheFlushes,
      SortedMap<String, IpiCount> ipis,
      long staleFetches,
      long lateStaleFetches,
      long tornFetches,
      long tracedCalls,
      long instructions) {}

  /**
   * @param cpu number
   * @param task what runs, for instance {@code migration/0}
   * @param irqsOn Status.IE
   * @param irqsOffSinceNanos when they went off, or -1
   * @param preemptCount as the kernel counts it
   * @param pendingInterrupts by name, pending and not taken
   * @param stack symbolic, innermost first
   */
  public record CpuState(
      int cpu,
      String task,
      boolean irqsOn,
      long irqsOffSinceNanos,
      int preemptCount,
      List<String> pendingInterrupts,
      List<String> stack) {}

  /**
   * @param passes of the guest's work, completed over all CPUs
   * @param failures one line for each wrong result or unexpected trap
   * @param tracedCpus CPUs with at least one line in the trace
   */
  public record GuestResults(long passes, List<String> failures, List<Integer> tracedCpus) {}
}
