package stillpoint.console;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import stillpoint.actors.cluster.ClusterExploration;
import stillpoint.actors.cluster.ClusterRuns;
import stillpoint.kernel.system.MachineSetup;
import stillpoint.machine.time.BrokenInvariant;

/** The options of an exploration over the nodes of a cluster, and what comes of them. */
final class ExploringNodes {
  private static final int MOST_NODES = 64;

  @Option(
      names = "--cluster",
      paramLabel = "HOST:PORT[,HOST:PORT...]",
      description = "Members of a cluster, whose nodes make the runs.")
  private String cluster;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      description = "How many nodes of the cluster (default: all that are there, or come).")
  private Integer nodes;

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      description = "How long to wait for the nodes (default: 60s).")
  private String wait;

  @Mixin private MemberOptions member = new MemberOptions();

  /** Refuses what cannot be; whether a cluster is to explore. */
  boolean wanted() {
    if (cluster == null) {
      String given = nodes != null ? "--nodes" : wait != null ? "--wait" : member.given();
      if (given != null) {
        throw new UserError(
            given + " is for explorations on a cluster; add --cluster HOST:PORT, or leave it out");
      }
      return false;
    }
    Endpoint.members("--cluster", cluster);
    waitMillis();
    if (nodes != null && (nodes < 1 || nodes > MOST_NODES)) {
      throw new UserError("--nodes " + nodes + " is out of range; give 1 .. " + MOST_NODES);
    }
    return true;
  }

  private long waitMillis() {
    return Durations.millis("--wait", wait == null ? "60s" : wait);
  }

  /**
   * Waits until the nodes are there.
   *
   * @param threads on each; 0 for one a core
   * @param notes gets lines for people
   * @throws stillpoint.actors.cluster.LostRun if they are not there in time, or do something else
   */
  Explorer explorer(MachineSetup setup, Variations.How how, int threads, Consumer<String> notes) {
    List<InetSocketAddress> members = Endpoint.members("--cluster", cluster);
    ClusterRuns runs = member.member(members, 0, waitMillis(), notes);
    try {
      ClusterExploration exploration =
          runs.explore(
              new ClusterRuns.ExploreRequest(
                  nodes == null ? 0 : nodes,
                  threads,
                  waitMillis(),
                  setup.board().cpuCount(),
                  VariationsOnNode.pack(setup, how)),
              notes);
      return new OnNodes(runs, exploration, threads);
    } catch (RuntimeException refused) {
      runs.leave();
      throw refused;
    }
  }

  private record OnNodes(ClusterRuns runs, ClusterExploration exploration, int threads)
      implements Explorer {
    @Override
    public String where() {
      return Words.plural(exploration.nodes().size(), "node")
          + " of "
          + (threads == 0 ? "one thread a core" : Words.plural(threads, "thread"));
    }

    @Override
    public void run(Wanted wanted, Sink sink) {
      exploration.run(
          wanted.runs(),
          wanted.done(),
          wanted.stop(),
          wanted.enough(),
          bytes -> sink.accept(parse(bytes)));
    }

    private static ExploredRun parse(byte[] bytes) {
      try {
        return ExploredRun.parse(new String(bytes, StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new BrokenInvariant("a node of this build wrote no result: " + e.getMessage(), e);
      }
    }

    @Override
    public void close() {
      exploration.close();
      runs.leave();
    }
  }
}
