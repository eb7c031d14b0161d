package stillpoint.actors.cluster;

/** Nodes that a run needs are not there, or were lost beyond recovery. */
public final class LostRun extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public LostRun(String message) {
    super(message);
  }
}
