package stillpoint.actors.checkpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import stillpoint.actors.snapshot.SnapshotStore;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.CutProgress;

/**
 * The folder of a run's checkpoints: {@code checkpoint-CYCLE} each, the newest two are kept. A
 * checkpoint counts from the moment its manifest is there, and that comes last. Several nodes may
 * put parts into one folder that they share.
 */
public final class CheckpointFolder implements SnapshotStore {
  static final String SCENARIO = "scenario.conf";
  static final String GUEST = "guest.elf";
  static final String JUDGE = "judge.cbor.gz";

  /** Files that begin so are no part of a checkpoint. */
  private static final String SIGN = ".run-";

  private static final Pattern NAME = Pattern.compile("checkpoint-(\\d{19})");
  private static final int KEPT = 2;

  private final Path folder;
  private final RunIdentity identity;
  private final int processes;

  /**
   * @param processes of the whole machine
   */
  public CheckpointFolder(Path folder, RunIdentity identity, int processes) {
    this.folder = folder;
    this.identity = identity;
    this.processes = processes;
  }

  /**
   * Makes the folder, before anything runs.
   *
   * @param goesOn whether the run goes on from a checkpoint in this very folder
   * @throws CheckpointError if it cannot be written, or holds something that is not this run's
   */
  public static void prepare(Path folder, boolean goesOn) {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new CheckpointError("--checkpoint-dir " + folder + " is not a folder; name a new one");
    }
    try {
      Files.createDirectories(folder);
      try (Stream<Path> content = Files.list(folder)) {
        for (Path path : content.toList()) {
          refuseForeign(folder, path, goesOn);
        }
      }
      Files.delete(Files.createTempFile(folder, SIGN, ".probe"));
    } catch (IOException failure) {
      throw new CheckpointError(
          "--checkpoint-dir %s cannot be written (%s); name a folder where you may create files"
              .formatted(folder, CheckpointFile.reason(failure)),
          failure);
    }
  }

  /**
   * Leaves a sign in the folder, by which other nodes know it; makes the folder if it is not there.
   *
   * @return the sign, for {@link #requireShared} and {@link #unsign}
   */
  public static String sign(Path folder) {
    try {
      Files.createDirectories(folder);
      return Files.createTempFile(folder, SIGN, "").getFileName().toString();
    } catch (IOException failure) {
      throw new CheckpointError(
          "--checkpoint-dir %s cannot be written (%s); name a folder where you may create files"
              .formatted(folder, CheckpointFile.reason(failure)),
          failure);
    }
  }

  /** Takes the sign away. */
  public static void unsign(Path folder, String sign) {
    try {
      Files.deleteIfExists(folder.resolve(sign));
    } catch (IOException failure) {
      throw new CheckpointError(
          "%s cannot be deleted: %s; check its permissions"
              .formatted(folder.resolve(sign), CheckpointFile.reason(failure)),
          failure);
    }
  }

  /**
   * On a node, before anything runs: after a loss every node must read what the others wrote.
   *
   * @throws CheckpointError if this is not the folder that was signed, or cannot be written here
   */
  public static void requireShared(Path folder, String sign) {
    if (!Files.exists(folder.resolve(sign))) {
      throw new CheckpointError(
          "--checkpoint-dir %s is %s; it must be one folder for all nodes, at the same path, as on NFS or another shared volume"
              .formatted(
                  folder,
                  Files.isDirectory(folder)
                      ? "another folder here than where the run was asked for"
                      : "not there on this host"));
    }
    try {
      Files.delete(Files.createTempFile(folder, SIGN, ".probe"));
    } catch (IOException failure) {
      throw new CheckpointError(
          "--checkpoint-dir %s cannot be written here (%s); let this node's user create files there"
              .formatted(folder, CheckpointFile.reason(failure)),
          failure);
    }
  }

  private static void refuseForeign(Path folder, Path path, boolean goesOn) {
    if (path.getFileName().toString().startsWith(SIGN)) {
      return; // of a run that was killed
    }
    if (cycleOf(path).isEmpty()) {
      throw new CheckpointError(
          "--checkpoint-dir %s holds %s, which is no checkpoint; name a new or empty folder"
              .formatted(folder, path.getFileName()));
    }
    if (!goesOn) {
      throw new CheckpointError(
          "--checkpoint-dir %s holds checkpoints of an earlier run; go on from them with --restore %s, or name a new folder"
              .formatted(folder, folder));
    }
  }

  @Override
  public Part put(CutProgress at, int group, int[] ids, byte[][] snapshots) {
    byte[] content = PartCodec.pack(ids, snapshots);
    // named after what it holds: a node that was paused in an epoch that is over, and comes back,
    // can write into the new epoch's checkpoint, but alters nothing there
    String name =
        String.format(
            Locale.ROOT, "part-%05d-%s.cbor.gz", group, Sha256.of(content).substring(0, 16));
    CheckpointFile file = CheckpointFile.write(open(at), name, content);
    return new Part(group, file.name(), file.bytes(), file.sha256());
  }

  @Override
  public void complete(CutProgress at, byte[] judge, List<Part> parts) {
    Path target = open(at);
    List<CheckpointFile> files = new ArrayList<>();
    files.add(
        CheckpointFile.write(target, SCENARIO, identity.text().getBytes(StandardCharsets.UTF_8)));
    files.add(CheckpointFile.write(target, GUEST, identity.guest()));
    files.add(
        CheckpointFile.write(target, JUDGE, PartCodec.pack(new int[] {0}, new byte[][] {judge})));
    parts.stream()
        .sorted(Comparator.comparingInt(Part::group))
        .map(part -> new CheckpointFile(part.name(), part.bytes(), part.sha256()))
        .forEach(files::add);
    CheckpointFile.force(target);
    Manifest manifest =
        new Manifest(
            identity.version(),
            identity.scenario(),
            identity.seed(),
            identity.replay(),
            at,
            processes,
            files);
    CheckpointFile.write(target, Manifest.NAME, manifest.write());
    CheckpointFile.force(target);
    CheckpointFile.force(folder);
    deleteOlder(at.cycle());
  }

  private Path open(CutProgress at) {
    Path target = folder.resolve(String.format(Locale.ROOT, "checkpoint-%019d", at.cycle()));
    try {
      return Files.createDirectories(target);
    } catch (IOException failure) {
      throw new CheckpointError(
          "checkpoint %s cannot be made: %s; give --checkpoint-dir another place"
              .formatted(target, CheckpointFile.reason(failure)),
          failure);
    }
  }

  /** Whole ones beyond the newest two go, and so does what was begun before and never completed. */
  private void deleteOlder(long newestCycle) {
    int kept = 0;
    for (Found one : foundIn(folder)) {
      if (one.cycle > newestCycle) {
        continue; // left by a run that was further and is being repeated
      }
      boolean whole = Files.exists(one.path.resolve(Manifest.NAME));
      if (whole && kept < KEPT) {
        kept++;
      } else {
        delete(one.path);
      }
    }
  }

  /** The manifest first: what is half deleted must not look whole. */
  private static void delete(Path checkpoint) {
    try {
      Files.deleteIfExists(checkpoint.resolve(Manifest.NAME));
      List<Path> inner;
      try (Stream<Path> content = Files.list(checkpoint)) {
        inner = content.toList();
      }
      for (Path file : inner) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(checkpoint);
    } catch (DirectoryNotEmptyException | NoSuchFileException stillInUse) {
      // by a node of an epoch that is over; without a manifest it is no checkpoint, and goes next
      // time
      return;
    } catch (IOException failure) {
      throw new CheckpointError(
          "old checkpoint %s cannot be deleted: %s; check its permissions"
              .formatted(checkpoint, CheckpointFile.reason(failure)),
          failure);
    }
  }

  /** A folder of a checkpoint, whole or not. */
  private record Found(Path path, long cycle) {}

  /** Folders of checkpoints, whole or not. */
  static List<Path> newestFirst(Path folder) {
    return foundIn(folder).stream().map(Found::path).toList();
  }

  /** Each is looked at once: other nodes may delete old ones meanwhile. */
  private static List<Found> foundIn(Path folder) {
    try (Stream<Path> content = Files.list(folder)) {
      return content
          .flatMap(path -> cycleOf(path).stream().map(cycle -> new Found(path, cycle)))
          .sorted(Comparator.comparingLong(Found::cycle).reversed())
          .toList();
    } catch (IOException failure) {
      throw new CheckpointError(
          "folder %s cannot be read: %s; name the folder that --checkpoint-dir named"
              .formatted(folder, CheckpointFile.reason(failure)),
          failure);
    }
  }

  /**
   * Cycle of the newest whole checkpoint that a run has written so far, while it goes on writing and deleting; empty as long
   * as there is none, or no folder.
   */
  public static OptionalLong newestCycle(Path folder) {
    try (Stream<Path> content = Files.list(folder)) {
      return content
          .filter(path -> Files.exists(path.resolve(Manifest.NAME)))
          .map(path -> NAME.matcher(path.getFileName().toString()))
          .filter(Matcher::matches)
          .mapToLong(name -> Long.parseLong(name.group(1)))
          .max();
    } catch (NoSuchFileException notYet) {
      return OptionalLong.empty();
    } catch (IOException failure) {
      throw new CheckpointError(
          "folder %s cannot be read: %s; name the folder that --checkpoint-dir named"
              .formatted(folder, CheckpointFile.reason(failure)),
          failure);
    }
  }

  private static Optional<Long> cycleOf(Path checkpoint) {
    Matcher matcher = NAME.matcher(checkpoint.getFileName().toString());
    try {
      return matcher.matches() && Files.isDirectory(checkpoint)
          ? Optional.of(Long.parseLong(matcher.group(1)))
          : Optional.empty();
    } catch (NumberFormatException tooLarge) {
      throw new BrokenInvariant(checkpoint + " is named after no cycle", tooLarge);
    }
  }
}
