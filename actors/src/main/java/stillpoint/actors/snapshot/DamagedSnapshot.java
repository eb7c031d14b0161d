package stillpoint.actors.snapshot;

/** A snapshot that is not whole, or that was taken of another machine or by another version. */
public final class DamagedSnapshot extends RuntimeException {
  private static final long serialVersionUID = 1;

  public DamagedSnapshot(String what) {
    super(what);
  }

  public DamagedSnapshot(String what, Throwable cause) {
    super(what, cause);
  }
}
