package stillpoint.kernel.report;

import java.util.Collection;
import java.util.List;

/**
 * The one place where findings about a run compete. The graver one wins; a limit that ended the run hides a mere warning,
 * for with more time it might have become worse.
 */
public final class VerdictLadder {
  /** Gravest first. */
  public static final List<Verdict> GRAVEST_FIRST =
      List.of(
          Verdict.DEADLOCK,
          Verdict.LOST_MESSAGE,
          Verdict.LIVELOCK,
          Verdict.LOCKUP,
          Verdict.UNDEFINED_EXECUTION,
          Verdict.GUEST_FAULT,
          Verdict.LIMIT_REACHED,
          Verdict.WARNINGS,
          Verdict.HEALTHY);

  private VerdictLadder() {}

  /** The verdict on a run with these findings; a run without any is healthy. */
  public static Verdict of(Collection<Verdict> findings) {
    return GRAVEST_FIRST.stream().filter(findings::contains).findFirst().orElse(Verdict.HEALTHY);
  }
}
