package stillpoint.console;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;
import stillpoint.actors.checkpoint.CheckpointError;
import stillpoint.actors.cluster.LostRun;
import stillpoint.actors.cluster.RefusedNode;
import stillpoint.clusterconfig.ScenarioError;
import stillpoint.clusterconfig.SettingsError;

/** The command line. Whatever goes wrong comes out as one line and an exit code. */
@Command(
    name = "stillpoint",
    description = "Simulate MIPS multiprocessors, and be told why they lock up.",
    versionProvider = Versions.class,
    subcommandsRepeatable = false)
public final class Stillpoint implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the versions.")
  private boolean version;

  private Stillpoint() {}

  /** Runs one command line and returns the process's exit code. */
  static int run(Services services, Terminal terminal, String... arguments) {
    CommandLine commandLine =
        new CommandLine(new Stillpoint())
            .addSubcommand(new DemoCommand(services, terminal))
            .addSubcommand(new RunCommand(services, terminal))
            .addSubcommand(new ExploreCommand(services, terminal))
            .addSubcommand(new ReplayCommand(services, terminal))
            .addSubcommand(new NodeCommand(terminal))
            .addSubcommand(new ListCommand(services, terminal))
            .addSubcommand(new ExecCommand(terminal))
            .addSubcommand(new LitmusCommand(terminal))
            .addSubcommand(new AsmCommand(terminal))
            .addSubcommand(new DisasmCommand(terminal))
            .addSubcommand(new BenchCommand(services, terminal))
            .addSubcommand(new VersionCommand(terminal))
            .addSubcommand(new HelpCommand())
            .setOut(terminal.out())
            .setErr(terminal.err())
            .setColorScheme(
                CommandLine.Help.defaultColorScheme(terminal.colour() ? Ansi.ON : Ansi.OFF))
            .setParameterExceptionHandler((e, _) -> refuse(terminal, e))
            .setExecutionExceptionHandler((e, _, _) -> fail(terminal, e));
    try {
      return commandLine.execute(arguments);
    } finally {
      terminal.out().flush();
      terminal.err().flush();
    }
  }

  /** No command at all. */
  @Override
  public Integer call() {
    CommandLine commandLine = spec.commandLine();
    throw new ParameterException(commandLine, "no command given; " + commandsOf(commandLine));
  }

  private static int refuse(Terminal terminal, ParameterException e) {
    CommandLine commandLine = e.getCommandLine();
    boolean atRoot = commandLine.getParent() == null;
    String first = e.getMessage().lines().findFirst().orElse("wrong arguments");
    String line;
    if (e instanceof UnmatchedArgumentException unmatched && !unmatched.getUnmatched().isEmpty()) {
      String argument = unmatched.getUnmatched().getFirst();
      boolean option = argument.startsWith("-");
      line =
          (option ? "unknown option '" : atRoot ? "unknown command '" : "unexpected argument '")
              + argument
              + "'; "
              + (atRoot ? commandsOf(commandLine) : helpOf(commandLine));
    } else if (e instanceof MissingParameterException) {
      line = first + "; " + helpOf(commandLine);
    } else {
      line = atRoot || first.contains("; ") ? first : first + "; " + helpOf(commandLine);
    }
    terminal.err().println("stillpoint: " + line);
    return ExitCode.USER_ERROR;
  }

  private static int fail(Terminal terminal, Exception e) {
    terminal.out().flush();
    return switch (e) {
      case ScenarioError error -> {
        terminal.err().println("stillpoint: " + error.getMessage());
        yield ExitCode.USER_ERROR;
      }
      case SettingsError error -> {
        terminal.err().println("stillpoint: " + error.getMessage());
        yield ExitCode.USER_ERROR;
      }
      case RefusedNode refused -> {
        terminal.err().println("stillpoint: " + refused.getMessage());
        yield ExitCode.USER_ERROR;
      }
      case CheckpointError error -> {
        terminal.err().println("stillpoint: " + error.getMessage());
        yield ExitCode.USER_ERROR;
      }
      case UserError error -> {
        terminal.err().println("stillpoint: " + error.getMessage());
        yield ExitCode.USER_ERROR;
      }
      case LostRun lost -> {
        terminal.err().println("stillpoint: " + lost.getMessage());
        yield ExitCode.LOST_NODE;
      }
      case SimulatorBroke broke -> {
        terminal.err().println("stillpoint: broken invariant: " + broke.getMessage());
        terminal.err().println("replay: " + broke.replay());
        yield ExitCode.BROKEN_INVARIANT;
      }
      default -> {
        StackTraceElement[] trace = e.getStackTrace();
        String place = trace.length == 0 ? "" : " at " + trace[0];
        terminal.err().println("stillpoint: broken invariant: unexpected " + e + place);
        yield ExitCode.BROKEN_INVARIANT;
      }
    };
  }

  private static String commandsOf(CommandLine commandLine) {
    List<String> names = new ArrayList<>(commandLine.getSubcommands().keySet());
    return "there are: " + String.join(", ", names);
  }

  private static String helpOf(CommandLine commandLine) {
    return commandLine.getParent() == null
        ? "see './stillpoint help'"
        : "see './stillpoint help " + commandLine.getCommandName() + "'";
  }
}
