package stillpoint.console;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import stillpoint.actors.cluster.ClusterRuns;
import stillpoint.machine.time.Placement;

/** {@code stillpoint node}. */
@Command(
    name = "node",
    description = "Join a cluster, and carry parts of the machines that are run there.")
final class NodeCommand implements Callable<Integer> {
  @Option(
      names = "--join",
      paramLabel = "HOST:PORT[,HOST:PORT...]",
      required = true,
      description =
          "Members of the cluster. The node whose own address comes first founds it, if no other"
              + " answers.")
  private String join;

  @Mixin private MemberOptions member;

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      description = "How long to wait for a member's answer (default: 60s).")
  private String wait = "60s";

  @Option(
      names = "--capacity",
      paramLabel = "CPUS",
      description =
          "Most CPUs that it carries, and its share of a machine is in proportion to it (default:"
              + " any number).")
  private int capacity = Placement.Node.UNLIMITED;

  @Option(names = "--until-stdin-closes", hidden = true)
  private boolean untilStdinCloses;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  private final Terminal terminal;

  NodeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    List<InetSocketAddress> members = Endpoint.members("--join", join);
    if (capacity < 1) {
      throw new UserError("--capacity " + capacity + " is out of range; give 1 or more");
    }
    ClusterRuns runs =
        member.member(
            members,
            capacity,
            Durations.millis("--wait", wait),
            note -> terminal.err().println("note: " + note));
    terminal.out().println(LocalNodes.listeningLine(runs.host(), runs.port()));
    terminal.out().flush();
    if (untilStdinCloses) {
      Thread watch = new Thread(() -> obey(runs), "parent");
      watch.setDaemon(true);
      watch.start();
    }
    runs.awaitEnd();
    terminal.err().println("stillpoint: this node has left the cluster");
    return ExitCode.LOST_NODE;
  }

  /** Whoever started this node holds the other end of the pipe, and says what a fault of hosts does to it. */
  private static void obey(ClusterRuns runs) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        switch (line) {
          case LocalNodes.CUT_OFF -> runs.cutOff();
          case LocalNodes.HEAL -> runs.heal();
          default -> throw new IllegalStateException("a node was told '" + line + "'");
        }
      }
    } catch (IOException e) {
      // closed
    }
    Runtime.getRuntime().halt(0);
  }
}
