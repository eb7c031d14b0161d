package stillpoint.console;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import stillpoint.actors.checkpoint.CheckpointFolder;
import stillpoint.clusterconfig.Scenario;
import stillpoint.kernel.fault.Fault;
import stillpoint.kernel.fault.FaultText;
import stillpoint.kernel.report.RunReport;
import stillpoint.machine.board.Board;

/**
 * Does to the JVM processes of a run what its scenario's host faults say, once the run's checkpoints have come to their
 * times. They change no result: what they show is that. Which moment of the run they meet is the host's affair.
 */
final class HostFaults {
  private static final long LOOK_EVERY_MILLIS = 5;
  private static final int LEAST_FOR_PARTITION = 3;

  private final Scenario scenario;
  private final Checkpoints checkpoints;
  private final List<Fault.OfHost> all;

  /** By number of a fault: virtual time at which it was seen that the run had come to it. */
  private final TreeMap<Integer, Long> struck = new TreeMap<>();

  /** None in a run that goes on from a checkpoint, for they may have struck before it. */
  HostFaults(Scenario scenario, Checkpoints checkpoints) {
    this.scenario = scenario;
    this.checkpoints = checkpoints;
    this.all = checkpoints.from().isPresent() ? List.of() : scenario.hostFaults();
  }

  /**
   * Refuses faults that cannot act on this run.
   *
   * @param nodes JVM processes that the run starts, itself among them; 0 if it starts none
   */
  static void refuseWhatCannotAct(Scenario scenario, int nodes, Checkpoints checkpoints) {
    for (Fault.OfHost fault : scenario.hostFaults()) {
      String name = "fault " + fault.number() + " (" + fault.kind().text() + ") ";
      if (nodes < 2) {
        throw new UserError(
            name
                + "hurts nodes that the run itself has started; add --nodes 2 or more, or leave it"
                + " out");
      }
      if (checkpoints.written().isEmpty()) {
        throw new UserError(
            name
                + "needs checkpoints to recover from; add --checkpoint-every and --checkpoint-dir,"
                + " or leave it out");
      }
      int node =
          switch (fault) {
            case Fault.NodeKill kill -> kill.node();
            case Fault.NodePause pause -> pause.node();
            case Fault.ActorCrash _ -> 1;
            case Fault.Partition partition -> partition.node();
          };
      if (fault instanceof Fault.Partition && nodes < LEAST_FOR_PARTITION) {
        throw new UserError(
            name
                + "leaves no majority of "
                + nodes
                + " nodes; add --nodes "
                + LEAST_FOR_PARTITION
                + " or more, or leave it out");
      }
      if (node == 0 || node >= nodes) {
        throw new UserError(
            name
                + "names node "
                + node
                + (node == 0 ? ", this program itself" : " of " + nodes)
                + "; name one of 1 .. "
                + (nodes - 1));
      }
    }
  }

  /** Those that the nodes do to themselves. */
  List<Fault.ActorCrash> crashes() {
    return all.stream()
        .filter(Fault.ActorCrash.class::isInstance)
        .map(Fault.ActorCrash.class::cast)
        .toList();
  }

  /** With which the nodes must be started. */
  List<String> javaOptions() {
    return all.stream().anyMatch(Fault.Partition.class::isInstance)
        ? List.of("-Dakka.remote.artery.advanced.test-mode=on")
        : List.of();
  }

  /** A line that the run said: a node tells of the actor that failed. */
  void said(String line) {
    for (Fault.ActorCrash crash : crashes()) {
      if (line.contains(CrashingMachine.textOf(crash))) {
        synchronized (struck) {
          struck.put(crash.number(), crash.atNanos());
        }
      }
    }
  }

  /** Begins to watch a run on these JVM processes. */
  Watch watch(List<Process> children, Consumer<String> notes) {
    return new Watch(children, notes);
  }

  /** A run being watched, until it is closed; nobody is left paused then. Closing throws what the watching has thrown. */
  final class Watch implements AutoCloseable {
    private final List<Process> children;
    private final Consumer<String> notes;
    private final List<Fault.OfHost> waiting = new ArrayList<>(all);
    private final Thread thread = new Thread(this::watch, "host-faults");
    private volatile boolean over;

    /** Why nothing more can strike, or null. */
    private volatile RuntimeException failure;

    private Watch(List<Process> children, Consumer<String> notes) {
      this.children = children;
      this.notes = notes;
      waiting.removeIf(Fault.ActorCrash.class::isInstance);
      waiting.sort(Comparator.comparingLong(Fault.OfHost::atNanos));
      thread.setDaemon(true);
      thread.start();
    }

    private void watch() {
      Board board = scenario.setup().board();
      try {
        while (!over && !waiting.isEmpty()) {
          Path folder = checkpoints.written().orElseThrow().folder();
          OptionalLong newest = CheckpointFolder.newestCycle(folder);
          long reached = newest.isPresent() ? board.nanosAt(newest.getAsLong()) : -1;
          if (reached >= waiting.getFirst().atNanos()) {
            strike(waiting.removeFirst(), reached);
          } else {
            Thread.sleep(LOOK_EVERY_MILLIS);
          }
        }
      } catch (InterruptedException e) {
        // the run is over
      } catch (RuntimeException thrown) {
        failure = thrown;
      }
    }

    private void strike(Fault.OfHost fault, long reachedNanos) throws InterruptedException {
      synchronized (struck) {
        struck.put(fault.number(), reachedNanos);
      }
      switch (fault) {
        case Fault.NodeKill kill -> {
          say(fault, "kills node " + kill.node(), reachedNanos);
          children.get(kill.node() - 1).destroyForcibly();
        }
        case Fault.NodePause pause -> {
          say(fault, "pauses node " + pause.node(), reachedNanos);
          Process child = children.get(pause.node() - 1);
          signal(child, "STOP");
          try {
            TimeUnit.NANOSECONDS.sleep(pause.hostNanos());
          } finally {
            signal(child, "CONT");
          }
        }
        case Fault.Partition partition -> {
          say(fault, "cuts node " + partition.node() + " off", reachedNanos);
          cutOff(partition, children.get(partition.node() - 1));
        }
        case Fault.ActorCrash _ -> throw new IllegalStateException(fault + " is a node's own");
      }
    }

    /** Until its time is over, or the node has been given up and has ended itself. */
    private void cutOff(Fault.Partition fault, Process child) throws InterruptedException {
      tell(child, LocalNodes.CUT_OFF);
      boolean ended = false;
      try {
        ended = child.waitFor(fault.hostNanos(), TimeUnit.NANOSECONDS);
      } finally {
        if (!ended) {
          tell(child, LocalNodes.HEAL);
        }
      }
      String name = "fault %d: node %d ".formatted(fault.number(), fault.node());
      notes.accept(
          ended
              ? name + "was cut off and has ended itself, exit " + child.exitValue()
              : name + "is cut off no longer");
    }

    private void tell(Process child, String line) {
      try {
        child.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        child.getOutputStream().flush();
      } catch (IOException ended) {
        // its process, and so is whatever should be done to it
      }
    }

    private void say(Fault.OfHost fault, String what, long reachedNanos) {
      notes.accept("fault %d %s at %s".formatted(fault.number(), what, Words.time(reachedNanos)));
    }

    private void signal(Process child, String name) throws InterruptedException {
      if (!child.isAlive()) {
        return;
      }
      try {
        int exit =
            new ProcessBuilder("kill", "-" + name, Long.toString(child.pid())).start().waitFor();
        if (exit != 0 && child.isAlive()) {
          notes.accept("kill -" + name + " " + child.pid() + " failed with " + exit);
        }
      } catch (IOException e) {
        notes.accept("there is no program 'kill' here to pause a node with: " + e.getMessage());
      }
    }

    @Override
    public void close() {
      over = true;
      thread.interrupt();
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (failure != null) {
        throw failure;
      }
    }
  }

  /** The run's report with what became of these faults. */
  Finished toldIn(Finished finished) {
    if (scenario.hostFaults().isEmpty()) {
      return finished;
    }
    synchronized (struck) {
      Stream<RunReport.Fault> own = scenario.hostFaults().stream().map(this::told);
      List<RunReport.Fault> all =
          Stream.concat(finished.report().faults().stream(), own)
              .sorted(Comparator.comparingInt(RunReport.Fault::number))
              .toList();
      return finished.withFaults(all);
    }
  }

  private static String struckPart(Fault.OfHost fault) {
    return switch (fault) {
      case Fault.NodeKill _, Fault.NodePause _ -> "JVM process";
      case Fault.Partition _ -> "network";
      case Fault.ActorCrash _ -> "actor";
    };
  }

  private RunReport.Fault told(Fault.OfHost fault) {
    Long at = struck.get(fault.number());
    String victim =
        switch (fault) {
          case Fault.NodeKill kill -> "node " + kill.node();
          case Fault.NodePause pause -> "node " + pause.node();
          case Fault.Partition partition -> "node " + partition.node();
          case Fault.ActorCrash crash -> "cpu" + crash.cpu();
        };
    List<RunReport.FaultStrike> strikes =
        at == null
            ? List.of()
            : List.of(
                new RunReport.FaultStrike(
                    victim,
                    fault instanceof Fault.ActorCrash crash ? crash.cpu() : -1,
                    struckPart(fault),
                    at,
                    at,
                    1));
    String text = FaultText.of(fault, scenario.setup().board().cpuCount());
    return new RunReport.Fault(fault.number(), fault.kind().text(), text, strikes.size(), strikes);
  }
}
