package stillpoint.console;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import stillpoint.clusterconfig.Scenario;
import stillpoint.kernel.report.RunReport;

/** {@code --report DIR}: a run as files. The folder appears whole or not at all. */
final class ReportFolder {
  private static final String REPORT = "report.json";
  private static final String BROKEN = "broken-invariant.txt";

  /** What a report may hold. A folder with anything else is somebody's, and is left alone. */
  private static final Set<String> OWN =
      Set.of(REPORT, "console.log", "trace.txt", "effective.conf", "stacks.txt", BROKEN);

  private final Path folder;

  private ReportFolder(Path folder) {
    this.folder = folder;
  }

  /** Refuses, before anything runs, a folder that holds something else or cannot be written. */
  static ReportFolder at(Path folder) {
    Path absolute = folder.toAbsolutePath().normalize();
    if (absolute.getParent() == null || Files.exists(absolute) && !Files.isDirectory(absolute)) {
      throw new UserError("--report " + folder + " is not a folder; name a new one");
    }
    if (Files.isDirectory(absolute)) {
      try (Stream<Path> content = Files.list(absolute)) {
        if (!content.allMatch(file -> OWN.contains(file.getFileName().toString()))) {
          throw new UserError(
              "--report " + folder + " holds files that are no report; name a new or empty folder");
        }
      } catch (IOException e) {
        throw new UserError("--report " + folder + " cannot be read: " + e.getMessage());
      }
    }
    ReportFolder report = new ReportFolder(absolute);
    try {
      Files.delete(report.makeFresh());
    } catch (IOException e) {
      throw report.cannotBeWritten();
    }
    return report;
  }

  /** A new folder beside the report's place, to be filled and then moved there. */
  private Path makeFresh() throws IOException {
    Files.createDirectories(folder.getParent());
    String name = "." + folder.getFileName() + "." + ProcessHandle.current().pid();
    return Files.createDirectory(folder.resolveSibling(name));
  }

  private UserError cannotBeWritten() {
    return new UserError(
        "--report " + folder + " cannot be written; name a folder where you may create files");
  }

  void write(Scenario scenario, Finished finished, Judgement judgement) {
    RunReport report = finished.report();
    Map<String, List<String>> files = new LinkedHashMap<>();
    files.put(REPORT, List.of(ReportJson.of(scenario, finished, judgement)));
    files.put("console.log", report.console());
    files.put("trace.txt", report.trace());
    files.put("effective.conf", scenario.effective().lines().toList());
    files.put("stacks.txt", Explanation.stacks(report.cpus()));
    replaceBy(files);
  }

  /** What is left of a run that the simulator itself ended. */
  void writeBroken(Scenario scenario, SimulatorBroke broke) {
    Map<String, List<String>> files = new LinkedHashMap<>();
    files.put(BROKEN, List.of(broke.replay(), broke.trace()));
    files.put("effective.conf", scenario.effective().lines().toList());
    replaceBy(files);
  }

  private void replaceBy(Map<String, List<String>> files) {
    try {
      Path fresh = makeFresh();
      try {
        for (Map.Entry<String, List<String>> file : files.entrySet()) {
          Files.write(fresh.resolve(file.getKey()), file.getValue());
        }
        deleteAll(folder);
        Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        deleteAll(fresh);
      }
    } catch (IOException e) {
      throw cannotBeWritten();
    }
  }

  private static void deleteAll(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    List<Path> inner;
    try (Stream<Path> all = Files.walk(root)) {
      inner = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : inner) {
      Files.delete(path);
    }
  }
}
