package stillpoint.console;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Where an exploration keeps what it has: a line of JSON for each run, appended as it ends, behind a first line that says of
 * what; and the replay files. A line that was not finished when the process was killed is cut off.
 */
final class ResultsFolder implements AutoCloseable {
  static final String RESULTS = "results.jsonl";
  private static final int MOST_DEFAULT_FOLDERS = 10_000;

  private final Path folder;
  private final List<ExploredRun> before;
  private final BufferedWriter lines;

  private ResultsFolder(Path folder, List<ExploredRun> before, BufferedWriter lines) {
    this.folder = folder;
    this.before = before;
    this.lines = lines;
  }

  /** The folder that an option names, or the first free one below {@code explored/}. */
  static Path choose(String named, String scenario, boolean resume) {
    if (named != null) {
      try {
        return Path.of(named);
      } catch (InvalidPathException e) {
        throw new UserError("--out " + named + " is not the name of a folder");
      }
    }
    if (resume) {
      throw new UserError(
          "--resume needs the folder of the exploration to go on with; add --out DIR");
    }
    for (int i = 1; i <= MOST_DEFAULT_FOLDERS; i++) {
      Path folder = Path.of("explored", i == 1 ? scenario : scenario + "-" + i);
      if (!Files.exists(folder)) {
        return folder;
      }
    }
    throw new UserError("explored/ holds too many folders of " + scenario + "; add --out DIR");
  }

  /**
   * Begins a new file of results, or goes on with one.
   *
   * @param head the first line: equal heads are one exploration
   */
  static ResultsFolder open(Path folder, String head, boolean resume) {
    Path file = folder.resolve(RESULTS);
    try {
      boolean there = Files.exists(file);
      if (there && !resume) {
        throw new UserError(
            folder
                + " holds results of an exploration; add --resume to go on with it, or name another"
                + " folder");
      }
      if (!there && resume) {
        throw new UserError(
            folder + " holds no results to go on with; leave --resume out to begin");
      }
      Files.createDirectories(folder);
      List<ExploredRun> before = there ? read(file, head) : List.of();
      BufferedWriter lines =
          Files.newBufferedWriter(
              file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      if (!there) {
        lines.write(head + "\n");
        lines.flush();
      }
      return new ResultsFolder(folder, before, lines);
    } catch (IOException e) {
      throw new UserError("--out " + folder + " cannot be used: " + e);
    }
  }

  private static List<ExploredRun> read(Path file, String head) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int whole = bytes.length;
    while (whole > 0 && bytes[whole - 1] != '\n') {
      whole--;
    }
    List<String> all = new String(bytes, 0, whole, StandardCharsets.UTF_8).lines().toList();
    if (all.isEmpty() || !all.getFirst().equals(head)) {
      throw new UserError(
          file
              + " is of another exploration (scenario, strategy, depth, reach or version); repeat"
              + " its options, or name another folder");
    }
    List<ExploredRun> runs = new ArrayList<>();
    for (int i = 1; i < all.size(); i++) {
      try {
        runs.add(ExploredRun.parse(all.get(i)));
      } catch (IOException e) {
        throw new UserError(
            file + ": line " + (i + 1) + " is no result; take that line out, or begin anew");
      }
    }
    if (whole < bytes.length) {
      try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
        channel.truncate(whole);
      }
    }
    return runs;
  }

  /** Runs of earlier sessions. */
  List<ExploredRun> before() {
    return before;
  }

  Path folder() {
    return folder;
  }

  /** Appends a run; it is in the file when this returns. */
  void append(ExploredRun run) {
    try {
      lines.write(run.line() + "\n");
      lines.flush();
    } catch (IOException e) {
      throw new UserError("results cannot be written to " + folder + ": " + e);
    }
  }

  /** Writes a replay file and says where it is. */
  Path write(String name, byte[] content) {
    Path file = folder.resolve(name);
    OutputFile.at("--out", file.toString()).write(content);
    return file;
  }

  @Override
  public void close() {
    try {
      lines.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
