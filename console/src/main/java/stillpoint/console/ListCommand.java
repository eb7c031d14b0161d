package stillpoint.console;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code stillpoint list}. */
@Command(name = "list", description = "Name the scenarios, each with what it is about.")
final class ListCommand implements Callable<Integer> {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  private final Services services;
  private final Terminal terminal;

  ListCommand(Services services, Terminal terminal) {
    this.services = services;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    List<ScenarioFiles.Listed> all = new ScenarioFiles(services).list();
    int width = all.stream().mapToInt(listed -> listed.name().length()).max().orElse(0);
    for (ScenarioFiles.Listed listed : all) {
      String gap = " ".repeat(width - listed.name().length() + 2);
      terminal.out().println(terminal.bold(listed.name()) + gap + listed.about());
    }
    return ExitCode.OK;
  }
}
