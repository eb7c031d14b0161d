package stillpoint.actors.checkpoint;

/** A checkpoint that cannot be written, or cannot be gone on from: one line for the user. */
public final class CheckpointError extends RuntimeException {
  private static final long serialVersionUID = 1;

  public CheckpointError(String line) {
    super(line);
  }

  public CheckpointError(String line, Throwable cause) {
    super(line, cause);
  }
}
