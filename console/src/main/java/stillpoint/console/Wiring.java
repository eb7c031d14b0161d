package stillpoint.console;

import java.nio.file.Path;
import java.util.List;
import stillpoint.machine.elf.ElfReader;

/** Puts the real simulator behind what the commands know. */
final class Wiring {
  private Wiring() {}

  static Services services(Path home) {
    return new Services(
        new ActorRunner(),
        ElfReader::read,
        List.of(new PholdBenchmark(), new InterpreterBenchmark()),
        home);
  }
}
