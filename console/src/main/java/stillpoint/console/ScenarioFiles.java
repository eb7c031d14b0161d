package stillpoint.console;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import stillpoint.clusterconfig.ElfLoader;
import stillpoint.clusterconfig.Overrides;
import stillpoint.clusterconfig.Scenario;
import stillpoint.clusterconfig.ScenarioError;
import stillpoint.clusterconfig.ScenarioReader;

/** Finds and reads scenario files: those of the repository and any other. */
final class ScenarioFiles {
  private static final String SUFFIX = ".conf";

  private final Services services;

  ScenarioFiles(Services services) {
    this.services = services;
  }

  /** A scenario of the repository, by its name. */
  record Listed(String name, String about) {}

  List<Listed> list() {
    Path folder = services.home().resolve("scenarios");
    List<Path> files;
    try (Stream<Path> content = Files.list(folder)) {
      files = content.filter(file -> file.toString().endsWith(SUFFIX)).toList();
    } catch (IOException e) {
      throw new UserError(
          "no scenarios in " + folder + "; set STILLPOINT_HOME to Stillpoint's folder");
    }
    List<Listed> all = new ArrayList<>();
    for (Path file : files) {
      String fileName = file.getFileName().toString();
      String name = fileName.substring(0, fileName.length() - SUFFIX.length());
      all.add(new Listed(name, aboutOf(file)));
    }
    all.sort(Comparator.comparing(Listed::name));
    return all;
  }

  private static String aboutOf(Path file) {
    try {
      return ScenarioReader.aboutOf(file.toString(), Files.readString(file));
    } catch (ScenarioError | IOException e) {
      return "(cannot be read: " + e.getMessage() + ")";
    }
  }

  /**
   * The file that an argument means: a path, a path within the repository, or a scenario's name.
   */
  Path find(String argument) {
    Path home = services.home();
    List<Path> candidates =
        List.of(
            Path.of(argument),
            home.resolve(argument),
            home.resolve("scenarios").resolve(argument),
            home.resolve("scenarios").resolve(argument + SUFFIX));
    for (Path candidate : candidates) {
      if (Files.isRegularFile(candidate)) {
        return candidate;
      }
    }
    throw new UserError(
        "scenario '"
            + argument
            + "' "
            + (Files.isDirectory(Path.of(argument)) ? "is a folder" : "does not exist")
            + "; './stillpoint list' names all");
  }

  Scenario read(Path file, Overrides overrides) {
    return read(file, overrides, services.elfs());
  }

  /** The same; {@code elfs} sees the guest's file. */
  Scenario read(Path file, Overrides overrides, ElfLoader elfs) {
    Path here = Path.of("").toAbsolutePath();
    return new ScenarioReader(elfs, List.of(services.home(), here))
        .readFile(shortest(file), overrides);
  }

  /** As messages name it: relative to the repository or the current folder if it is inside. */
  Path shortest(Path file) {
    Path here = Path.of("").toAbsolutePath();
    Path absolute = file.toAbsolutePath().normalize();
    return absolute.startsWith(here) ? here.relativize(absolute) : absolute;
  }
}
