package stillpoint.actors;

import akka.actor.typed.ActorSystem;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.IntFunction;
import stillpoint.actors.snapshot.Checkpointing;
import stillpoint.actors.time.Guardian;
import stillpoint.actors.time.SupervisionProtocol;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.Model;
import stillpoint.machine.time.Placement;
import stillpoint.machine.time.RunOutcome;

/**
 * Runs a model on actors. Each run has an actor system of its own, which is gone when {@link #run}
 * returns.
 */
public final class Simulation {
  private static final String SYSTEM = "stillpoint";
  private static final String DISPATCHERS = "stillpoint.dispatchers.";

  /**
   * Below so many processes a shard, a window's work is worth less than the exchange that ends it.
   */
  private static final int PROCESSES_A_SHARD = 256;

  private Simulation() {}

  /**
   * Runs until the judge stops it, its limit is reached or nothing is left; blocks until then.
   *
   * @throws BrokenInvariant if a process, the judge or the engine itself failed; the cause is kept
   */
  public static RunOutcome run(Model model, CutJudge judge, RunOptions options) {
    return run(model, judge, options, Checkpointing.NONE);
  }

  /**
   * The same, with snapshots: begins at one if so told, and then model and judge are ones that have
   * not run; takes others on the way.
   *
   * @throws stillpoint.actors.snapshot.DamagedSnapshot if the judge cannot be restored; if a process
   *     cannot, that is the cause of the BrokenInvariant
   */
  public static RunOutcome run(
      Model model, CutJudge judge, RunOptions options, Checkpointing checkpointing) {
    checkpointing.from().ifPresent(point -> checkpointing.snapshots().load(point.judge(), judge));
    int shards = shards(model, options);
    Placement placement = Placement.of(model, shards);
    CompletableFuture<RunOutcome> end = new CompletableFuture<>();
    ActorSystem<SupervisionProtocol.RunCommand> system =
        ActorSystem.create(
            Guardian.create(model, judge, placement, dispatchers(options), checkpointing, end),
            SYSTEM,
            config(options, shards));
    system
        .getWhenTerminated()
        .whenComplete(
            (_, failure) ->
                end.completeExceptionally(
                    new BrokenInvariant("the actor system ended before the run", failure)));
    try {
      return end.get();
    } catch (ExecutionException failed) {
      // the same words, but thrown here: the trace shows who asked for the run as well
      throw new BrokenInvariant(failed.getCause().getMessage(), failed.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while a simulation was running");
    } finally {
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().join();
    }
  }

  private static int shards(Model model, RunOptions options) {
    if (options.threads() > 0) {
      return options.threads();
    }
    int worth = model.size() / PROCESSES_A_SHARD;
    int most = Math.min(Runtime.getRuntime().availableProcessors(), Placement.MOST_SHARDS);
    return Math.clamp(worth, 1, most);
  }

  private static IntFunction<String> dispatchers(RunOptions options) {
    return switch (options.dispatcher()) {
      case SHARD_BOUND -> shard -> DISPATCHERS + "shard-" + shard;
      case FORK_JOIN -> _ -> DISPATCHERS + "fork-join";
    };
  }

  private static Config config(RunOptions options, int shards) {
    Config base = ConfigFactory.load();
    Config config = base.getConfig("stillpoint.overlay").withFallback(base);
    switch (options.dispatcher()) {
      case SHARD_BOUND -> {
        Config bound = base.getConfig(DISPATCHERS + "shard-bound");
        if (shards == 1 || shards > Runtime.getRuntime().availableProcessors()) {
          bound = bound.withValue("spin", ConfigValueFactory.fromAnyRef("0 s"));
        }
        for (int shard = 0; shard < shards; shard++) {
          config = config.withValue(DISPATCHERS + "shard-" + shard, bound.root());
        }
      }
      case FORK_JOIN ->
          config =
              config.withValue(
                  DISPATCHERS + "fork-join.fork-join-executor.parallelism-max",
                  ConfigValueFactory.fromAnyRef(shards));
    }
    return config;
  }
}
