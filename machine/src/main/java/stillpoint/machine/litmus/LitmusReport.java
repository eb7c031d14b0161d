package stillpoint.machine.litmus;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a test's runs came to, in the words of herd and in the form of litmus7's logs. */
public final class LitmusReport {
  private LitmusReport() {}

  /** Never, Sometimes or Always. */
  public static String observation(long positive, long negative) {
    return positive == 0 ? "Never" : negative == 0 ? "Always" : "Sometimes";
  }

  /** All lines but the last, which says the time. A star marks what the condition asks about. */
  public static List<String> lines(LitmusTest test, LitmusRunner.Histogram histogram) {
    Condition condition = test.condition();
    long positive = histogram.runs(true);
    long negative = histogram.runs(false);
    boolean validated = condition.validatedBy(positive, negative);
    List<String> lines = new ArrayList<>();
    lines.add("Test " + test.name() + " " + condition.kind().title());
    lines.add("Histogram (" + histogram.counts().size() + " states)");
    for (Map.Entry<List<Long>, Long> one : histogram.counts().entrySet()) {
      boolean asked =
          histogram.satisfies(one.getKey()) == (condition.kind() != Condition.Kind.FORALL);
      String mark = asked ? "*>" : ":>";
      lines.add("%-6d%s%s".formatted(one.getValue(), mark, histogram.text(one.getKey())));
    }
    lines.add(validated ? "Ok" : "No");
    lines.add("");
    lines.add("Witnesses");
    lines.add("Positive: " + positive + ", Negative: " + negative);
    lines.add("Condition " + condition + (validated ? " is validated" : " is NOT validated"));
    lines.add(
        "Observation %s %s %d %d"
            .formatted(test.name(), observation(positive, negative), positive, negative));
    return lines;
  }
}
