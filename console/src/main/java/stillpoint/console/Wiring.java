package stillpoint.console;

import java.nio.file.Path;
import java.util.List;

/** Puts the real simulator behind what the commands know. The only class that knows both. */
final class Wiring {
  private Wiring() {}

  static Services services(Path home) {
    return new Services(
        (_, _) -> {
          throw new UserError("this build has no simulator in it");
        },
        (name, _) -> {
          throw new UserError("this build cannot read " + name + ": it has no ELF reader in it");
        },
        List.of(),
        home);
  }
}
