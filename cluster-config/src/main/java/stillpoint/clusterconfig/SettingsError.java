package stillpoint.clusterconfig;

/**
 * What is wrong with a cluster's settings or key files, in one line for the operator: file, key, and
 * what would do. Exit 2 and no stack trace.
 */
public final class SettingsError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SettingsError(String line) {
    super(line.strip().replaceAll("\\s*\\R\\s*", " "), null, false, false);
  }
}
