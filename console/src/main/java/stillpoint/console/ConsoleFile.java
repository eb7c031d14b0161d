package stillpoint.console;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** {@code --console FILE}: the guest's whole console. The file appears whole or not at all. */
final class ConsoleFile {
  private final Path named;
  private final Path file;

  private ConsoleFile(Path named) {
    this.named = named;
    this.file = named.toAbsolutePath().normalize();
  }

  /** Refuses, before anything runs, what cannot be written. */
  static ConsoleFile at(Path named) {
    ConsoleFile console = new ConsoleFile(named);
    if (Files.isDirectory(console.file)) {
      throw new UserError("--console " + named + " is a folder; name a file");
    }
    Path folder = console.file.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new UserError("--console " + named + " is in a folder that does not exist; make it");
    }
    if (!Files.isWritable(folder)) {
      throw new UserError("--console " + named + " is in a folder that cannot be written");
    }
    return console;
  }

  void write(List<String> lines) {
    try {
      Path fresh = Files.createTempFile(file.getParent(), "." + file.getFileName(), null);
      try {
        Files.write(fresh, lines);
        Files.move(
            fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(fresh);
      }
    } catch (IOException e) {
      throw new UserError("--console " + named + " cannot be written: " + e);
    }
  }
}
