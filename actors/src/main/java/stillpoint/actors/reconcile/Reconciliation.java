package stillpoint.actors.reconcile;

import java.util.Optional;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.Model;
import stillpoint.machine.time.RunOutcome;

/**
 * Runs one model in two ways, in lock-step, and finds the first event that differs. Both sides keep
 * all events since they last agreed, so what is shown is what happened, not what a repetition gave.
 */
public final class Reconciliation {
  /** A way to run a model: an engine, a number of threads. */
  public interface Engine {
    RunOutcome run(Model model, CutJudge judge);
  }

  /**
   * One of the two.
   *
   * @param name for people, for instance {@code 2 threads}
   * @param judge that has judged nothing yet, one a side
   */
  public record Side(String name, Model model, CutJudge judge, Engine engine) {}

  /**
   * What came out.
   *
   * @param difference where they parted; then neither ran to its end
   * @param one the one side's end, if they did not part
   * @param other the other side's
   */
  public record Result(
      Optional<Difference> difference, Optional<RunOutcome> one, Optional<RunOutcome> other) {}

  private final Side[] sides;
  private final WitnessedModel[] models;
  private final Comparison comparison;
  private final LockStep lockStep;
  private final RunOutcome[] outcomes = new RunOutcome[2];
  private final Throwable[] failures = new Throwable[2];

  private Reconciliation(Side one, Side other) {
    this.sides = new Side[] {one, other};
    this.models =
        new WitnessedModel[] {new WitnessedModel(one.model()), new WitnessedModel(other.model())};
    this.comparison = new Comparison(models[0], models[1]);
    this.lockStep = new LockStep(comparison);
  }

  /**
   * Runs both to their end, or until they part.
   *
   * @throws BrokenInvariant if a side fails
   */
  public static Result run(Side one, Side other) {
    return new Reconciliation(one, other).run();
  }

  private Result run() {
    Thread second = Thread.ofPlatform().name("reconcile").start(() -> run(1));
    run(0);
    try {
      second.join();
    } catch (InterruptedException interrupted) {
      second.interrupt();
      Thread.currentThread().interrupt();
      throw new BrokenInvariant("interrupted while two sides were compared", interrupted);
    }
    Optional<Difference> difference = lockStep.difference();
    if (difference.isEmpty()) {
      rethrow();
      difference = ends();
    }
    return difference.isPresent()
        ? new Result(difference, Optional.empty(), Optional.empty())
        : new Result(difference, Optional.of(outcomes[0]), Optional.of(outcomes[1]));
  }

  private void run(int side) {
    boolean good = false;
    try {
      lockStep.begin(side);
      CutJudge judge = new LockStepJudge(sides[side].judge(), lockStep, side, true);
      outcomes[side] = sides[side].engine().run(models[side], judge);
      good = true;
    } catch (RuntimeException | Error failure) {
      failures[side] = failure;
    } finally {
      lockStep.end(side, !good);
    }
  }

  /** The failure that came first; the other side's is that it was told. */
  private void rethrow() {
    for (int side = 0; side < 2; side++) {
      Throwable failure = failures[side];
      if (failure != null && !isParting(failure)) {
        throw new BrokenInvariant(
            "on %s: %s".formatted(sides[side].name(), failure.getMessage()), failure);
      }
    }
    if (failures[0] != null || failures[1] != null) {
      throw new BrokenInvariant("two sides parted, nobody says where", failures[0]);
    }
  }

  private static boolean isParting(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof Parted) {
        return true;
      }
    }
    return false;
  }

  /** No event differed: then neither may states and digests. */
  private Optional<Difference> ends() {
    Optional<Difference> states = comparison.states(outcomes[0].endCycle());
    if (states.isPresent() || outcomes[0].digest().equals(outcomes[1].digest())) {
      return states;
    }
    return Optional.of(
        new Difference(
            outcomes[0].endCycle(),
            "the end of the run",
            Optional.of(outcomes[0].digest()),
            Optional.of(outcomes[1].digest())));
  }
}
