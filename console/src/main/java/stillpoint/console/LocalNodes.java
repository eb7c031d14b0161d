package stillpoint.console;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntConsumer;

/**
 * JVM processes on this host, each a node. They end when this program does, however it does: each
 * reads a pipe whose other end is held here, and ends itself when that is closed.
 */
final class LocalNodes implements AutoCloseable {
  private static final String LISTENING = "listening ";

  /** What a node is told on its standard input: all that passes between it and others is dropped, or is no longer. */
  static final String CUT_OFF = "cut off";

  static final String HEAL = "heal";

  private final List<Process> processes = new CopyOnWriteArrayList<>();
  private final Thread hook = new Thread(this::kill, "end-local-nodes");
  private volatile boolean closing;

  private LocalNodes() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Starts {@code count} nodes that join the cluster at a port of this host.
   *
   * @param javaOptions besides this program's own
   * @param ended is told the port of a node that ended before it was asked to
   */
  static LocalNodes start(int count, int port, List<String> javaOptions, IntConsumer ended) {
    LocalNodes nodes = new LocalNodes();
    for (int i = 0; i < count; i++) {
      nodes.add(port, javaOptions, ended);
    }
    return nodes;
  }

  private void add(int port, List<String> javaOptions, IntConsumer ended) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (!argument.startsWith("-agentlib") && !argument.startsWith("-javaagent")) {
        command.add(argument);
      }
    }
    command.addAll(javaOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("node", "--join", "127.0.0.1:" + port, "--bind", "127.0.0.1:0"));
    command.add("--until-stdin-closes");
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      processes.add(process);
      Thread watch = new Thread(() -> watch(process, ended), "node-" + process.pid());
      watch.setDaemon(true);
      watch.start();
    } catch (IOException e) {
      throw new UserError("a node cannot be started: " + e.getMessage());
    }
  }

  private void watch(Process process, IntConsumer ended) {
    int port = 0;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(LISTENING)) {
          port = Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
        }
      }
    } catch (IOException e) {
      // its end closes the pipe too
    }
    process.onExit().join();
    if (!closing && port > 0) {
      ended.accept(port);
    }
  }

  /** What a node prints on stdout once it is bound: its watcher reads it. */
  static String listeningLine(String host, int port) {
    return LISTENING + host + ":" + port;
  }

  List<Process> processes() {
    return List.copyOf(processes);
  }

  private void kill() {
    closing = true;
    processes.forEach(Process::destroyForcibly);
  }

  @Override
  public void close() {
    kill();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the program ends already, and the hook does the same
    }
  }
}
