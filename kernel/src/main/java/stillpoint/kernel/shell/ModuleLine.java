package stillpoint.kernel.shell;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code modprobe NAME key=value ...}: a test module that is loaded with parameters.
 *
 * @param module its name
 * @param values of all its parameters, those not written included
 */
public record ModuleLine(String module, Map<String, String> values) {
  private static final String MODPROBE = "modprobe ";
  private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ns|us|ms|s)");

  /** A parameter: what it may be, and what it is if it is not written; without that it must be. */
  sealed interface Parameter {
    String key();

    Optional<String> preset();
  }

  /** One of some words; the first is the preset. */
  record Choice(String key, List<String> words) implements Parameter {
    @Override
    public Optional<String> preset() {
      return Optional.of(words.getFirst());
    }
  }

  /**
   * A CPU of the board, or several different ones, {@code 1,3}.
   *
   * @param others whether none may be the CPU that loads the module
   */
  record Cpus(String key, int count, boolean others) implements Parameter {
    @Override
    public Optional<String> preset() {
      return Optional.empty();
    }
  }

  /** A virtual time such as {@code 20us}, at most 100 s. */
  record Time(String key, Optional<String> preset) implements Parameter {}

  /** What is wrong with a line, and what would do; both continue a sentence that begins with the line. */
  public static final class BadLine extends RuntimeException {
    private final String remedy;

    BadLine(String problem, String remedy) {
      super(problem, null, false, false);
      this.remedy = remedy;
    }

    public String remedy() {
      return remedy;
    }
  }

  static boolean looksLike(String line) {
    return (line.strip() + " ").replaceAll("\\s+", " ").startsWith(MODPROBE);
  }

  /**
   * @param modules parameters of each module
   */
  static ModuleLine parse(String line, Map<String, List<Parameter>> modules) {
    String[] words = line.strip().split("\\s+");
    List<Parameter> parameters = words.length < 2 ? null : modules.get(words[1]);
    if (parameters == null) {
      throw new BadLine(
          "names no module that exists", "there are: " + String.join(", ", modules.keySet()));
    }
    Map<String, String> values = new TreeMap<>();
    for (int i = 2; i < words.length; i++) {
      int equals = words[i].indexOf('=');
      String key = equals < 0 ? words[i] : words[i].substring(0, equals);
      Parameter parameter =
          parameters.stream()
              .filter(p -> p.key().equals(key))
              .findFirst()
              .orElseThrow(() -> bad("has no parameter '" + key + "'", words[1], parameters));
      String value = equals < 0 ? "" : words[i].substring(equals + 1);
      if (values.put(key, value) != null) {
        throw bad("gives '" + key + "' twice", words[1], parameters);
      }
      if (!fits(parameter, value)) {
        throw bad("has '" + value + "' for " + key, words[1], parameters);
      }
    }
    for (Parameter parameter : parameters) {
      if (!values.containsKey(parameter.key())) {
        values.put(
            parameter.key(),
            parameter
                .preset()
                .orElseThrow(() -> bad("lacks " + parameter.key(), words[1], parameters)));
      }
    }
    return new ModuleLine(words[1], values);
  }

  private static BadLine bad(String problem, String module, List<Parameter> parameters) {
    List<String> usage = new ArrayList<>(List.of("write: modprobe", module));
    parameters.forEach(parameter -> usage.add(usage(parameter)));
    return new BadLine(problem, String.join(" ", usage));
  }

  private static String usage(Parameter parameter) {
    return switch (parameter) {
      case Choice choice -> choice.key() + "=" + String.join("|", choice.words());
      case Cpus cpus -> cpus.key() + "=" + (cpus.count() == 1 ? "CPU" : "CPU,CPU (two different)");
      case Time time -> time.key() + "=TIME (such as 20us, at most 100s)";
    };
  }

  private static boolean fits(Parameter parameter, String value) {
    return switch (parameter) {
      case Choice choice -> choice.words().contains(value);
      case Cpus cpus ->
          value.matches("\\d{1,7}(,\\d{1,7})*")
              && value.split(",").length == cpus.count()
              && cpusIn(value).stream().distinct().count() == cpus.count();
      case Time _ -> TIME.matcher(value).matches() && nanosOf(value) <= 100_000_000_000L;
    };
  }

  private static List<Integer> cpusIn(String value) {
    return Arrays.stream(value.split(",")).map(Integer::valueOf).toList();
  }

  private static long nanosOf(String value) {
    Matcher matcher = TIME.matcher(value);
    if (!matcher.matches()) {
      throw new IllegalStateException(value + " was not checked");
    }
    long unit =
        switch (matcher.group(2)) {
          case "s" -> 1_000_000_000;
          case "ms" -> 1_000_000;
          case "us" -> 1_000;
          default -> 1;
        };
    return Long.parseLong(matcher.group(1)) * unit;
  }

  boolean is(String key, String word) {
    return values.get(key).equals(word);
  }

  int cpu(String key, int index) {
    return cpusIn(values.get(key)).get(index);
  }

  /** Of a parameter whose words are numbers. */
  int number(String key) {
    return Integer.parseInt(values.get(key));
  }

  long nanos(String key) {
    return nanosOf(values.get(key));
  }

  /** Refuses CPUs that the board does not have. */
  void check(List<Parameter> parameters, int self, int cpuCount) {
    for (Parameter parameter : parameters) {
      if (parameter instanceof Cpus cpus) {
        for (int cpu : cpusIn(values.get(cpus.key()))) {
          if (cpu >= cpuCount) {
            throw new BadLine(
                "names CPU " + cpu + ", which this board does not have",
                "its CPUs are 0-" + (cpuCount - 1));
          }
          if (cpus.others() && cpu == self) {
            throw new BadLine(
                "names CPU " + cpu + " for " + cpus.key() + ", on which it runs itself",
                "name another CPU or run it on another");
          }
        }
      }
    }
  }
}
