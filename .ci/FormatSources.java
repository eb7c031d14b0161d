import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * Runs google-java-format over the product's Java sources, {@code MODULE/src/main/java}, on the JDK that they are
 * written for. Started by Maven as a source file; see docs/decisions/0002-formatter.md.
 *
 * <p>{@code FormatSources check|fix ROOT}
 */
public final class FormatSources {
  /** Tables are aligned by hand, as in the manuals: a row a line, columns under each other. */
  private static final Pattern HAND_ALIGNED = Pattern.compile("\\w*Table\\w*\\.java");

  public static void main(String[] arguments) throws IOException {
    boolean fix = arguments[0].equals("fix");
    List<String> files = sources(Path.of(arguments[1]));
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
    int exit = formatter.run(out, System.err, options.toArray(String[]::new));
    if (exit != 0 && !fix) {
      System.err.println("these files are not formatted; run .ci/format");
    }
    System.exit(exit);
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
