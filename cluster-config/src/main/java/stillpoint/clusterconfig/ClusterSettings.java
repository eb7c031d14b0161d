package stillpoint.clusterconfig;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How a node meets the others: the settings of {@code cluster.conf} and what a file lays over them. */
public final class ClusterSettings {
  private static final String SHIPPED = "stillpoint/clusterconfig/cluster.conf";

  /** What a file may change: how nodes find, hear and trust each other, and nothing else. */
  private static final List<String> OPEN = List.of("akka.remote.artery.", "akka.cluster.");

  /** Said on the command line, or not to be changed. */
  private static final List<String> CLOSED =
      List.of(
          "akka.remote.artery.canonical.",
          "akka.remote.artery.bind.hostname",
          "akka.remote.artery.bind.port",
          "akka.remote.artery.untrusted-mode",
          "akka.remote.artery.large-message-destinations",
          "akka.cluster.seed-nodes",
          "akka.cluster.roles",
          "akka.cluster.configuration-compatibility-check.");

  private ClusterSettings() {}

  /** The settings that come with the program. */
  public static Config shipped() {
    return ConfigFactory.parseResources(SHIPPED);
  }

  /**
   * Settings of an operator's file.
   *
   * @param known every setting that there is
   * @throws SettingsError if the file cannot be read, or names a setting that does not exist or may
   *     not be changed there
   */
  public static Config read(Path file, Config known) {
    if (!Files.isRegularFile(file)) {
      throw new SettingsError("--cluster-config " + file + " is no file; give a HOCON file");
    }
    Config config;
    try {
      ConfigParseOptions options =
          ConfigParseOptions.defaults().setAllowMissing(false).setIncluder(new RefusingIncluder());
      config = ConfigFactory.parseFile(file.toFile(), options).resolve();
    } catch (ConfigException e) {
      throw new SettingsError("--cluster-config " + e.getMessage());
    } catch (ScenarioError includes) {
      throw new SettingsError(
          "--cluster-config " + file + ": include is refused; copy the keys into the file");
    }
    for (var entry : config.entrySet()) {
      String key = entry.getKey();
      String place = file + ": " + entry.getValue().origin().lineNumber() + ": " + key;
      if (OPEN.stream().noneMatch(key::startsWith) || CLOSED.stream().anyMatch(key::startsWith)) {
        throw new SettingsError(
            place + " may not be changed; settings below " + String.join(" and ", OPEN) + " may");
      }
      if (!isKnown(key, known)) {
        throw new SettingsError(place + " is no setting; docs/cluster.md names those that matter");
      }
    }
    return config;
  }

  /** A setting, or one below an object that is open for any name. */
  private static boolean isKnown(String key, Config known) {
    if (known.hasPath(key)) {
      return known.getValue(key).valueType() != ConfigValueType.OBJECT;
    }
    List<String> names = ConfigUtil.splitPath(key);
    String parent = ConfigUtil.joinPath(names.subList(0, names.size() - 1));
    return parent.equals("akka.cluster.role") || parent.startsWith("akka.cluster.role.");
  }
}
