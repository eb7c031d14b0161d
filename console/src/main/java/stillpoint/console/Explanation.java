package stillpoint.console;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import stillpoint.kernel.report.RunReport;
import stillpoint.kernel.report.RunReport.CpuState;
import stillpoint.kernel.report.RunReport.WaitEdge;

/** The verdict in words. CPUs that say the same, but for times, are told together. */
final class Explanation {
  private Explanation() {}

  /** What the verdict means, one sentence. */
  static String meaningOf(RunReport report) {
    return switch (report.verdict()) {
      case DEADLOCK -> "CPUs wait for each other, and no event can ever end it";
      case LOST_MESSAGE -> "a CPU waits for a message that no longer exists";
      case LIVELOCK -> "events go on, but nothing gets done";
      case LOCKUP ->
          report.cycle().isEmpty()
              ? "a detector fired; there is no proof"
              : "a CPU stands still for ever, and others need it";
      case UNDEFINED_EXECUTION -> "code ran that memory no longer held when it had to be gone";
      case GUEST_FAULT -> "a guest program trapped or computed a wrong result";
      case WARNINGS -> "all work was done, but the kernel warned";
      case HEALTHY -> "all work was done, and there is nothing to report";
      case LIMIT_REACHED -> "the scenario's limit of virtual time ended the run";
    };
  }

  /** Who waits for whom, for what, and why in vain; empty if nobody does. */
  static List<String> waits(List<WaitEdge> cycle) {
    record Alike(String in, List<Integer> waitsFor, String what, String because) {}
    Map<Alike, List<WaitEdge>> groups = new LinkedHashMap<>();
    for (WaitEdge edge : cycle) {
      Alike key = new Alike(edge.in(), edge.waitsFor(), edge.what(), Words.masked(edge.because()));
      groups.computeIfAbsent(key, _ -> new ArrayList<>()).add(edge);
    }
    List<String> lines = new ArrayList<>();
    groups.forEach(
        (alike, edges) -> {
          boolean one = edges.size() == 1;
          boolean oneTarget = alike.waitsFor().size() == 1;
          boolean noTarget = alike.waitsFor().isEmpty();
          lines.add(
              Words.cpus(edges.stream().map(WaitEdge::cpu).toList())
                  + (one ? " waits for " : " wait for ")
                  + (noTarget ? "" : Words.cpus(alike.waitsFor()) + ": ")
                  + alike.what());
          lines.add("  in " + alike.in() + since(edges));
          // an answer that is lost is nobody's to give any more
          lines.add(
              (noTarget ? "  in vain: " : oneTarget ? "  it cannot act: " : "  they cannot act: ")
                  + Words.merged(edges.stream().map(WaitEdge::because).toList()));
        });
    return lines;
  }

  /** Since when, if that is known of all. */
  private static String since(List<WaitEdge> edges) {
    if (edges.stream().anyMatch(edge -> edge.sinceNanos() < 0)) {
      return "";
    }
    return ", since "
        + Words.merged(edges.stream().map(edge -> edge.sinceNanos() + " ns").toList());
  }

  /** One line for each example of code that memory no longer held. */
  static List<String> staleCode(List<RunReport.StaleFetch> examples) {
    return examples.stream().map(Explanation::staleCode).toList();
  }

  private static String staleCode(RunReport.StaleFetch one) {
    String words =
        one.kind().equals("torn") ? "executed %08x with %08x" : "executed %08x, memory held %08x";
    return String.format(
        Locale.ROOT,
        "%-5s cpu%d at cycle %d: pc 0x%x %s " + words,
        one.kind(),
        one.cpu(),
        one.cycle(),
        one.pc(),
        one.symbol(),
        one.oldWord(),
        one.newWord());
  }

  /** A detector's line, and the fault that made it speak. */
  static String lockup(RunReport.Lockup lockup) {
    return lockup.text()
        + (lockup.fault() == WaitEdge.NO_FAULT
            ? ""
            : "  (because of fault " + lockup.fault() + ")");
  }

  /** What a fault did. */
  static String fault(RunReport.Fault fault) {
    String name = fault.number() + " " + fault.kind() + ": ";
    if (fault.count() == 0) {
      return name + "never struck: " + fault.text();
    }
    RunReport.FaultStrike first = fault.strikes().getFirst();
    int others = fault.strikes().size() - 1;
    return name
        + "struck "
        + (fault.count() == 1 ? "once, at " : Words.count(fault.count()) + " times, first at ")
        + Words.time(first.atNanos())
        + ", "
        + first.victim()
        + ": "
        + first.what()
        + (others == 0 ? "" : ", and " + Words.plural(others, "other victim"));
  }

  /** Symbolic stacks, equal ones once. */
  static List<String> stacks(List<CpuState> cpus) {
    record Alike(String task, boolean irqsOn, int preempt, List<String> pending, List<String> at) {}
    Map<Alike, List<CpuState>> groups = new LinkedHashMap<>();
    for (CpuState cpu : cpus) {
      Alike key =
          new Alike(
              ownNumberHidden(cpu.task(), cpu.cpu()),
              cpu.irqsOn(),
              cpu.preemptCount(),
              cpu.pendingInterrupts(),
              cpu.stack());
      groups.computeIfAbsent(key, _ -> new ArrayList<>()).add(cpu);
    }
    List<String> lines = new ArrayList<>();
    groups.forEach(
        (alike, states) -> {
          String task = states.size() == 1 ? states.getFirst().task() : alike.task();
          lines.add(
              Words.cpus(states.stream().map(CpuState::cpu).toList())
                  + ": "
                  + task
                  + ", "
                  + irqs(states)
                  + ", preempt count "
                  + alike.preempt()
                  + (alike.pending().isEmpty()
                      ? ""
                      : ", pending: " + String.join(", ", alike.pending())));
          lines.add("  " + (alike.at().isEmpty() ? "idle" : String.join(" <- ", alike.at())));
        });
    return lines;
  }

  private static String irqs(List<CpuState> states) {
    if (states.getFirst().irqsOn()) {
      return "irqs on";
    }
    if (states.stream().anyMatch(state -> state.irqsOffSinceNanos() < 0)) {
      return "irqs off";
    }
    return "irqs off since "
        + Words.merged(states.stream().map(s -> s.irqsOffSinceNanos() + " ns").toList());
  }

  /** {@code migration/3} of CPU 3 is {@code migration/*}. */
  private static String ownNumberHidden(String task, int cpu) {
    String own = "/" + cpu;
    return task.endsWith(own) ? task.substring(0, task.length() - own.length()) + "/*" : task;
  }

  /** The trace without its head. */
  static List<String> tracedCalls(RunReport report) {
    return report.trace().stream().filter(line -> !line.startsWith("#")).toList();
  }

  /** The patching CPU, if the wait-for cycle tells. */
  static String patchingCpuOf(RunReport report) {
    return report.cycle().isEmpty() ? "none" : "CPU " + report.cycle().getFirst().cpu();
  }
}
