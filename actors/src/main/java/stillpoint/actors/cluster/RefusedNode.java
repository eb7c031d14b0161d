package stillpoint.actors.cluster;

/** This JVM may not be a member: of another version or configuration, or with nowhere to listen. */
public final class RefusedNode extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public RefusedNode(String message) {
    super(message);
  }
}
