package stillpoint.machine.time;

import java.util.Arrays;

/**
 * Which shard carries which process: a pure function of the model's places and the number of
 * shards. The line of places is cut into contiguous pieces with about the same number of processes
 * each. Never changes a latency or a result.
 */
public final class Placement {
  /** There are at most this many shards. */
  public static final int MOST_SHARDS = 128;

  private static final int LOCAL_BITS = 24;
  private static final int LOCAL_MASK = (1 << LOCAL_BITS) - 1;

  /**
   * By process id: shard above {@link #LOCAL_BITS} bits of index within the shard. One look-up an
   * event.
   */
  private final int[] homes;

  private final int[][] members;

  private Placement(int[] homes, int[][] members) {
    this.homes = homes;
    this.members = members;
  }

  /**
   * Cuts {@code model} into {@code shards} pieces; a shard may stay empty when there are fewer
   * places than shards.
   */
  public static Placement of(Model model, int shards) {
    int size = model.size();
    if (shards < 1 || shards > MOST_SHARDS || size < 1 || size > EventOrder.PROCESSES) {
      throw new BrokenInvariant(
          "%d processes cannot be placed on %d shards".formatted(size, shards));
    }
    int[] weights = new int[model.places()];
    for (int id = 0; id < size; id++) {
      weights[model.placeOf(id)]++;
    }
    int[] shardOfPlace = new int[weights.length];
    long before = 0;
    for (int place = 0; place < weights.length; place++) {
      // by the place's middle, so that pieces differ by less than one place
      shardOfPlace[place] =
          (int) Math.min(shards - 1, (2 * before + weights[place]) * shards / (2L * size));
      before += weights[place];
    }
    int[] counts = new int[shards];
    int[] homes = new int[size];
    for (int id = 0; id < size; id++) {
      int shard = shardOfPlace[model.placeOf(id)];
      homes[id] = shard << LOCAL_BITS | counts[shard]++;
    }
    int[][] members = new int[shards][];
    Arrays.setAll(members, shard -> new int[counts[shard]]);
    for (int id = 0; id < size; id++) {
      members[homes[id] >>> LOCAL_BITS][homes[id] & LOCAL_MASK] = id;
    }
    return new Placement(homes, members);
  }

  public int shards() {
    return members.length;
  }

  public int shardOf(int id) {
    return homes[id] >>> LOCAL_BITS;
  }

  /** Index of a process among those of its shard, in id order. */
  public int indexOf(int id) {
    return homes[id] & LOCAL_MASK;
  }

  /** Number of processes of a shard. */
  public int sizeOf(int shard) {
    return members[shard].length;
  }

  public int idOf(int shard, int index) {
    return members[shard][index];
  }
}
