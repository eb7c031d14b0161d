package stillpoint.console;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import stillpoint.clusterconfig.Overrides;

/** {@code stillpoint bench}. */
@Command(name = "bench", description = "Measure the simulator; without a name, say what can be.")
final class BenchCommand implements Callable<Integer> {
  @Parameters(paramLabel = "NAME", arity = "0..1", description = "What to measure.")
  private String name;

  @Option(names = "--json", description = "Print one JSON document and nothing else.")
  private boolean json;

  @Option(names = "--quick", description = "A short form that only shows that it works.")
  private boolean quick;

  @Option(names = "--cpus", paramLabel = "N", description = "Measure this size alone.")
  private Integer cpus;

  @Option(
      names = "--set",
      paramLabel = "key=value",
      description = "Override a key of its scenario, machine.interconnect.topology=numa for one.")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--minutes",
      paramLabel = "N",
      description = "How long to go on; for benchmarks that search.")
  private Integer minutes;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Where to begin; for benchmarks that search.")
  private Long seed;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  private final Services services;
  private final Terminal terminal;

  BenchCommand(Services services, Terminal terminal) {
    this.services = services;
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    if (name == null) {
      for (Benchmark benchmark : services.benchmarks()) {
        terminal.out().println(terminal.bold(benchmark.name()) + "  " + benchmark.about());
      }
      return ExitCode.OK;
    }
    Benchmark chosen =
        services.benchmarks().stream()
            .filter(benchmark -> benchmark.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new UserError("benchmark '" + name + "' does not exist; " + all()));
    if (cpus != null || !settings.isEmpty()) {
      OptionalInt size = cpus == null ? OptionalInt.empty() : OptionalInt.of(cpus);
      chosen = chosen.with(new Overrides(OptionalLong.empty(), size, settings));
    }
    Benchmark.Table table = measured(chosen);
    if (json) {
      terminal.out().println(document(chosen.name(), table));
    } else {
      terminal.out().println(terminal.bold(chosen.name()) + ": " + chosen.about());
      print(table);
    }
    return table.good() ? ExitCode.OK : ExitCode.NOT_MET;
  }

  private Benchmark.Table measured(Benchmark chosen) {
    if (minutes == null && seed == null) {
      return chosen.measure(quick);
    }
    if (!(chosen instanceof Benchmark.Search search)) {
      throw new UserError("--minutes and --seed are not for bench " + name + ", only for oracle");
    }
    if (minutes != null && (minutes < 0 || minutes > 100_000)) {
      throw new UserError("--minutes " + minutes + " is not within 0 .. 100000");
    }
    return search.search(minutes == null ? 0 : minutes, seed == null ? 1 : seed);
  }

  private String all() {
    List<String> names = services.benchmarks().stream().map(Benchmark::name).toList();
    return names.isEmpty() ? "there is none" : "there are: " + String.join(", ", names);
  }

  private static String document(String name, Benchmark.Table table) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = new JsonFactory().createGenerator(text)) {
      generator.writeStartObject();
      generator.writeStringField("bench", name);
      generator.writeNumberField("cores", Runtime.getRuntime().availableProcessors());
      generator.writeArrayFieldStart("rows");
      for (List<Object> row : table.rows()) {
        generator.writeStartObject();
        for (int i = 0; i < row.size(); i++) {
          String column = table.columns().get(i);
          switch (row.get(i)) {
            case Long number -> generator.writeNumberField(column, number);
            case Integer number -> generator.writeNumberField(column, number);
            case Double number when number.isNaN() -> generator.writeNullField(column);
            case Number number -> generator.writeNumberField(column, number.doubleValue());
            case Object other -> generator.writeStringField(column, other.toString());
          }
        }
        generator.writeEndObject();
      }
      generator.writeEndArray();
      generator.writeEndObject();
    }
    return text.toString();
  }

  private void print(Benchmark.Table table) {
    List<List<String>> rows = table.rows().stream().map(BenchCommand::cells).toList();
    int[] widths = new int[table.columns().size()];
    for (int i = 0; i < widths.length; i++) {
      int column = i;
      widths[i] =
          Math.max(
              table.columns().get(i).length(),
              rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0));
    }
    printRow(table.columns(), widths);
    rows.forEach(row -> printRow(row, widths));
  }

  private static List<String> cells(List<Object> row) {
    return row.stream()
        .map(
            cell ->
                switch (cell) {
                  case Long number -> Words.count(number);
                  case Integer number -> Words.count(number);
                  case Double number when number.isNaN() -> "-";
                  case Number number -> String.format(Locale.ROOT, "%.2f", number.doubleValue());
                  case Object other -> other.toString();
                })
        .toList();
  }

  private void printRow(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      line.append("  ").repeat(" ", widths[i] - cells.get(i).length()).append(cells.get(i));
    }
    terminal.out().println(line);
  }
}
