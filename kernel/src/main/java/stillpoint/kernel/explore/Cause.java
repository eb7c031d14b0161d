package stillpoint.kernel.explore;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import stillpoint.kernel.report.RunReport;
import stillpoint.kernel.report.RunReport.StaleFetch;
import stillpoint.kernel.report.RunReport.WaitEdge;
import stillpoint.kernel.report.Verdict;
import stillpoint.machine.isa.Disassembler;
import stillpoint.machine.time.StateHash;

/**
 * Why a run ended as it did, without numbers of CPUs, times and counts: runs with equal causes show the same bug. Of a
 * wait-for cycle: who waits in which function for what and for whom, by function, and the length of the shortest circle; of
 * wrong code: torn or late, and which kind of word was executed in place of which; of lockups: the detectors.
 *
 * @param verdict of the run
 * @param text the whole cause, for people and for comparison
 */
public record Cause(Verdict verdict, String text) {
  private static final Pattern NUMBER = Pattern.compile("(?<![a-z_])\\d+");

  public static Cause of(RunReport report) {
    String detail =
        switch (report.verdict()) {
          case DEADLOCK, LIVELOCK -> circle(report.cycle());
          case LOST_MESSAGE -> circle(report.cycle()) + lost(report.cycle());
          case LOCKUP -> detectors(report);
          case UNDEFINED_EXECUTION -> wrongCode(report);
          case GUEST_FAULT -> masked(report.guest().failures());
          case WARNINGS -> masked(report.warnings());
          case HEALTHY, LIMIT_REACHED -> "";
        };
    String name = report.verdict().text();
    return new Cause(report.verdict(), detail.isEmpty() ? name : name + ": " + detail);
  }

  /** The cause as eight hexadecimal digits, for names of files. */
  public String signature() {
    return HexFormat.of().toHexDigits((int) new StateHash().fold(text).value());
  }

  private static String circle(List<WaitEdge> edges) {
    SortedMap<String, TreeSet<String>> roles = new TreeMap<>();
    for (WaitEdge edge : edges) {
      TreeSet<String> targets =
          roles.computeIfAbsent(
              edge.in() + " waits for " + masked(edge.what()), _ -> new TreeSet<>());
      for (int target : edge.waitsFor()) {
        targets.add(in(edges, target));
      }
    }
    List<String> parts = new ArrayList<>();
    roles.forEach(
        (role, targets) ->
            parts.add(targets.isEmpty() ? role : role + " of " + String.join(" and ", targets)));
    int length = shortestCircle(edges);
    return String.join("; ", parts) + (length == 0 ? "" : "; circle of " + length);
  }

  /** Where a CPU waits that somebody waits for. */
  private static String in(List<WaitEdge> edges, int cpu) {
    return edges.stream()
        .filter(edge -> edge.cpu() == cpu)
        .map(WaitEdge::in)
        .findFirst()
        .orElse("one that does not wait");
  }

  /** CPUs on the shortest way from any one back to itself; 0 if there is none. */
  private static int shortestCircle(List<WaitEdge> edges) {
    SortedMap<Integer, TreeSet<Integer>> next = new TreeMap<>();
    edges.forEach(
        edge -> next.computeIfAbsent(edge.cpu(), _ -> new TreeSet<>()).addAll(edge.waitsFor()));
    int shortest = 0;
    for (int start : next.keySet()) {
      int length = wayBack(next, start);
      shortest = length == 0 ? shortest : shortest == 0 ? length : Math.min(shortest, length);
    }
    return shortest;
  }

  private static int wayBack(Map<Integer, TreeSet<Integer>> next, int start) {
    SortedMap<Integer, Integer> far = new TreeMap<>(Map.of(start, 0));
    Deque<Integer> open = new ArrayDeque<>(List.of(start));
    while (!open.isEmpty()) {
      int cpu = open.remove();
      for (int other : next.getOrDefault(cpu, new TreeSet<>())) {
        if (other == start) {
          return far.get(cpu) + 1;
        }
        if (far.putIfAbsent(other, far.get(cpu) + 1) == null) {
          open.add(other);
        }
      }
    }
    return 0;
  }

  private static String lost(List<WaitEdge> edges) {
    TreeSet<String> because = new TreeSet<>();
    edges.forEach(edge -> because.add(masked(edge.because())));
    return because.isEmpty() ? "" : "; " + String.join("; ", because);
  }

  private static String detectors(RunReport report) {
    TreeSet<String> names = new TreeSet<>();
    report.lockups().forEach(lockup -> names.add(lockup.detector()));
    return String.join(", ", names);
  }

  /** Torn before late: of both, the graver one says what the bug is. */
  private static String wrongCode(RunReport report) {
    boolean torn = report.counters().tornFetches() > 0;
    String kind = torn ? "torn" : "late";
    Optional<StaleFetch> example =
        report.staleCode().stream().filter(one -> one.kind().equals(kind)).findFirst();
    return (torn ? "torn code" : "late stale code")
        + example
            .map(one -> ", " + mnemonic(one.oldWord()) + " with " + mnemonic(one.newWord()))
            .orElse("");
  }

  private static String mnemonic(int word) {
    return Disassembler.disassemble(0, word).strip().split("\\s+")[0];
  }

  private static String masked(List<String> lines) {
    TreeSet<String> different = new TreeSet<>();
    lines.forEach(line -> different.add(masked(line)));
    return String.join("; ", different);
  }

  private static String masked(String text) {
    return NUMBER.matcher(text).replaceAll("#").replaceAll("#(,#|-#)+", "#");
  }
}
