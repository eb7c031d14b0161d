package stillpoint.clusterconfig;

import com.typesafe.config.ConfigValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import stillpoint.kernel.config.GuestConfig;
import stillpoint.machine.board.Board;
import stillpoint.machine.elf.ElfImage;
import stillpoint.machine.interrupt.CpuSet;

/** Reads {@code guest}: which program, on which CPUs. */
final class GuestReader {
  private static final Pattern RANGE = Pattern.compile("(\\d{1,7})(?:-(\\d{1,7}))?");
  private static final long MOST_ELF_BYTES = 256L << 20;

  private final ElfLoader loader;
  private final List<Path> roots;
  private final Optional<byte[]> given;
  private final Board board;

  /** {@code given}: the guest's file, if it is not to be looked for. */
  GuestReader(ElfLoader loader, List<Path> roots, Optional<byte[]> given, Board board) {
    this.loader = loader;
    this.roots = roots;
    this.given = given;
    this.board = board;
  }

  /**
   * @param cut whether CPUs beyond the board are dropped with a note, because {@code --cpus} took
   *     them away; else they are refused
   */
  GuestConfig read(Section section, boolean cut, List<String> notes) {
    String path = section.text("elf");
    ElfImage image = image(section, path);
    CpuSet wanted = cpus(section, "run-on", board.cpuCount());
    CpuSet runOn = wanted.within(0, board.cpuCount());
    if (!runOn.equals(wanted)) {
      if (!cut || runOn.isEmpty()) {
        throw section.bad(
            "run-on",
            "names CPUs that the board does not have",
            "its CPUs are 0-" + (board.cpuCount() - 1));
      }
      notes.add("guest.run-on = " + wanted + " is cut to " + runOn);
    }
    List<String> readOnlyText = readOnlyText(section);
    Optional<Long> startSeed =
        section.has("start-seed")
            ? Optional.of(section.wholeNumber("start-seed", Long.MIN_VALUE, Long.MAX_VALUE))
            : Optional.empty();
    section.refuseUnknownKeys();
    return new GuestConfig(path, image, runOn, readOnlyText, startSeed);
  }

  private static List<String> readOnlyText(Section section) {
    String key = "read-only-text";
    if (!section.has(key)) {
      return List.of();
    }
    Set<String> functions = new LinkedHashSet<>();
    for (ConfigValue element : section.list(key)) {
      functions.add(String.valueOf(element.unwrapped()));
    }
    return List.copyOf(functions);
  }

  private ElfImage image(Section section, String path) {
    ElfImage image;
    try {
      image = loader.load(path, given.isPresent() ? given.get() : read(section, path));
    } catch (ScenarioError e) {
      throw e;
    } catch (IOException e) {
      throw section.bad("elf", "cannot be read: " + e, "check the file's permissions");
    } catch (Exception e) {
      throw section.bad("elf", "cannot be used: " + e.getMessage(), "give a MIPS ELF program");
    }
    if (image.bigEndian() != board.bigEndian()) {
      throw section.bad(
          "elf",
          "is "
              + order(image.bigEndian())
              + " endian, but machine.board = "
              + board.name()
              + " is "
              + order(board.bigEndian())
              + " endian",
          "build it for the other order or set machine.byte-order = " + order(image.bigEndian()));
    }
    return image;
  }

  private byte[] read(Section section, String path) throws IOException {
    Path file = find(section, path);
    if (Files.size(file) > MOST_ELF_BYTES) {
      throw section.bad("elf", "is larger than 256 MiB", "give a guest program");
    }
    return Files.readAllBytes(file);
  }

  private static String order(boolean bigEndian) {
    return bigEndian ? "big" : "little";
  }

  private Path find(Section section, String path) {
    for (Path root : roots) {
      Path file = root.resolve(path);
      if (Files.isRegularFile(file)) {
        return file;
      }
    }
    boolean folder = roots.stream().anyMatch(root -> Files.isDirectory(root.resolve(path)));
    throw section.bad(
        "elf",
        folder ? "is a folder" : "does not exist",
        "give a file relative to the repository, the current folder or the scenario's project");
  }

  /** {@code all}, {@code none}, a text such as {@code 0-3,5}, or a list of numbers and such texts. */
  static CpuSet cpus(Section section, String key, int allCpus) {
    BitSet cpus = new BitSet();
    if (section.isList(key)) {
      for (ConfigValue element : section.list(key)) {
        addRanges(section, key, String.valueOf(element.unwrapped()), cpus);
      }
    } else {
      String text = section.text(key);
      if (text.equals("all")) {
        return CpuSet.range(0, allCpus);
      }
      if (text.equals("none")) {
        return CpuSet.empty();
      }
      addRanges(section, key, text, cpus);
    }
    if (cpus.isEmpty()) {
      throw section.bad(key, "names no CPU", "write all, none, or for instance \"0-3,5\"");
    }
    return CpuSet.of(cpus);
  }

  /** CPUs that a part of a key's text names. */
  static CpuSet cpus(Section section, String key, String ranges) {
    BitSet cpus = new BitSet();
    addRanges(section, key, ranges, cpus);
    return CpuSet.of(cpus);
  }

  private static void addRanges(Section section, String key, String text, BitSet cpus) {
    for (String part : text.split(",")) {
      Matcher matcher = RANGE.matcher(part.strip());
      if (!matcher.matches()) {
        throw section.bad(key, "is not a list of CPUs", "write all, or for instance \"0-3,5\"");
      }
      int first = Integer.parseInt(matcher.group(1));
      int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
      if (last < first) {
        throw section.bad(key, "has a range that ends before it begins", "write \"0-3\"");
      }
      cpus.set(first, last + 1);
    }
  }
}
