package stillpoint.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** What this is and what it runs on. */
public final class Versions implements IVersionProvider {
  @Override
  public String[] getVersion() {
    Properties build = build();
    return List.of(
            "Stillpoint " + build.getProperty("stillpoint"),
            "Java " + Runtime.version() + " (" + System.getProperty("java.vm.vendor") + ")",
            "Akka " + build.getProperty("akka"))
        .toArray(String[]::new);
  }

  /** Of Stillpoint itself, for instance {@code 0.1.0}. */
  static String stillpoint() {
    return build().getProperty("stillpoint");
  }

  private static Properties build() {
    Properties build = new Properties();
    try (InputStream stream = Versions.class.getResourceAsStream("version.properties")) {
      build.load(stream);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return build;
  }
}
