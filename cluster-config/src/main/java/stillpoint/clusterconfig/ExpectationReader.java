package stillpoint.clusterconfig;

import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import stillpoint.kernel.report.Verdict;
import stillpoint.kernel.watch.Detector;
import stillpoint.machine.board.Board;
import stillpoint.machine.interrupt.CpuSet;

/** Reads {@code expect}. */
final class ExpectationReader {
  private ExpectationReader() {}

  /**
   * @param faults how many there are
   */
  static Expectation read(Section expect, Board board, int faults) {
    Expectation expectation =
        new Expectation(
            expect.has("verdict")
                ? Optional.of(expect.choice("verdict", Verdict.class))
                : Optional.empty(),
            expect.has("patching-cpu")
                ? OptionalInt.of(expect.count("patching-cpu", 0, Board.MAX_CPUS - 1))
                : OptionalInt.empty(),
            expect.has("waits-for") ? Optional.of(expect.text("waits-for")) : Optional.empty(),
            number(expect, "words-patched"),
            number(expect, "icache-flushes"),
            number(expect, "stale-fetches"),
            number(expect, "late-stale-fetches"),
            number(expect, "torn-fetches"),
            number(expect, "warnings"),
            expect.has("traced-cpus")
                ? Optional.of(GuestReader.cpus(expect, "traced-cpus", board.cpuCount()))
                : Optional.empty(),
            ofFaults(expect, board, faults));
    expect.refuseUnknownKeys();
    return expectation;
  }

  private static Expectation.OfFaults ofFaults(Section expect, Board board, int faults) {
    return new Expectation.OfFaults(
        cpus(expect, "waits-for-cpus", board),
        expect.has("fault")
            ? OptionalInt.of(number(expect, "fault", expect.text("fault"), faults))
            : OptionalInt.empty(),
        expect.has("struck") ? Optional.of(struck(expect, faults)) : Optional.empty(),
        cpus(expect, "lockup-cpus", board),
        expect.has("detectors") ? Optional.of(detectors(expect)) : Optional.empty(),
        expect.has("guest-failure") ? Optional.of(expect.text("guest-failure")) : Optional.empty());
  }

  private static Optional<CpuSet> cpus(Section expect, String key, Board board) {
    return expect.has(key)
        ? Optional.of(GuestReader.cpus(expect, key, board.cpuCount()))
        : Optional.empty();
  }

  private static List<Integer> struck(Section expect, int faults) {
    return expect.list("struck").stream()
        .map(element -> number(expect, "struck", String.valueOf(element.unwrapped()), faults))
        .sorted()
        .distinct()
        .toList();
  }

  private static int number(Section expect, String key, String text, int faults) {
    if (!text.matches("[1-9]\\d{0,8}") || Integer.parseInt(text) > faults) {
      throw expect.bad(
          key,
          "names a fault that is not in the list",
          faults == 0 ? "faults = [] has none" : "its faults are 1-" + faults);
    }
    return Integer.parseInt(text);
  }

  private static List<String> detectors(Section expect) {
    List<String> all = new ArrayList<>(List.of("supervisor"));
    Arrays.stream(Detector.values()).map(Detector::text).forEach(all::add);
    List<String> named = new ArrayList<>();
    for (ConfigValue element : expect.list("detectors")) {
      String text = String.valueOf(element.unwrapped());
      if (!all.contains(text)) {
        throw expect.bad("detectors", "names none that exists", Names.suggest(text, all));
      }
      named.add(text);
    }
    return named.stream().sorted().distinct().toList();
  }

  private static OptionalLong number(Section expect, String key) {
    return expect.has(key)
        ? OptionalLong.of(expect.wholeNumber(key, 0, Long.MAX_VALUE))
        : OptionalLong.empty();
  }
}
