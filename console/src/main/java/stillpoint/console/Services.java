package stillpoint.console;

import java.nio.file.Path;
import java.util.List;
import stillpoint.clusterconfig.ElfLoader;

/**
 * What the commands need from the rest of Stillpoint.
 *
 * @param runner the simulator
 * @param elfs reads guest programs
 * @param benchmarks in the order in which they are listed
 * @param home folder of the repository: scenarios and guests are there
 */
public record Services(Runner runner, ElfLoader elfs, List<Benchmark> benchmarks, Path home) {
  public Services {
    benchmarks = List.copyOf(benchmarks);
  }
}
