package stillpoint.machine.packed;

/** These bytes are not what the reader's codec writes: truncated, altered, or from elsewhere. */
public final class PackedFormatException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public PackedFormatException(String message) {
    super(message);
  }
}
