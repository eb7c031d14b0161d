package stillpoint.console;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A file that a command makes. It appears whole or not at all. */
final class OutputFile {
  private final String option;
  private final Path file;

  private OutputFile(String option, Path file) {
    this.option = option;
    this.file = file;
  }

  /** Refuses, before anything is done, what cannot be written; {@code option} names it. */
  static OutputFile at(String option, String named) {
    Path file;
    try {
      file = Path.of(named).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new UserError(option + " " + named + " is not a file name");
    }
    if (Files.isDirectory(file)) {
      throw new UserError(option + " " + named + " is a folder; name a file");
    }
    Path folder = file.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new UserError(option + " " + named + " is in a folder that does not exist; make it");
    }
    if (!Files.isWritable(folder)) {
      throw new UserError(option + " " + named + " is in a folder that cannot be written");
    }
    return new OutputFile(option + " " + named, file);
  }

  /** The file itself, for what is too long to be kept until the end. */
  Path path() {
    return file;
  }

  void write(byte[] content) {
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        Files.write(file, content); // a device or a pipe is written to, never replaced
        return;
      }
      Path fresh = Files.createTempFile(file.getParent(), "." + file.getFileName(), null);
      try {
        Files.write(fresh, content);
        Files.move(
            fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(fresh);
      }
    } catch (IOException e) {
      throw new UserError(option + " cannot be written: " + e);
    }
  }
}
