package stillpoint.console;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code stillpoint version}. */
@Command(name = "version", description = "Show the versions of Stillpoint, Java and Akka.")
final class VersionCommand implements Callable<Integer> {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  private final Terminal terminal;

  VersionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    for (String line : new Versions().getVersion()) {
      terminal.out().println(line);
    }
    return ExitCode.OK;
  }
}
