package stillpoint.console;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers, times and CPU lists as people read them. */
final class Words {
  private static final Pattern NUMBER = Pattern.compile("\\d+");

  private Words() {}

  /** Virtual time in its handiest unit, at most three decimals, for instance {@code 131.072 us}. */
  static String time(long nanos) {
    if (nanos < 1_000) {
      return nanos + " ns";
    }
    int digits = nanos < 1_000_000 ? 3 : nanos < 1_000_000_000 ? 6 : 9;
    String unit = digits == 3 ? " us" : digits == 6 ? " ms" : " s";
    return BigDecimal.valueOf(nanos, digits)
            .setScale(3, RoundingMode.DOWN)
            .stripTrailingZeros()
            .toPlainString()
        + unit;
  }

  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  static String plural(long number, String noun) {
    return count(number) + " " + noun + (number == 1 ? "" : "s");
  }

  /** {@code CPU 0}, {@code CPUs 1-15}; {@code cpus} ascending. */
  static String cpus(Collection<Integer> cpus) {
    return (cpus.size() == 1 ? "CPU " : "CPUs ") + ranges(cpus);
  }

  /** {@code 0,2-5}. */
  static String ranges(Collection<Integer> cpus) {
    List<Integer> sorted = cpus.stream().sorted().toList();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < sorted.size(); ) {
      int last = i;
      while (last + 1 < sorted.size() && sorted.get(last + 1) == sorted.get(last) + 1) {
        last++;
      }
      text.append(text.isEmpty() ? "" : ",").append(sorted.get(i));
      if (last > i) {
        text.append('-').append(sorted.get(last));
      }
      i = last + 1;
    }
    return text.toString();
  }

  /** The text with every number replaced, so that texts that differ only in numbers are equal. */
  static String masked(String text) {
    return NUMBER.matcher(text).replaceAll("#");
  }

  /**
   * One text for several that are equal when {@link #masked}: a number that differs becomes {@code
   * smallest..largest}.
   */
  static String merged(Collection<String> texts) {
    List<List<String>> numbers = new ArrayList<>();
    for (String text : texts) {
      numbers.add(NUMBER.matcher(text).results().map(r -> r.group()).toList());
    }
    Matcher first = NUMBER.matcher(texts.iterator().next());
    StringBuilder merged = new StringBuilder();
    for (int i = 0; first.find(); i++) {
      int index = i;
      List<Long> column = numbers.stream().map(row -> Long.valueOf(row.get(index))).toList();
      long least = column.stream().min(Long::compare).orElseThrow();
      long most = column.stream().max(Long::compare).orElseThrow();
      first.appendReplacement(merged, least == most ? first.group() : least + ".." + most);
    }
    return first.appendTail(merged).toString();
  }
}
