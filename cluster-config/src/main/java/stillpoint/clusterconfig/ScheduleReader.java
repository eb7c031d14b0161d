package stillpoint.clusterconfig;

import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import stillpoint.machine.board.Board;
import stillpoint.machine.explore.Delay;
import stillpoint.machine.explore.Plan;
import stillpoint.machine.explore.Schedule;
import stillpoint.machine.interconnect.MachineMap;

/**
 * Reads {@code schedule}: what is late in a run. Exploration writes it, people seldom do. Decisions are short texts, for there
 * may be thousands.
 */
final class ScheduleReader {
  static final long MOST_CYCLES = 1_000_000_000;

  private static final Pattern PROCESS = Pattern.compile("([a-z-]+?)(\\d{0,7})");
  private static final Pattern DELAY =
      Pattern.compile("(\\S+) (message|step|store|start) (\\d{1,18}) late (\\d{1,10})");
  private static final Pattern CHANGE = Pattern.compile("(\\S+) (message|step|store) (\\d{1,18})");
  private static final Pattern LINK = Pattern.compile("(\\S+) (\\S+)");
  private static final Pattern OUTAGE = Pattern.compile("(\\S+) (\\S+) (\\d{1,18}) (\\d{1,18})");

  /** Stands for all peers of a process. */
  static final String ALL = "all";

  private final Section section;
  private final MachineMap map;
  private final long most;

  private ScheduleReader(Section section, Board board) {
    this.section = section;
    this.map = new MachineMap(board);
    this.most = section.wholeNumber("most-cycles", 1, MOST_CYCLES);
  }

  static Schedule read(Section section, Board board) {
    return new ScheduleReader(section, board).read();
  }

  private Schedule read() {
    long from =
        section.has("from-cycle") ? section.wholeNumber("from-cycle", 0, Long.MAX_VALUE) : 0;
    List<Plan> plans = new ArrayList<>();
    if (section.has("plans")) {
      section
          .sections("plans", "{ kind = uniform, seed = 1, per-mille = 10, reach-cycles = 100 }")
          .forEach(plan -> plans.add(plan(plan)));
    }
    List<Delay> delays =
        section.has("delays")
            ? texts(section, "delays", this::delay, "cpu0 message 17 late 400")
            : List.of();
    section.refuseUnknownKeys();
    return new Schedule(most, from, plans, delays);
  }

  private Plan plan(Section plan) {
    String kind = plan.text("kind");
    Plan read =
        switch (kind) {
          case "uniform" ->
              new Plan.Uniform(seed(plan), plan.count("per-mille", 1, 1000), reach(plan));
          case "starts" ->
              new Plan.Starts(
                  seed(plan),
                  plan.count("reach-cycles", 1, (int) Math.min(most, Integer.MAX_VALUE)));
          case "priorities" ->
              new Plan.Priorities(
                  reach(plan),
                  texts(plan, "links", this::link, "cpu0 directory0"),
                  texts(plan, "changes", this::change, "cpu0 message 17"));
          case "starvation" ->
              new Plan.Starvation(texts(plan, "outages", this::outage, "cpu0 all 1000 2000"));
          default ->
              throw plan.bad(
                  "kind", "does not exist", "give uniform, starts, priorities or starvation");
        };
    plan.refuseUnknownKeys();
    return read;
  }

  private static long seed(Section plan) {
    return plan.wholeNumber("seed", Long.MIN_VALUE, Long.MAX_VALUE);
  }

  private long reach(Section plan) {
    return plan.wholeNumber("reach-cycles", 1, most);
  }

  /** A list of short texts; {@code read} gives null for what is none. */
  private static <T> List<T> texts(
      Section section, String key, Function<String, T> read, String example) {
    List<T> all = new ArrayList<>();
    for (ConfigValue value : section.list(key)) {
      T one =
          value.valueType() == ConfigValueType.STRING
              ? read.apply((String) value.unwrapped())
              : null;
      if (one == null) {
        throw section.bad(
            key,
            "has an element that this machine does not know: " + value.unwrapped(),
            "write for instance \"" + example + "\"");
      }
      all.add(one);
    }
    return all;
  }

  private Delay delay(String text) {
    Matcher parts = DELAY.matcher(text);
    if (!parts.matches()) {
      return null;
    }
    int process = process(parts.group(1));
    long cycles = Long.parseLong(parts.group(4));
    return process < 0 || cycles < 1 || cycles > most
        ? null
        : new Delay(kind(parts.group(2)), process, Long.parseLong(parts.group(3)), cycles);
  }

  private Plan.Link link(String text) {
    Matcher parts = LINK.matcher(text);
    int from = parts.matches() ? process(parts.group(1)) : -1;
    int to = from < 0 ? -1 : process(parts.group(2));
    return to < 0 ? null : new Plan.Link(from, to);
  }

  private Plan.ChangePoint change(String text) {
    Matcher parts = CHANGE.matcher(text);
    int process = parts.matches() ? process(parts.group(1)) : -1;
    return process < 0
        ? null
        : new Plan.ChangePoint(kind(parts.group(2)), process, Long.parseLong(parts.group(3)));
  }

  private Plan.Outage outage(String text) {
    Matcher parts = OUTAGE.matcher(text);
    int process = parts.matches() ? process(parts.group(1)) : -1;
    if (process < 0) {
      return null;
    }
    boolean all = parts.group(2).equals(ALL);
    int peer = all ? Plan.Outage.EVERYBODY : process(parts.group(2));
    long from = Long.parseLong(parts.group(3));
    long until = Long.parseLong(parts.group(4));
    return !all && peer < 0 || until <= from || until - from > most
        ? null
        : new Plan.Outage(process, peer, from, until);
  }

  private static Delay.Kind kind(String text) {
    return Delay.Kind.valueOf(text.toUpperCase(Locale.ROOT));
  }

  /** The id of the process with this name, or -1. */
  private int process(String name) {
    Matcher parts = PROCESS.matcher(name);
    if (!parts.matches()) {
      return -1;
    }
    int number = parts.group(2).isEmpty() ? 0 : Integer.parseInt(parts.group(2));
    int id =
        switch (parts.group(1)) {
          case "cpu" -> number;
          case "interrupt-controller" -> map.interruptSlice(number);
          case "directory" -> map.directorySlice(number);
          case "console" -> map.console();
          default -> -1;
        };
    return id >= 0 && id < map.size() && map.nameOf(id).equals(name) ? id : -1;
  }
}
