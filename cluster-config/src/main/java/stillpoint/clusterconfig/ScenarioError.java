package stillpoint.clusterconfig;

/**
 * What is wrong with a scenario or an override, in one line for its author: key, value, place, and
 * what would do. The user's mistake, so exit 2 and no stack trace.
 */
public final class ScenarioError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ScenarioError(String line) {
    super(line.strip().replaceAll("\\s*\\R\\s*", " "), null, false, false);
  }
}
