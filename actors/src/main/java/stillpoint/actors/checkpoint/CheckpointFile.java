package stillpoint.actors.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * One file of a checkpoint as its manifest lists it.
 *
 * @param name in the checkpoint's folder; never a path
 * @param bytes its size
 * @param sha256 of its content
 */
record CheckpointFile(String name, long bytes, String sha256) {
  private static final Pattern PLAIN = Pattern.compile("[a-z][a-z0-9-]*(\\.[a-z]+)+");

  CheckpointFile {
    if (!PLAIN.matcher(name).matches() || bytes < 0 || bytes > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException("it lists " + name + " of " + bytes + " bytes");
    }
  }

  /**
   * Writes a file so that it is there whole, or not at all, after a crash as well. Two may write the
   * same file at the same time.
   */
  static CheckpointFile write(Path folder, String name, byte[] content) {
    Path file = folder.resolve(name);
    String own = Long.toHexString(ThreadLocalRandom.current().nextLong());
    Path unfinished = folder.resolve(name + "." + own + ".tmp");
    try {
      try (FileChannel channel =
          FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        ByteBuffer rest = ByteBuffer.wrap(content);
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
        channel.force(true);
      }
      Files.move(
          unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException failure) {
      throw new CheckpointError(
          "checkpoint file %s cannot be written: %s; give --checkpoint-dir a place with room"
              .formatted(file, reason(failure)),
          failure);
    }
    return new CheckpointFile(name, content.length, Sha256.of(content));
  }

  /** Makes the names in a folder last. */
  static void force(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException failure) {
      throw new CheckpointError(
          "folder %s cannot be written: %s; give --checkpoint-dir another place"
              .formatted(folder, reason(failure)),
          failure);
    }
  }

  /** Reads the file, which must be what the manifest says. */
  byte[] read(Path folder) {
    Path file = folder.resolve(name);
    byte[] content;
    try {
      if (Files.size(file) != bytes) {
        throw altered(file.toString());
      }
      content = Files.readAllBytes(file);
    } catch (NoSuchFileException missing) {
      throw new CheckpointError(
          "%s is missing; bring it back, or delete %s to go on from the checkpoint before"
              .formatted(file, folder));
    } catch (IOException failure) {
      throw new CheckpointError(
          "%s cannot be read: %s; check its permissions".formatted(file, reason(failure)), failure);
    }
    if (!Sha256.of(content).equals(sha256)) {
      throw altered(file.toString());
    }
    return content;
  }

  static CheckpointError altered(String file) {
    return new CheckpointError(
        "%s is not as it was written; bring it back, or delete its folder to go on from the checkpoint before"
            .formatted(file));
  }

  static String reason(IOException failure) {
    return failure.getMessage() == null || failure.getMessage().startsWith("/")
        ? failure.getClass().getSimpleName()
        : failure.getMessage();
  }
}
