package stillpoint.machine.time;

import java.util.ArrayList;
import java.util.List;

/**
 * One node's side of the rounds: brings its shards together at the edge, makes the batches for the
 * other nodes, and deals what came from them to the shards. Pure; whoever carries it does, round
 * after round:
 *
 * <pre>
 *   atEdge(shard, ...)          for each shard of the node; after the last one
 *   batches()                   go to the other nodes
 *   receive(batch)              at any time
 *   once ready(): next()        a round: inboxOf(shard) and the new edge go to each shard; or a cut
 * </pre>
 */
public final class NodeExchange {
  private final int node;
  private final Placement placement;
  private final NodeRule rule;

  /** By node: what the shards sent there in this round. */
  private final Event[] outgoing;

  /** Batches whose round may not be delivered yet. */
  private final List<NodeBatch> held = new ArrayList<>();

  /** By shard of this node. */
  private final Event[] inboxes;

  private long earliestSent = LogicalProcess.NEVER;
  private int shardsAtEdge;
  private boolean ended;
  private Promise promise = Promise.NONE;

  public NodeExchange(Placement placement, int node, NodeRule rule) {
    this.placement = placement;
    this.node = node;
    this.rule = rule;
    this.outgoing = new Event[placement.nodes()];
    this.inboxes = new Event[placement.shardsOf(node)];
  }

  public NodeRule rule() {
    return rule;
  }

  /**
   * One of the node's shards has come to the edge.
   *
   * @param shards the promise of all the node's shards, the same from each
   * @param remote by node: chains of events for it
   * @param earliestRemote earliest arrival among these, or NEVER
   * @return whether that was the last one, and the node has ended the round
   */
  public boolean atEdge(Promise shards, Event[] remote, long earliestRemote) {
    for (int other = 0; other < remote.length; other++) {
      outgoing[other] = joined(remote[other], outgoing[other]);
    }
    earliestSent = Math.min(earliestSent, earliestRemote);
    if (++shardsAtEdge < inboxes.length) {
      return false;
    }
    shardsAtEdge = 0;
    ended = true;
    promise = rule.promiseOf(shards, earliestSent);
    earliestSent = LogicalProcess.NEVER;
    rule.promise(rule.round(), node, promise);
    return true;
  }

  /** For each other node, when the round has ended; once. */
  public List<NodeBatch> batches() {
    List<NodeBatch> batches = new ArrayList<>(outgoing.length - 1);
    for (int other = 0; other < outgoing.length; other++) {
      if (other != node) {
        batches.add(new NodeBatch(rule.round(), node, other, outgoing[other], promise));
        outgoing[other] = null;
      }
    }
    return batches;
  }

  /** Takes what another node sent; it is dealt out when its round is due. */
  public void receive(NodeBatch batch) {
    if (batch.to() != node) {
      throw new BrokenInvariant("node %d got a batch for node %d".formatted(node, batch.to()));
    }
    rule.promise(batch.round(), batch.from(), batch.promise());
    if (batch.events() != null) {
      held.add(batch);
    }
  }

  /** Whether {@link #next} can say what comes. */
  public boolean ready() {
    return ended && rule.ready();
  }

  public NodeRule.Step next() {
    NodeRule.Step step = rule.next();
    ended = false;
    if (step instanceof NodeRule.Run run) {
      deal(run.delivered());
    } else {
      // at a cut nothing is on its way: all of it lies with the processes when they are looked at
      deal(rule.round());
    }
    return step;
  }

  /** The next round after a cut that is not the last. */
  public NodeRule.Run goOn() {
    return rule.goOn();
  }

  private void deal(long round) {
    held.removeIf(
        batch -> {
          if (batch.round() > round) {
            return false;
          }
          Event event = batch.events();
          while (event != null) {
            Event rest = event.next();
            int shard = placement.shardOf(event.target()) - placement.firstShardOf(node);
            if (shard < 0 || shard >= inboxes.length) {
              throw new BrokenInvariant("node %d got %s".formatted(node, event));
            }
            inboxes[shard] = event.inFrontOf(inboxes[shard]);
            event = rest;
          }
          return true;
        });
  }

  /** What came from other nodes for a shard, by its number within the node; null if nothing. */
  public Event takeInbox(int shard) {
    Event chain = inboxes[shard];
    inboxes[shard] = null;
    return chain;
  }

  private static Event joined(Event chain, Event behind) {
    Event all = behind;
    Event event = chain;
    while (event != null) {
      Event rest = event.next();
      all = event.inFrontOf(all);
      event = rest;
    }
    return all;
  }
}
