package stillpoint.machine.time;

/**
 * The one source of randomness: SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom
 * number generators", 2014). A root generator gives the published sequence of its seed.
 *
 * <p>A fork is a generator of its own, with its own increment. It depends on its parent's origin
 * and on its name alone, not on how many numbers the parent has given: so a new draw in one part of
 * a model moves nothing in another.
 */
public final class SeededRandom {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private final long origin;
  private final long gamma;
  private long state;

  private SeededRandom(long origin, long gamma) {
    this.origin = origin;
    this.gamma = gamma;
    this.state = origin;
  }

  public static SeededRandom ofSeed(long seed) {
    return new SeededRandom(seed, GOLDEN_GAMMA);
  }

  /** What was to go on as if nothing had been drawn from this generator has found that something was. */
  public static final class Drawn extends RuntimeException {
    private static final long serialVersionUID = 1;

    private Drawn() {
      super("something was drawn from a generator that each run has its own of");
    }
  }

  /**
   * @throws Drawn unless nothing has been drawn yet
   */
  public void requireFresh() {
    if (state != origin) {
      throw new Drawn();
    }
  }

  public SeededRandom fork(String name) {
    return forkBy(new StateHash().fold(name).value());
  }

  public SeededRandom fork(long number) {
    return forkBy(StateHash.mix(number + GOLDEN_GAMMA));
  }

  private SeededRandom forkBy(long key) {
    long seed = new StateHash().fold(origin).fold(gamma).fold(key).value();
    return new SeededRandom(seed, gammaFrom(seed + GOLDEN_GAMMA));
  }

  /**
   * An odd increment with enough bit changes, as in section 4 of the paper; MurmurHash3's
   * finalizer, unlike {@code mix}.
   */
  private static long gammaFrom(long z) {
    z = (z ^ (z >>> 33)) * 0xFF51AFD7ED558CCDL;
    z = (z ^ (z >>> 33)) * 0xC4CEB9FE1A85EC53L;
    z = (z ^ (z >>> 33)) | 1L;
    return Long.bitCount(z ^ (z >>> 1)) < 24 ? z ^ 0xAAAAAAAAAAAAAAAAL : z;
  }

  public long nextLong() {
    state += gamma;
    return StateHash.mix(state);
  }

  /**
   * Uniform over 0 .. bound - 1, without bias (Lemire, "Fast random integer generation in an
   * interval", 2019).
   */
  public int nextInt(int bound) {
    if (bound <= 0) {
      throw new BrokenInvariant("a random number below %d was asked for".formatted(bound));
    }
    long product = (nextLong() >>> 32) * bound;
    if ((product & 0xFFFFFFFFL) < bound) {
      long threshold = (1L << 32) % bound;
      while ((product & 0xFFFFFFFFL) < threshold) {
        product = (nextLong() >>> 32) * bound;
      }
    }
    return (int) (product >>> 32);
  }

  /** Uniform over the multiples of 2^-53 in [0, 1). */
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1p-53;
  }
}
