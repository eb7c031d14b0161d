import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * Runs google-java-format over the product's Java sources, {@code MODULE/src/main/java}, on the JDK that they are
 * written for. Started by Maven as a source file; see docs/decisions/0002-formatter.md.
 *
 * <p>{@code FormatSources check|fix ROOT}. Files that were seen well formatted are known by their hash in
 * {@code target/formatter/} and not parsed again.
 */
public final class FormatSources {
  /** Tables are aligned by hand, as in the manuals: a row a line, columns under each other. */
  private static final Pattern HAND_ALIGNED = Pattern.compile("\\w*Table\\w*\\.java");

  public static void main(String[] arguments) throws IOException {
    boolean fix = arguments[0].equals("fix");
    Path root = Path.of(arguments[1]);
    Path knownFile = root.resolve("target/formatter/formatted.txt");
    Set<String> known =
        Files.exists(knownFile) ? new HashSet<>(Files.readAllLines(knownFile)) : Set.of();
    List<String> all = sources(root);
    List<String> files = new ArrayList<>();
    for (String file : all) {
      if (!known.contains(hash(file))) {
        files.add(file);
      }
    }
    int exit = files.isEmpty() ? 0 : format(files, fix);
    if (exit == 0) {
      List<String> hashes = new ArrayList<>();
      for (String file : all) {
        hashes.add(hash(file));
      }
      Files.createDirectories(knownFile.getParent());
      Files.write(knownFile, hashes);
    } else if (!fix) {
      System.err.println("these files are not formatted; run .ci/format");
    }
    System.exit(exit);
  }

  private static int format(List<String> files, boolean fix) {
    ToolProvider formatter =
        ServiceLoader.load(ToolProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(tool -> tool.name().equals("google-java-format"))
            .findFirst()
            .orElseThrow();
    List<String> options = new ArrayList<>();
    // comments are prose: their line breaks are their author's
    options.add("--skip-javadoc-formatting");
    options.addAll(fix ? List.of("--replace") : List.of("--dry-run", "--set-exit-if-changed"));
    options.addAll(files);
    PrintStream out = fix ? System.out : System.err;
    return formatter.run(out, System.err, options.toArray(String[]::new));
  }

  private static String hash(String file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(Path.of(file))));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> sources(Path root) throws IOException {
    List<String> files = new ArrayList<>();
    try (Stream<Path> modules = Files.list(root)) {
      for (Path module : modules.sorted().toList()) {
        Path sources = module.resolve("src/main/java");
        if (Files.isDirectory(sources)) {
          try (Stream<Path> all = Files.walk(sources)) {
            all.filter(file -> file.toString().endsWith(".java"))
                .filter(file -> !HAND_ALIGNED.matcher(file.getFileName().toString()).matches())
                .map(Path::toString)
                .sorted()
                .forEach(files::add);
          }
        }
      }
    }
    return files;
  }
}
