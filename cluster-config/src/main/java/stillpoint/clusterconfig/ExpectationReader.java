package stillpoint.clusterconfig;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import stillpoint.kernel.report.Verdict;
import stillpoint.machine.board.Board;

/** Reads {@code expect}. */
final class ExpectationReader {
  private ExpectationReader() {}

  static Expectation read(Section expect, Board board) {
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
            number(expect, "late-stale-fetches"),
            number(expect, "torn-fetches"),
            number(expect, "warnings"),
            expect.has("traced-cpus")
                ? Optional.of(GuestReader.cpus(expect, "traced-cpus", board.cpuCount()))
                : Optional.empty());
    expect.refuseUnknownKeys();
    return expectation;
  }

  private static OptionalLong number(Section expect, String key) {
    return expect.has(key)
        ? OptionalLong.of(expect.wholeNumber(key, 0, Long.MAX_VALUE))
        : OptionalLong.empty();
  }
}
