package stillpoint.actors.checkpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import stillpoint.machine.time.CutProgress;
import stillpoint.machine.time.RestorePoint;

/**
 * A checkpoint that was found whole: every file is there and is what the manifest says. The states
 * of a part are unpacked when the first of them is asked for.
 */
public final class Checkpoint implements RestorePoint {
  private final Path folder;
  private final Manifest manifest;
  private final RunIdentity identity;
  private final byte[] judge;
  private final List<Part> parts = new ArrayList<>();

  /** By process id: index of its part. */
  private final int[] partOf;

  /** One file's content, and what is unpacked of it and was not handed out yet. */
  private record Part(CheckpointFile file, byte[] content, Map<Integer, byte[]> states) {
    Part(CheckpointFile file, byte[] content) {
      this(file, content, new HashMap<>());
    }
  }

  private Checkpoint(Path folder, Manifest manifest) {
    this.folder = folder;
    this.manifest = manifest;
    Map<String, byte[]> whole = new HashMap<>();
    for (CheckpointFile file : manifest.files()) {
      byte[] content = file.read(folder);
      if (file.name().startsWith("part-")) {
        parts.add(new Part(file, content));
      } else {
        whole.put(file.name(), content);
      }
    }
    this.identity =
        new RunIdentity(
            manifest.version(),
            manifest.scenario(),
            new String(needed(whole, CheckpointFolder.SCENARIO), StandardCharsets.UTF_8),
            needed(whole, CheckpointFolder.GUEST),
            manifest.seed(),
            manifest.replay());
    this.judge = judge(needed(whole, CheckpointFolder.JUDGE));
    this.partOf = new int[manifest.processes()];
    index();
  }

  /**
   * The newest whole checkpoint of a folder that {@code --checkpoint-dir} named.
   *
   * @param version of Stillpoint that wants to go on from it
   * @throws CheckpointError if there is none, it is damaged, or another version's; one line
   */
  public static Checkpoint newest(Path folder, String version) {
    if (!Files.isDirectory(folder)) {
      throw new CheckpointError(
          "--restore %s is no folder; name the one that --checkpoint-dir named".formatted(folder));
    }
    List<Path> all = CheckpointFolder.newestFirst(folder);
    Path newest =
        all.stream()
            .filter(path -> Files.exists(path.resolve(Manifest.NAME)))
            .findFirst()
            .orElseThrow(
                () ->
                    new CheckpointError(
                        "--restore %s holds no %scheckpoint; name the folder that --checkpoint-dir named"
                            .formatted(folder, all.isEmpty() ? "" : "whole ")));
    return at(newest, version);
  }

  /** Whether a folder has any checkpoint that is whole. */
  public static boolean existsIn(Path folder) {
    return Files.isDirectory(folder)
        && CheckpointFolder.newestFirst(folder).stream()
            .anyMatch(path -> Files.exists(path.resolve(Manifest.NAME)));
  }

  private static Checkpoint at(Path path, String version) {
    Path file = path.resolve(Manifest.NAME);
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (IOException failure) {
      throw new CheckpointError(
          "%s cannot be read: %s; check its permissions"
              .formatted(file, CheckpointFile.reason(failure)),
          failure);
    }
    Manifest manifest = Manifest.read(file.toString(), content);
    if (!manifest.version().equals(version)) {
      throw new CheckpointError(
          "%s was written by Stillpoint %s, this is %s; go on with that version, or run the scenario from its beginning"
              .formatted(file, manifest.version(), version));
    }
    return new Checkpoint(path, manifest);
  }

  /** As messages name it. */
  public Path folder() {
    return folder;
  }

  public RunIdentity identity() {
    return identity;
  }

  public int processes() {
    return partOf.length;
  }

  @Override
  public CutProgress at() {
    return manifest.at();
  }

  @Override
  public byte[] judge() {
    return judge;
  }

  @Override
  public byte[] process(int id) {
    Part part = parts.get(partOf[id]);
    synchronized (part) {
      if (!part.states.containsKey(id)) {
        part.states.clear();
        unpack(part.file, part.content, part.states);
      }
      return part.states.remove(id);
    }
  }

  private void index() {
    BitSet seen = new BitSet();
    for (int number = 0; number < parts.size(); number++) {
      Part part = parts.get(number);
      Map<Integer, byte[]> states = new HashMap<>();
      unpack(part.file, part.content, states);
      for (int id : states.keySet()) {
        if (id >= partOf.length || seen.get(id)) {
          throw nonsense(part.file, "it holds process " + id);
        }
        seen.set(id);
        partOf[id] = number;
      }
    }
    if (seen.cardinality() != partOf.length) {
      throw new CheckpointError(
          "%s lacks process %d; delete it to go on from the checkpoint before"
              .formatted(folder, seen.nextClearBit(0)));
    }
  }

  private void unpack(CheckpointFile file, byte[] content, Map<Integer, byte[]> states) {
    try {
      PartCodec.unpack(
          content,
          (id, state) -> {
            if (states.put(id, state) != null) {
              throw nonsense(file, "it holds process " + id + " twice");
            }
          });
    } catch (IOException damaged) {
      throw nonsense(file, damaged.getMessage());
    }
  }

  private byte[] judge(byte[] content) {
    Map<Integer, byte[]> states = new HashMap<>();
    CheckpointFile file = new CheckpointFile(CheckpointFolder.JUDGE, 0, "");
    unpack(file, content, states);
    return Optional.ofNullable(states.get(0)).orElseThrow(() -> nonsense(file, "it is empty"));
  }

  private byte[] needed(Map<String, byte[]> files, String name) {
    byte[] content = files.get(name);
    if (content == null) {
      throw new CheckpointError(
          "%s lists no %s; delete its folder to go on from the checkpoint before"
              .formatted(folder.resolve(Manifest.NAME), name));
    }
    return content;
  }

  private CheckpointError nonsense(CheckpointFile file, String why) {
    return new CheckpointError(
        "%s makes no sense: %s; delete its folder to go on from the checkpoint before"
            .formatted(folder.resolve(file.name()), why));
  }
}
