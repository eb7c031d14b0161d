package stillpoint.machine.bare;

import java.util.function.LongConsumer;

/** A word that ends the run when something is stored there; it reads as 0. */
public final class ExitWord implements Device {
  private final long base;
  private final LongConsumer ended;

  /** {@code ended} takes what was stored. */
  public ExitWord(long base, LongConsumer ended) {
    this.base = base;
    this.ended = ended;
  }

  @Override
  public long base() {
    return base;
  }

  @Override
  public int bytes() {
    return 4;
  }

  @Override
  public long load(long physical, int bytes) {
    return 0;
  }

  @Override
  public void store(long physical, int bytes, long value) {
    ended.accept(value);
  }
}
