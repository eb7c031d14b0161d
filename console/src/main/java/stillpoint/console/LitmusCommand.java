package stillpoint.console;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import stillpoint.machine.board.MemoryOrder;
import stillpoint.machine.litmus.Condition;
import stillpoint.machine.litmus.LitmusError;
import stillpoint.machine.litmus.LitmusParser;
import stillpoint.machine.litmus.LitmusProgram;
import stillpoint.machine.litmus.LitmusReport;
import stillpoint.machine.litmus.LitmusRunner;
import stillpoint.machine.litmus.LitmusTest;

/** {@code stillpoint litmus}. */
@Command(
    name = "litmus",
    description = {
      "Run a litmus test of the herdtools suite over many seeds and count its final states.",
      "Exit: 0 when it has run; 1 when the final states break a forall or a ~exists; 2 for wrong"
          + " input. See docs/litmus.md."
    })
final class LitmusCommand implements Callable<Integer> {
  private static final int MOST_SEEDS = 100_000_000;
  private static final int MOST_CPUS = 256;

  @Parameters(paramLabel = "FILE", description = "A .litmus file for MIPS.")
  private String file;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Number of runs; ${DEFAULT-VALUE} if not given.")
  private int seeds;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "42",
      description = "The seed of the seeds; ${DEFAULT-VALUE} if not given.")
  private long seed;

  @Option(
      names = "--memory-order",
      paramLabel = "ORDER",
      defaultValue = "sc",
      description = "sc (the default), tso or pso.")
  private String memoryOrder;

  @Option(
      names = "--cpus",
      paramLabel = "N",
      description = "CPUs of the machine; as many as the test has threads if not given.")
  private Integer cpus;

  @Option(names = "--json", description = "Print one JSON document and nothing else.")
  private boolean json;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  private final Terminal terminal;

  LitmusCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (seeds < 1 || seeds > MOST_SEEDS) {
      throw new UserError("--seeds " + seeds + " is not within 1 .. " + MOST_SEEDS);
    }
    MemoryOrder order = MemoryOrderOption.read(memoryOrder);
    LitmusProgram program = program();
    int machine = cpus == null ? program.test().threads().size() : requireCpus(program.test());
    long start = System.nanoTime();
    LitmusRunner.Histogram histogram = run(new LitmusRunner(program, order, machine, seed));
    double seconds = (System.nanoTime() - start) / 1e9;
    if (json) {
      terminal.out().println(document(program.test(), histogram, machine));
    } else {
      LitmusReport.lines(program.test(), histogram).forEach(terminal.out()::println);
      terminal
          .out()
          .println(String.format(Locale.ROOT, "Time %s %.2f", program.test().name(), seconds));
    }
    return violated(program.test().condition(), histogram) ? ExitCode.NOT_MET : ExitCode.OK;
  }

  private LitmusProgram program() {
    String text = new String(InputFile.read(file), StandardCharsets.UTF_8);
    try {
      return new LitmusProgram(LitmusParser.parse(text), true);
    } catch (LitmusError e) {
      throw new UserError(file + ":" + e.line() + ": " + e.getMessage());
    }
  }

  private int requireCpus(LitmusTest test) {
    int threads = test.threads().size();
    if (cpus < threads || cpus > MOST_CPUS) {
      throw new UserError(
          "--cpus %d is not within %d, the test's threads, .. %d"
              .formatted(cpus, threads, MOST_CPUS));
    }
    return cpus;
  }

  private LitmusRunner.Histogram run(LitmusRunner runner) {
    try {
      return runner.run(seeds);
    } catch (LitmusRunner.Stuck e) {
      throw new UserError(file + ": " + e.getMessage());
    }
  }

  /** That nothing was found for an exists is an answer; a state that must not be is a failure. */
  private static boolean violated(Condition condition, LitmusRunner.Histogram histogram) {
    return condition.kind() != Condition.Kind.EXISTS
        && !condition.validatedBy(histogram.runs(true), histogram.runs(false));
  }

  private String document(LitmusTest test, LitmusRunner.Histogram histogram, int machine) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
      long positive = histogram.runs(true);
      long negative = histogram.runs(false);
      Condition condition = test.condition();
      out.writeStartObject();
      out.writeStringField("test", test.name());
      out.writeStringField("memory_order", memoryOrder);
      out.writeNumberField("seed", seed);
      out.writeNumberField("seeds", seeds);
      out.writeNumberField("cpus", machine);
      out.writeStringField("condition", condition.toString());
      out.writeBooleanField("validated", condition.validatedBy(positive, negative));
      out.writeStringField("observation", LitmusReport.observation(positive, negative));
      out.writeNumberField("positive", positive);
      out.writeNumberField("negative", negative);
      out.writeArrayFieldStart("states");
      for (Map.Entry<List<Long>, Long> one : histogram.counts().entrySet()) {
        out.writeStartObject();
        out.writeNumberField("count", one.getValue());
        out.writeBooleanField("satisfies", histogram.satisfies(one.getKey()));
        out.writeObjectFieldStart("values");
        for (int i = 0; i < one.getKey().size(); i++) {
          out.writeNumberField(histogram.locations().get(i), one.getKey().get(i));
        }
        out.writeEndObject();
        out.writeEndObject();
      }
      out.writeEndArray();
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
