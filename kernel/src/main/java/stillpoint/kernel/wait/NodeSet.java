package stillpoint.kernel.wait;

import java.util.Arrays;

/** A mutable set of small numbers, below a bound: CPUs, or nodes of the wait-for graph. Plain data, as a snapshot wants it. */
public final class NodeSet {
  private final long[] words;

  /**
   * @param bound numbers are below it
   */
  public NodeSet(int bound) {
    this.words = new long[Math.ceilDiv(bound, Long.SIZE)];
  }

  public void set(int node, boolean member) {
    long bit = 1L << node;
    words[node / Long.SIZE] =
        member ? words[node / Long.SIZE] | bit : words[node / Long.SIZE] & ~bit;
  }

  public boolean get(int node) {
    return (words[node / Long.SIZE] >>> node & 1) != 0;
  }

  /** Smallest member {@code >= node}, or -1. */
  public int next(int node) {
    return nextOfBoth(node, this);
  }

  /** Smallest member {@code >= node} that is in {@code other}, a set of the same bound, too; or -1. */
  public int nextOfBoth(int node, NodeSet other) {
    long mask = -1L << node;
    for (int i = node / Long.SIZE; i < words.length; i++) {
      long bits = words[i] & other.words[i] & mask;
      if (bits != 0) {
        return i * Long.SIZE + Long.numberOfTrailingZeros(bits);
      }
      mask = -1L;
    }
    return -1;
  }

  public int size() {
    int size = 0;
    for (long word : words) {
      size += Long.bitCount(word);
    }
    return size;
  }

  public void clear() {
    Arrays.fill(words, 0);
  }
}
