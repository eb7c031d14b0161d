package stillpoint.console;

import java.nio.file.Path;
import java.util.List;
import stillpoint.clusterconfig.ScenarioReader;
import stillpoint.machine.elf.ElfReader;

/** Puts the real simulator behind what the commands know. */
final class Wiring {
  private Wiring() {}

  static Services services(Path home) {
    Runner runner = new ActorRunner();
    ScenarioReader reader = new ScenarioReader(ElfReader::read, List.of(home));
    return new Services(
        runner,
        ElfReader::read,
        List.of(
            new PholdBenchmark(),
            new FabricBenchmark(),
            new InterpreterBenchmark(),
            new CpuBenchmark(home),
            new OracleBenchmark(),
            new StopMachineBenchmark(runner, reader),
            new WaitingIpisBenchmark(runner, reader),
            new CheckpointBenchmark(reader),
            new ExploreBenchmark(reader),
            new ClusterBenchmark(reader, home),
            new RecoveryBenchmark(reader, home)),
        home);
  }
}
