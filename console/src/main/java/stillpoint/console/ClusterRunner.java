package stillpoint.console;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import stillpoint.actors.checkpoint.CheckpointFolder;
import stillpoint.actors.cluster.ClusterRuns;
import stillpoint.kernel.fault.Fault;
import stillpoint.kernel.system.EmulatedMachine;
import stillpoint.kernel.system.MachineSetup;
import stillpoint.machine.elf.ElfFormatException;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Placement;

/** Runs machines on the nodes of a cluster. */
final class ClusterRunner implements Runner, AutoCloseable {
  /** Below so many windows a round, nodes hear of each other more often than they work. */
  private static final long FEW_WINDOWS_A_ROUND = 8;

  private final ClusterRuns runs;
  private final LocalNodes children;
  private final int nodes;
  private final long waitMillis;
  private final Consumer<String> notes;
  private List<Fault.ActorCrash> crashes = List.of();

  private ClusterRunner(
      ClusterRuns runs, LocalNodes children, int nodes, long waitMillis, Consumer<String> notes) {
    this.runs = runs;
    this.children = children;
    this.nodes = nodes;
    this.waitMillis = waitMillis;
    this.notes = notes;
  }

  /**
   * On JVM processes of this host, this one among them, that end when it is closed.
   *
   * @param notes gets lines for people
   */
  static ClusterRunner onThisHost(int nodes, long waitMillis, Consumer<String> notes) {
    return onThisHost(nodes, waitMillis, List.of(), notes);
  }

  /** {@code javaOptions}: for the other processes, besides this one's own. */
  static ClusterRunner onThisHost(
      int nodes, long waitMillis, List<String> javaOptions, Consumer<String> notes) {
    ClusterRuns runs =
        new MemberOptions().member(List.of(), Placement.Node.UNLIMITED, waitMillis, notes);
    LocalNodes children =
        LocalNodes.start(
            nodes - 1, runs.port(), javaOptions, port -> runs.isDead("127.0.0.1", port));
    return new ClusterRunner(runs, children, nodes, waitMillis, notes);
  }

  /**
   * On the nodes of a cluster that is there.
   *
   * @param nodes to wait for; 0 for all that are there
   */
  static ClusterRunner of(
      List<InetSocketAddress> members,
      MemberOptions options,
      int nodes,
      long waitMillis,
      Consumer<String> notes) {
    ClusterRuns runs = options.member(members, 0, waitMillis, notes);
    return new ClusterRunner(runs, null, nodes, waitMillis, notes);
  }

  /** The JVM processes that were started; empty if the cluster was there. */
  List<Process> children() {
    return children == null ? List.of() : children.processes();
  }

  /** Actors that fail, once a run. */
  void crash(List<Fault.ActorCrash> actors) {
    crashes = List.copyOf(actors);
  }

  @Override
  public Finished run(MachineSetup setup, Options options) {
    return run(setup, nodes, options.threads(), options.checkpoints());
  }

  /** On so many of the nodes, with so many threads each. */
  Finished run(MachineSetup setup, int nodeCount, int threads, Checkpoints checkpoints) {
    Optional<Path> folder = checkpoints.written().map(Checkpoints.Written::folder);
    String sign = folder.map(CheckpointFolder::sign).orElse("");
    try {
      byte[] workload = MachineWorkload.pack(setup, checkpoints, sign, crashes);
      return run(setup, nodeCount, threads, folder.isPresent(), workload);
    } finally {
      folder.ifPresent(signed -> CheckpointFolder.unsign(signed, sign));
    }
  }

  /**
   * On all nodes, and on one of them alone in lock-step with them.
   *
   * @param name of the nodes, for people
   * @throws stillpoint.machine.time.BrokenInvariant if they differ; says where first
   */
  Finished reconcile(MachineSetup setup, int threads, String name) {
    byte[] machine = MachineWorkload.pack(setup, Checkpoints.NONE, "", List.of());
    return run(setup, nodes, threads, false, Workloads.reconciled(machine, name));
  }

  private Finished run(
      MachineSetup setup, int nodeCount, int threads, boolean checkpoints, byte[] workload) {
    AtomicLong start = new AtomicLong();
    EmulatedMachine machine = assemble(setup);
    ClusterRuns.Result result =
        runs.run(
            new ClusterRuns.Request(
                nodeCount, threads, waitMillis, machine.places(), checkpoints, workload),
            new ClusterRuns.Watcher() {
              @Override
              public void said(String line) {
                notes.accept(line);
              }

              @Override
              public void started(List<ClusterRuns.Node> on) {
                // how long it took until they were there is no part of the run
                start.compareAndSet(0, System.nanoTime());
                describe(machine, on);
              }
            });
    long wallMs = (System.nanoTime() - start.get()) / 1_000_000;
    Finished finished = MachineWorkload.finished(result.bytes(), result.nodes(), wallMs);
    barriers(setup, finished);
    return finished;
  }

  /** Runs what is no machine. */
  byte[] run(byte[] workload, int places, int nodeCount, int threads) {
    return runs.run(
            new ClusterRuns.Request(nodeCount, threads, waitMillis, places, false, workload),
            new ClusterRuns.Watcher() {
              @Override
              public void said(String line) {
                notes.accept(line);
              }

              @Override
              public void started(List<ClusterRuns.Node> on) {
                // nobody asks where processes without a machine are
              }
            })
        .bytes();
  }

  /** Where everything is, and how far nodes may run apart. */
  private void describe(EmulatedMachine machine, List<ClusterRuns.Node> on) {
    Placement placement = Placement.of(machine, on.stream().map(ClusterRuns.Node::offer).toList());
    for (int node = 0; node < on.size(); node++) {
      var places = placement.placesOf(node);
      String what =
          places.from() == places.until()
              ? "no CPU"
              : "CPUs " + places.from() + "-" + (places.until() - 1);
      notes.accept(
          "node %d, %s: %s on %s"
              .formatted(
                  node,
                  on.get(node).name(),
                  what,
                  Words.plural(placement.shardsOf(node), "thread")
                      + atMost(on.get(node).offer().capacity())));
    }
    long local = machine.lookaheadCycles();
    long crossing = placement.crossingCycles();
    if (crossing == LogicalProcess.NEVER) {
      return;
    }
    notes.accept(
        "lookahead: %s within a node, %s between nodes"
            .formatted(Words.plural(local, "cycle"), Words.plural(crossing, "cycle")));
    if (crossing < FEW_WINDOWS_A_ROUND * local) {
      notes.accept(
          "this placement cuts links of "
              + Words.plural(crossing, "cycle")
              + ": nodes wait for each other that often, and fewer of them may be faster");
    }
  }

  private static String atMost(int capacity) {
    return capacity == Placement.Node.UNLIMITED ? "" : ", of " + capacity + " CPUs at most";
  }

  private void barriers(MachineSetup setup, Finished finished) {
    double seconds = finished.report().verdictAtNanos() / 1e9;
    if (finished.nodes() > 1 && seconds > 0) {
      notes.accept(
          "barriers a virtual second: %.0f within a node, %.0f between nodes"
              .formatted(finished.windows() / seconds, finished.rounds() / seconds));
    }
  }

  private static EmulatedMachine assemble(MachineSetup setup) {
    try {
      return new EmulatedMachine(setup);
    } catch (ElfFormatException e) {
      throw new UserError(e.getMessage());
    }
  }

  @Override
  public void close() {
    if (children == null) {
      runs.leave();
    } else {
      children.close();
      runs.close();
    }
  }
}
