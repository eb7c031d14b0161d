package stillpoint.console;

import java.nio.file.Path;

/** Where the process starts. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    Services services = Wiring.services(home());
    System.exit(Stillpoint.run(services, Terminal.ofProcess(), arguments));
  }

  /** Folder of the repository: the launcher tells it; else the current folder. */
  private static Path home() {
    String told = System.getProperty("stillpoint.home", System.getenv("STILLPOINT_HOME"));
    return Path.of(told == null ? "" : told).toAbsolutePath().normalize();
  }
}
