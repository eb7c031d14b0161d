package stillpoint.machine.time;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which shard of which node carries which process: a pure function of the model's topology and the
 * nodes. The line of places is cut into contiguous pieces, first over the nodes by their capacity,
 * then over each node's shards, about the same number of processes each; between boards, if there
 * are enough of them. Never changes a latency or a result.
 */
public final class Placement {
  /** There are at most this many shards. */
  public static final int MOST_SHARDS = 128;

  private static final int LOCAL_BITS = 24;
  private static final int LOCAL_MASK = (1 << LOCAL_BITS) - 1;

  /**
   * What a node offers.
   *
   * @param capacity most places that it takes, at least 1, and its share of the machine is in proportion to it; {@link
   *     #UNLIMITED} takes any number, and a share like the largest of those that do not
   * @param shards threads that it runs, at least 1
   */
  public record Node(int capacity, int shards) {
    public static final int UNLIMITED = Integer.MAX_VALUE;

    public Node {
      if (capacity < 1 || shards < 1) {
        throw new BrokenInvariant("a node of capacity " + capacity + " with " + shards + " shards");
      }
    }
  }

  private final Model model;

  /**
   * By process id: shard above {@link #LOCAL_BITS} bits of index within the shard. One look-up an
   * event.
   */
  private final int[] homes;

  private final int[][] members;

  /** By node: its first shard; one more for the end. */
  private final int[] firstShards;

  /** By shard. */
  private final int[] nodes;

  /** By node. */
  private final PlaceRange[] places;

  /** By node: see {@link #apartCycles}. */
  private final long[] apart;

  private Placement(
      Model model,
      int[] homes,
      int[][] members,
      int[] firstShards,
      PlaceRange[] places,
      long[] apart) {
    this.model = model;
    this.homes = homes;
    this.members = members;
    this.firstShards = firstShards;
    this.places = places;
    this.apart = apart;
    this.nodes = new int[members.length];
    for (int node = 0; node + 1 < firstShards.length; node++) {
      Arrays.fill(nodes, firstShards[node], firstShards[node + 1], node);
    }
  }

  /**
   * Cuts {@code model} into {@code shards} pieces on one node; a shard may stay empty when there are
   * fewer places than shards.
   */
  public static Placement of(Model model, int shards) {
    if (shards < 1) {
      throw new BrokenInvariant(
          "%d processes cannot be placed on %d shards".formatted(model.size(), shards));
    }
    return of(model, List.of(new Node(Node.UNLIMITED, shards)));
  }

  /**
   * Cuts {@code model} over nodes; a node may stay empty when there are fewer places than nodes. None
   * gets more places than its capacity, which together must be enough.
   */
  public static Placement of(Model model, List<Node> offered) {
    int size = model.size();
    int shards = offered.stream().mapToInt(Node::shards).sum();
    if (shards < 1 || shards > MOST_SHARDS || size < 1 || size > EventOrder.PROCESSES) {
      throw new BrokenInvariant(
          "%d processes cannot be placed on %d shards".formatted(size, shards));
    }
    PlaceCuts cuts = new PlaceCuts(model);
    PlaceRange all = new PlaceRange(0, model.places());
    int[] capacities = offered.stream().mapToInt(Node::capacity).toArray();
    PlaceRange[] nodes = cuts.cut(all, weights(capacities), capacities);
    int[] shardOfPlace = new int[model.places()];
    int[] firstShards = new int[offered.size() + 1];
    long[] apart = new long[nodes.length];
    for (int node = 0; node < nodes.length; node++) {
      int[] equal = new int[offered.get(node).shards()];
      Arrays.fill(equal, 1);
      int[] any = new int[equal.length];
      Arrays.fill(any, Node.UNLIMITED);
      PlaceRange[] pieces = cuts.cut(nodes[node], equal, any);
      for (int piece = 0; piece < pieces.length; piece++) {
        int shard = firstShards[node] + piece;
        Arrays.fill(shardOfPlace, pieces[piece].from(), pieces[piece].until(), shard);
      }
      firstShards[node + 1] = firstShards[node] + pieces.length;
      apart[node] = smallestLatency(model, pieces);
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
    return new Placement(model, homes, members, firstShards, nodes, apart);
  }

  /** Who takes any number counts as much as the largest of the others. */
  private static int[] weights(int[] capacities) {
    int largest = Arrays.stream(capacities).filter(one -> one != Node.UNLIMITED).max().orElse(1);
    return Arrays.stream(capacities).map(one -> one == Node.UNLIMITED ? largest : one).toArray();
  }

  /** On all nodes. */
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

  public int nodes() {
    return places.length;
  }

  public int nodeOfShard(int shard) {
    return nodes[shard];
  }

  /** The shards of a node are numbered from here. */
  public int firstShardOf(int node) {
    return firstShards[node];
  }

  /** Number of shards of a node. */
  public int shardsOf(int node) {
    return firstShards[node + 1] - firstShards[node];
  }

  public int nodeOf(int id) {
    return nodes[shardOf(id)];
  }

  /** The places that a node carries. */
  public PlaceRange placesOf(int node) {
    return places[node];
  }

  /** Ids of the processes of a node, ascending. */
  public int[] idsOf(int node) {
    return IntStream.range(firstShards[node], firstShards[node + 1])
        .flatMap(shard -> Arrays.stream(members[shard]))
        .sorted()
        .toArray();
  }

  /**
   * The smallest latency of any link that joins two nodes, in cycles; NEVER if none does. Nodes may
   * run apart so far.
   */
  public long crossingCycles() {
    return smallestLatency(model, places);
  }

  /**
   * The smallest latency of any link that joins two shards of a node, in cycles; NEVER if none does.
   * These shards may run apart so far.
   */
  public long apartCycles(int node) {
    return apart[node];
  }

  private static long smallestLatency(Model model, PlaceRange[] ranges) {
    long smallest = LogicalProcess.NEVER;
    for (int a = 0; a < ranges.length; a++) {
      for (int b = a + 1; b < ranges.length; b++) {
        if (!isEmpty(ranges[a]) && !isEmpty(ranges[b])) {
          smallest = Math.min(smallest, model.lookaheadBetween(ranges[a], ranges[b]));
        }
      }
    }
    return smallest;
  }

  private static boolean isEmpty(PlaceRange range) {
    return range.from() == range.until();
  }

  /** For people: which places are where. */
  @Override
  public String toString() {
    return IntStream.range(0, places.length)
        .mapToObj(
            node ->
                isEmpty(places[node])
                    ? "node %d: nothing".formatted(node)
                    : "node %d: places %d-%d on %d thread%s"
                        .formatted(
                            node,
                            places[node].from(),
                            places[node].until() - 1,
                            shardsOf(node),
                            shardsOf(node) == 1 ? "" : "s"))
        .collect(Collectors.joining("; "));
  }
}
