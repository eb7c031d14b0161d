package stillpoint.actors.reconcile;

/** Ends a side whose run need not go on: the sides have parted, or the other one has failed. */
final class Parted extends RuntimeException {
  private static final long serialVersionUID = 1;

  Parted(String why) {
    super(why);
  }
}
