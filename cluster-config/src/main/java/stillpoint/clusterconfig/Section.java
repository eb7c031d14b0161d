package stillpoint.clusterconfig;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One object of a scenario file, read key by key. Every complaint names key, value and place. A key
 * that was never asked for does not exist: {@link #refuseUnknownKeys} says so.
 */
final class Section {
  private static final Pattern QUANTITY = Pattern.compile("([+-]?[0-9.]+)\\s*([a-zA-Zµ]*)");

  /** Times stay below this, so that cycles stay far from overflow at any clock. */
  private static final BigDecimal MOST_NANOS = new BigDecimal("1e15");

  private final String path;
  private final ConfigObject object;
  private final Set<String> asked = new LinkedHashSet<>();

  /**
   * @param path dotted key of this object; empty for the whole file
   */
  Section(String path, ConfigObject object) {
    this.path = path;
    this.object = object;
  }

  boolean has(String key) {
    asked.add(key);
    return object.containsKey(key);
  }

  String where() {
    return placeOf(object.origin());
  }

  Section section(String key) {
    ConfigValue value = value(key);
    if (value instanceof ConfigObject inner) {
      return new Section(pathOf(key), inner);
    }
    throw bad(key, "is not a group of keys", "write " + key + " { ... }");
  }

  /** The group of keys at a key as it stands, to be laid over a preset's row. */
  ConfigObject group(String key) {
    section(key);
    return (ConfigObject) object.get(key);
  }

  boolean isSection(String key) {
    return value(key) instanceof ConfigObject;
  }

  /**
   * The elements of a list, each an object.
   *
   * @param example of one, for whoever wrote something else
   */
  List<Section> sections(String key, String example) {
    List<Section> all = new ArrayList<>();
    for (ConfigValue element : list(key)) {
      String name = pathOf(key) + "[" + all.size() + "]";
      if (!(element instanceof ConfigObject inner)) {
        throw new ScenarioError(
            name
                + " = "
                + show(element)
                + " is not a group of keys ("
                + placeOf(element.origin())
                + "); write "
                + example);
      }
      all.add(new Section(name, inner));
    }
    return all;
  }

  ConfigList list(String key) {
    if (value(key) instanceof ConfigList list) {
      return list;
    }
    throw bad(key, "is not a list", "write [ ... ]");
  }

  boolean isList(String key) {
    return value(key) instanceof ConfigList;
  }

  String text(String key) {
    ConfigValue value = value(key);
    return switch (value.valueType()) {
      case STRING, NUMBER, BOOLEAN -> String.valueOf(value.unwrapped());
      case OBJECT, LIST, NULL -> throw bad(key, "is not a text", "write it in double quotes");
    };
  }

  boolean flag(String key) {
    return switch (text(key)) {
      case "true", "on", "yes" -> true;
      case "false", "off", "no" -> false;
      default -> throw bad(key, "is neither true nor false", "write true or false");
    };
  }

  long wholeNumber(String key, long least, long most) {
    ConfigValue value = value(key);
    String allowed = "give a whole number within " + least + " .. " + most;
    BigDecimal number;
    try {
      number =
          new BigDecimal(value.unwrapped() == null ? "" : value.unwrapped().toString().strip());
    } catch (NumberFormatException e) {
      throw bad(key, "is not a number", allowed);
    }
    if (number.stripTrailingZeros().scale() > 0) {
      throw bad(key, "is not a whole number", allowed);
    }
    if (number.compareTo(BigDecimal.valueOf(least)) < 0
        || number.compareTo(BigDecimal.valueOf(most)) > 0) {
      throw bad(key, "is out of range", allowed);
    }
    return number.longValueExact();
  }

  int count(String key, int least, int most) {
    return (int) wholeNumber(key, least, most);
  }

  <E extends Enum<E>> E choice(String key, Class<E> type) {
    String text = text(key);
    List<String> names = Arrays.stream(type.getEnumConstants()).map(Names::of).toList();
    int index = names.indexOf(text);
    if (index < 0) {
      throw bad(key, "does not exist", Names.suggest(text, names));
    }
    return type.getEnumConstants()[index];
  }

  /** A probability, 0 .. 1. */
  double probability(String key) {
    String allowed = "give a number within 0 .. 1, for instance 0.01";
    BigDecimal number;
    try {
      number = new BigDecimal(text(key).strip());
    } catch (NumberFormatException e) {
      throw bad(key, "is not a number", allowed);
    }
    if (number.signum() < 0 || number.compareTo(BigDecimal.ONE) > 0) {
      throw bad(key, "is no probability", allowed);
    }
    return number.doubleValue();
  }

  /** A time with its unit, as virtual nanoseconds, 0 .. 1,000,000 s. */
  long nanos(String key) {
    long nanos = signedNanos(key);
    if (nanos < 0) {
      throw bad(key, "is negative", "give 0 or more, for instance 100us");
    }
    return nanos;
  }

  /** A span of time with its unit, as nanoseconds, at most 1,000,000 s either way. */
  long signedNanos(String key) {
    Quantity quantity = quantity(key, "ns, us, ms or s, for instance 100us");
    BigDecimal nanos = nanosOf(quantity).orElseThrow(() -> badUnit(key, "ns, us, ms or s"));
    if (nanos.stripTrailingZeros().scale() > 0) {
      throw bad(key, "is finer than a nanosecond", "give a multiple of 1ns");
    }
    if (nanos.abs().compareTo(MOST_NANOS) > 0) {
      throw bad(key, "is too long", "give at most 1000000s");
    }
    return nanos.longValueExact();
  }

  /** A latency: cycles, or a time that is rounded up to cycles of a clock. */
  int cycles(String key, int least, int clockMhz) {
    Quantity quantity = quantity(key, "cycles, ns or us, for instance 30 cycles");
    BigDecimal cycles =
        switch (quantity.unit()) {
          case "cycles", "cycle" -> quantity.number();
          default ->
              nanosOf(quantity)
                  .orElseThrow(() -> badUnit(key, "cycles, ns, us, ms or s"))
                  .multiply(BigDecimal.valueOf(clockMhz))
                  .movePointLeft(3)
                  .setScale(0, java.math.RoundingMode.CEILING);
        };
    int most = 1_000_000_000;
    if (cycles.stripTrailingZeros().scale() > 0
        || cycles.compareTo(BigDecimal.valueOf(least)) < 0
        || cycles.compareTo(BigDecimal.valueOf(most)) > 0) {
      throw bad(key, "is out of range", "give " + least + " .. " + most + " cycles");
    }
    return cycles.intValueExact();
  }

  private record Quantity(BigDecimal number, String unit) {}

  private Quantity quantity(String key, String units) {
    Matcher matcher = QUANTITY.matcher(text(key).strip());
    if (!matcher.matches()) {
      throw bad(key, "is not a number with a unit", "give a number of " + units);
    }
    if (matcher.group(2).isEmpty()) {
      throw bad(key, "has no unit", "add " + units);
    }
    try {
      return new Quantity(new BigDecimal(matcher.group(1)), matcher.group(2));
    } catch (NumberFormatException e) {
      throw bad(key, "is not a number with a unit", "give a number of " + units);
    }
  }

  private static Optional<BigDecimal> nanosOf(Quantity quantity) {
    return switch (quantity.unit()) {
      case "ns" -> Optional.of(quantity.number());
      case "us", "µs" -> Optional.of(quantity.number().movePointRight(3));
      case "ms" -> Optional.of(quantity.number().movePointRight(6));
      case "s" -> Optional.of(quantity.number().movePointRight(9));
      default -> Optional.empty();
    };
  }

  private ScenarioError badUnit(String key, String units) {
    return bad(key, "has a unit that does not exist", "use " + units);
  }

  /** Call when everything that may be there was asked for. */
  void refuseUnknownKeys() {
    for (String key : new TreeSet<>(object.keySet())) {
      if (!asked.contains(key)) {
        throw new ScenarioError(
            "unknown key '"
                + pathOf(key)
                + "' ("
                + placeOf(object.get(key).origin())
                + "); "
                + Names.suggest(key, asked));
      }
    }
  }

  ScenarioError bad(String key, String problem, String remedy) {
    ConfigValue value = object.get(key);
    String place = placeOf(value == null ? object.origin() : value.origin());
    String shown = value == null ? pathOf(key) : pathOf(key) + " = " + show(value);
    return new ScenarioError(shown + " " + problem + " (" + place + "); " + remedy);
  }

  private ConfigValue value(String key) {
    asked.add(key);
    ConfigValue value = object.get(key);
    if (value == null) {
      throw new ScenarioError(pathOf(key) + " is missing (" + where() + "); add it");
    }
    if (value.valueType() == ConfigValueType.NULL) {
      throw bad(key, "is no value", "give one or leave the key out");
    }
    return value;
  }

  private String pathOf(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private static String show(ConfigValue value) {
    if (value.valueType() == ConfigValueType.STRING) {
      return String.valueOf(value.unwrapped());
    }
    String text = value.render(ConfigRenderOptions.concise());
    return text.length() <= 60 ? text : text.substring(0, 57) + "...";
  }

  /** {@code scenarios/x.conf: 12}; of an override, the override itself. */
  static String placeOf(ConfigOrigin origin) {
    String text = origin.description();
    // a setting is one line, so its number says nothing
    return text.startsWith("--") ? text.replaceFirst(": 1$", "") : text;
  }
}
