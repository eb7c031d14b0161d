package stillpoint.console;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiFunction;
import stillpoint.actors.checkpoint.Checkpoint;
import stillpoint.actors.checkpoint.RunIdentity;
import stillpoint.clusterconfig.ElfLoader;
import stillpoint.clusterconfig.Overrides;
import stillpoint.clusterconfig.Scenario;
import stillpoint.clusterconfig.ScenarioError;
import stillpoint.clusterconfig.ScenarioReader;
import stillpoint.machine.elf.ElfImage;

/**
 * A scenario and where it came from.
 *
 * @param guest the guest program's file
 * @param replay the line that runs it from the beginning
 * @param checkpoint that it came from, if not from a file
 */
record ScenarioSource(
    Scenario scenario, byte[] guest, String replay, Optional<Checkpoint> checkpoint) {
  /** Keeps the file that a scenario names as its guest. */
  private static final class Keeping implements ElfLoader {
    private final ElfLoader loader;
    private byte[] kept = {};

    Keeping(ElfLoader loader) {
      this.loader = loader;
    }

    @Override
    public ElfImage load(String name, byte[] file) throws Exception {
      kept = file;
      return loader.load(name, file);
    }
  }

  static ScenarioSource ofFile(
      Services services,
      String argument,
      Overrides overrides,
      BiFunction<String, Scenario, String> replayLine) {
    ScenarioFiles files = new ScenarioFiles(services);
    Path file = files.find(argument);
    Keeping guest = new Keeping(services.elfs());
    Scenario scenario = files.read(file, overrides, guest);
    String replay = replayLine.apply(files.shortest(file).toString(), scenario);
    return new ScenarioSource(scenario, guest.kept, replay, Optional.empty());
  }

  static ScenarioSource ofCheckpoint(Services services, Checkpoint checkpoint) {
    RunIdentity identity = checkpoint.identity();
    try {
      Scenario scenario =
          ScenarioReader.withGuest(services.elfs(), identity.guest())
              .read(identity.scenario() + ".conf", identity.text(), Overrides.NONE);
      return new ScenarioSource(
          scenario, identity.guest(), identity.replay(), Optional.of(checkpoint));
    } catch (ScenarioError unreadable) {
      throw new UserError(
          "the scenario in " + checkpoint.folder() + " cannot be read: " + unreadable.getMessage());
    }
  }

  /** What a checkpoint was taken of and what the command line names must be the same. */
  void refuseOther(ScenarioSource named) {
    if (!named.scenario.effective().equals(scenario.effective())
        || !java.util.Arrays.equals(named.guest, guest)) {
      throw new UserError(
          checkpoint.orElseThrow().folder()
              + " is of another scenario ("
              + scenario.name()
              + ", seed "
              + scenario.setup().seed()
              + "); leave SCENARIO and its overrides out to go on from it");
    }
  }

  /** For a note to people. */
  String where() {
    Checkpoint from = checkpoint.orElseThrow();
    long nanos = scenario.setup().board().nanosAt(from.at().cycle());
    return "from %s, at cycle %d (%d ns)".formatted(from.folder(), from.at().cycle(), nanos);
  }
}
