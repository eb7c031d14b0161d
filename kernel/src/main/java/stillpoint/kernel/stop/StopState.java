package stillpoint.kernel.stop;

/** States of multi_cpu_stop. Every CPU acknowledges each; the last acknowledger advances to the next. */
public enum StopState {
  NONE,
  PREPARE,
  DISABLE_IRQ,
  RUN,
  EXIT,
  /** After EXIT has been acknowledged by all; nobody looks any more. */
  OVER;

  private static final StopState[] ALL = values();

  public static StopState of(long value) {
    return ALL[(int) value];
  }
}
