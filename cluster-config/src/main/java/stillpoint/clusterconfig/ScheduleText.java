package stillpoint.clusterconfig;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import stillpoint.machine.board.Board;
import stillpoint.machine.explore.Delay;
import stillpoint.machine.explore.Plan;
import stillpoint.machine.explore.Schedule;
import stillpoint.machine.interconnect.MachineMap;

/** Writes a schedule in the form that {@link ScheduleReader} reads. */
final class ScheduleText {
  private final MachineMap map;

  private ScheduleText(Board board) {
    this.map = new MachineMap(board);
  }

  /** Nothing for a schedule that disturbs nobody. */
  static void add(Schedule schedule, Board board, List<String> lines) {
    if (schedule.quiet()) {
      return;
    }
    ScheduleText text = new ScheduleText(board);
    lines.add(
        "schedule { most-cycles = "
            + schedule.mostCycles()
            + ", from-cycle = "
            + schedule.fromCycle());
    if (!schedule.plans().isEmpty()) {
      lines.add("  plans = [");
      schedule.plans().forEach(plan -> lines.add("    { " + text.plan(plan) + " }"));
      lines.add("  ]");
    }
    if (!schedule.delays().isEmpty()) {
      lines.add("  delays = [");
      schedule.delays().forEach(delay -> lines.add("    \"" + text.delay(delay) + "\""));
      lines.add("  ]");
    }
    lines.add("}");
  }

  private String plan(Plan plan) {
    return switch (plan) {
      case Plan.Uniform(long seed, int perMille, long reach) ->
          "kind = uniform, seed = %d, per-mille = %d, reach-cycles = %d"
              .formatted(seed, perMille, reach);
      case Plan.Starts(long seed, int reach) ->
          "kind = starts, seed = %d, reach-cycles = %d".formatted(seed, reach);
      case Plan.Priorities(long reach, List<Plan.Link> links, List<Plan.ChangePoint> changes) ->
          "kind = priorities, reach-cycles = %d, links = [%s], changes = [%s]"
              .formatted(
                  reach,
                  quoted(links.stream().map(this::link).toList()),
                  quoted(
                      changes.stream()
                          .map(one -> at(one.kind(), one.process(), one.number()))
                          .toList()));
      case Plan.Starvation(List<Plan.Outage> outages) ->
          "kind = starvation, outages = [%s]"
              .formatted(quoted(outages.stream().map(this::outage).toList()));
    };
  }

  private String link(Plan.Link link) {
    return map.nameOf(link.from()) + " " + map.nameOf(link.to());
  }

  private String delay(Delay delay) {
    return at(delay.kind(), delay.process(), delay.number()) + " late " + delay.cycles();
  }

  private String at(Delay.Kind kind, int process, long number) {
    return map.nameOf(process) + " " + kind.name().toLowerCase(Locale.ROOT) + " " + number;
  }

  private String outage(Plan.Outage outage) {
    String peer =
        outage.peer() == Plan.Outage.EVERYBODY ? ScheduleReader.ALL : map.nameOf(outage.peer());
    return "%s %s %d %d"
        .formatted(map.nameOf(outage.process()), peer, outage.fromCycle(), outage.untilCycle());
  }

  private static String quoted(List<String> texts) {
    return texts.stream().map(text -> "\"" + text + "\"").collect(Collectors.joining(", "));
  }
}
