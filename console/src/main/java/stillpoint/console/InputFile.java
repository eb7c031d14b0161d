package stillpoint.console;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** A file that the user named, read whole or refused in one line. */
final class InputFile {
  /** Guest programs and their sources are small; a file larger than this is a mistake. */
  private static final long MAX_BYTES = 1L << 28;

  private InputFile() {}

  static byte[] read(String named) {
    Path path;
    try {
      path = Path.of(named);
    } catch (InvalidPathException e) {
      throw new UserError("'" + named + "' is not a file name");
    }
    if (!Files.exists(path)) {
      throw new UserError(named + ": no such file");
    }
    if (!Files.isRegularFile(path)) {
      throw new UserError(named + ": is not a file");
    }
    try {
      if (Files.size(path) > MAX_BYTES) {
        throw new UserError(named + ": has more than " + MAX_BYTES + " bytes");
      }
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new UserError(named + ": cannot be read: " + e.getMessage());
    }
  }
}
