package stillpoint.console;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/** Says how far an exploration has come: a bar that is drawn over on a terminal, now and then a line elsewhere. */
final class ExploreProgress {
  private static final int BAR_WIDTH = 24;
  private static final long REDRAW_NANOS = 200_000_000;
  private static final long LINE_NANOS = 10_000_000_000L;
  private static final double NANOS = 1e9;

  private final PrintWriter err;
  private final boolean bar;
  private final long runs;
  private final long doneBefore;
  private final long limitNanos;
  private final long started = System.nanoTime();
  private long said = started;

  /**
   * @param runs wanted, Long.MAX_VALUE if time alone ends it
   * @param doneBefore by an exploration that this one resumes
   * @param limitNanos of real time, Long.MAX_VALUE for none
   */
  ExploreProgress(PrintWriter err, boolean bar, long runs, long doneBefore, long limitNanos) {
    this.err = err;
    this.bar = bar;
    this.runs = runs;
    this.doneBefore = doneBefore;
    this.limitNanos = limitNanos;
  }

  void show(CauseGroups groups) {
    long now = System.nanoTime();
    if (now - said < (bar ? REDRAW_NANOS : LINE_NANOS)) {
      return;
    }
    said = now;
    String text = text(groups, now);
    if (bar) {
      err.print("\r\u001b[K" + text);
      err.flush();
    } else {
      err.println(text);
    }
  }

  /** Takes the bar away. */
  void end() {
    if (bar) {
      err.print("\r\u001b[K");
      err.flush();
    }
  }

  private String text(CauseGroups groups, long now) {
    double seconds = Math.max(1e-3, (now - started) / NANOS);
    double rate = (groups.count() - doneBefore) / seconds;
    StringJoiner verdicts = new StringJoiner(", ");
    for (Map.Entry<String, Long> one : groups.verdicts().entrySet()) {
      verdicts.add(one.getKey() + " " + Words.count(one.getValue()));
    }
    double left = Math.max(0, limitNanos / NANOS - seconds);
    if (runs != Long.MAX_VALUE && rate > 0) {
      left = Math.min(left, (runs - groups.count()) / rate);
    }
    String of = runs == Long.MAX_VALUE ? "" : " of " + Words.count(runs);
    return "explore: %s%s%s runs, %s a second, %s left; %s"
        .formatted(
            bar ? bar(groups.count(), seconds) + " " : "",
            Words.count(groups.count()),
            of,
            String.format(Locale.ROOT, rate < 10 ? "%.1f" : "%.0f", rate),
            minutes(left),
            verdicts);
  }

  private String bar(long done, double seconds) {
    double part = Math.max((double) done / runs, seconds * NANOS / limitNanos);
    int full = (int) Math.clamp(Math.round(part * BAR_WIDTH), 0, BAR_WIDTH);
    return "[" + "=".repeat(full) + " ".repeat(BAR_WIDTH - full) + "]";
  }

  private static String minutes(double seconds) {
    long whole = (long) Math.min(seconds, 359_999);
    return whole < 60 ? whole + " s" : whole / 60 + " min " + whole % 60 + " s";
  }
}
