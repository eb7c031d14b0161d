package stillpoint.console;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipFile;

/**
 * A number of this very build, from all its classes. Two builds of one version may compute different
 * machines; nodes of one cluster must not, and a replay file says which one wrote it.
 */
final class BuildMark {
  private static final String OWN = "stillpoint/";
  private static final String CLASS = ".class";

  private BuildMark() {}

  /** Read once: what lies on the class path may be built anew while this program runs. */
  private static final class Own {
    private static final String MARK = read();

    private static String read() {
      try {
        return of(System.getProperty("java.class.path"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Of the classes on this program's class path, eight hexadecimal digits. */
  static String own() {
    return Own.MARK;
  }

  static String of(String classPath) throws IOException {
    SortedMap<String, Long> sums = new TreeMap<>();
    for (String element : classPath.split(File.pathSeparator)) {
      Path path = Path.of(element);
      if (Files.isDirectory(path.resolve(OWN))) {
        folder(path, sums);
      } else if (path.getFileName() != null
          && path.getFileName().toString().startsWith("stillpoint-")) {
        jar(path, sums);
      }
    }
    CRC32 all = new CRC32();
    sums.forEach((name, sum) -> all.update((name + sum).getBytes()));
    return "%08x".formatted(all.getValue());
  }

  private static void jar(Path path, SortedMap<String, Long> sums) throws IOException {
    try (ZipFile zip = new ZipFile(path.toFile())) {
      zip.stream()
          .filter(entry -> isOwn(entry.getName()))
          .forEach(entry -> sums.putIfAbsent(entry.getName(), entry.getCrc()));
    }
  }

  private static void folder(Path path, SortedMap<String, Long> sums) throws IOException {
    try (Stream<Path> files = Files.walk(path.resolve(OWN))) {
      for (Path file : files.toList()) {
        String name = path.relativize(file).toString().replace(File.separatorChar, '/');
        if (isOwn(name)) {
          CRC32 sum = new CRC32();
          sum.update(Files.readAllBytes(file));
          sums.putIfAbsent(name, sum.getValue());
        }
      }
    }
  }

  private static boolean isOwn(String name) {
    return name.startsWith(OWN) && name.endsWith(CLASS);
  }
}
