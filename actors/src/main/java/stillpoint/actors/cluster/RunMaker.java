package stillpoint.actors.cluster;

import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Makes the runs of an exploration. Made anew, from the same bytes, on every node: run number n is the same run on all. */
public interface RunMaker {
  /**
   * Makes a run, on the caller's thread; several threads may be here at a time.
   *
   * @param stop once true, the run is given up
   * @return what is kept of it, at most {@link #MOST_BYTES}; empty if it was given up
   */
  Optional<byte[]> make(long number, BooleanSupplier stop);

  /** Some of them must go into one frame. */
  int MOST_BYTES = 64 * 1024;

  /** Makes a maker of the bytes that the asking side sent. */
  @FunctionalInterface
  interface Reader {
    RunMaker read(byte[] bytes);
  }
}
