package stillpoint.machine.time;

import java.util.BitSet;

/**
 * A piece of the machine that runs through its windows as one: its processes, their calendar, the
 * events that wait for them. Pure; whoever carries it does, window after window:
 *
 * <pre>
 *   loop: further()                             a window of its own, or null:
 *         promise(), batchFor(every other shard of the node), receive(what they sent) until
 *         rule().complete()
 *         rule().next()                         a window, or the edge:
 *         takeRemote(node) goes to the other nodes, deliverAll(what they sent), rule().extend(until)
 *
 *         a window: open(window)                finds the active processes
 *         advance(active(i), until, takeInbox(active(i)))     for each, in any order, on any thread
 *         close()                               routes what they sent
 * </pre>
 */
public final class Shard {
  private final int number;
  private final int node;
  private final Placement placement;
  private final WindowRule rule;
  private final long lookaheadCycles;
  private Calendar calendar;
  private final ProcessRunner[] runners;
  private final Event[] inboxes;
  private final BlockedProcesses blocked;

  /**
   * By index: what a process left when it was last advanced; read in one sweep when the window
   * closes.
   */
  private final Event[] sent;

  private final long[] nextCycles;
  private final long[] blockedSince;
  private final long[] lastActiveCycles;
  private final long[] handledCounts;

  /** By shard: chain of events that wait for {@link #batchFor}. */
  private final Event[] outgoing;

  /** By node: chain of events that wait for {@link #takeRemote}. */
  private final Event[] remote;

  /** Earliest arrival of what was sent to other shards of the node since the last exchange. */
  private long earliestSent = LogicalProcess.NEVER;

  private long earliestRemote = LogicalProcess.NEVER;

  private final int[] active;
  private int activeCount;
  private Promise ownPromise = Promise.NONE;
  private long lastActiveCycle = -1;
  private long handledCount;

  /** By index: who has done something since {@link #takeChanged}. */
  private final BitSet changed = new BitSet();

  public Shard(Model model, Placement placement, int number) {
    this.number = number;
    this.node = placement.nodeOfShard(number);
    this.placement = placement;
    this.lookaheadCycles = model.lookaheadCycles();
    this.rule =
        new WindowRule(lookaheadCycles, placement.apartCycles(node), placement.shardsOf(node));
    int size = placement.sizeOf(number);
    this.runners = new ProcessRunner[size];
    this.inboxes = new Event[size];
    this.blocked = new BlockedProcesses(size);
    this.sent = new Event[size];
    this.nextCycles = new long[size];
    this.blockedSince = new long[size];
    this.lastActiveCycles = new long[size];
    this.handledCounts = new long[size];
    changed.set(0, size);
    this.outgoing = new Event[placement.shards()];
    this.remote = new Event[placement.nodes()];
    this.active = new int[size];
    for (int index = 0; index < size; index++) {
      runners[index] = new ProcessRunner(model, placement.idOf(number, index));
    }
    schedule();
  }

  /** Builds the calendar from what the processes say of themselves. */
  private void schedule() {
    calendar = new Calendar(runners.length, lookaheadCycles);
    handledCount = 0;
    for (int index = 0; index < runners.length; index++) {
      handledCount += runners[index].handledCount();
      calendar.schedule(index, runners[index].nextCycle());
      blocked.set(index, runners[index].blockedSince());
      lastActiveCycle = Math.max(lastActiveCycle, runners[index].lastActiveCycle());
    }
  }

  /**
   * One process at the cut at which the shard waits, as a snapshot. Any thread may call it, for
   * different processes at the same time.
   */
  public byte[] save(int index, Snapshots snapshots, long cutCycle) {
    return runners[index].save(snapshots, cutCycle, inboxes[index]);
  }

  /**
   * Restores one process; only before the first {@link #close}. Any thread may call it, for
   * different processes at the same time; {@link #resume} follows.
   */
  public void load(int index, Snapshots snapshots, byte[] snapshot) {
    runners[index].load(snapshots, snapshot);
  }

  /** All processes have been restored as they were at a cut; the shard goes on from there. */
  public void resume(CutProgress from) {
    for (ProcessRunner runner : runners) {
      runner.requireRestoredAt(from.cycle());
    }
    rule.resume(from);
    schedule();
  }

  /** Among the shards of all nodes. */
  public int number() {
    return number;
  }

  /** Number of processes. */
  public int size() {
    return runners.length;
  }

  public WindowRule rule() {
    return rule;
  }

  public ProcessRunner runner(int index) {
    return runners[index];
  }

  /** A window that no other shard needs to hear of before it opens, or null: {@link #promise} is next. */
  public WindowRule.Open further() {
    return rule.further(calendar.nextCycle());
  }

  /** Finds who has something to do in the window; returns how many. */
  public int open(WindowRule.Open window) {
    activeCount = calendar.take(window.untilCycle(), active);
    return activeCount;
  }

  /** Index of the {@code i}-th active process of the window; they are in index order. */
  public int active(int i) {
    return active[i];
  }

  /** The chain of events that wait for a process, or null. The caller owns it. */
  public Event takeInbox(int index) {
    Event chain = inboxes[index];
    inboxes[index] = null;
    return chain;
  }

  /**
   * Advances one process, with the inbox taken for it. The one method that any thread may call, for
   * different processes at the same time; all calls must have happened before {@link #close}.
   */
  public void advance(int index, long untilCycle, Event inbox) {
    ProcessRunner runner = runners[index];
    long handledBefore = runner.handledCount();
    runner.advance(untilCycle, inbox);
    handledCounts[index] = runner.handledCount() - handledBefore;
    sent[index] = runner.takeSent();
    nextCycles[index] = runner.nextCycle();
    blockedSince[index] = runner.blockedSince();
    lastActiveCycles[index] = runner.lastActiveCycle();
  }

  /** Ends the window, once all active processes have been advanced: routes what they sent. */
  public void close() {
    for (int i = 0; i < activeCount; i++) {
      int index = active[i];
      calendar.schedule(index, nextCycles[index]);
      blocked.set(index, blockedSince[index]);
      handledCount += handledCounts[index];
      changed.set(index);
      lastActiveCycle = Math.max(lastActiveCycle, lastActiveCycles[index]);
      Event event = sent[index];
      sent[index] = null;
      while (event != null) {
        Event rest = event.next();
        int home = placement.shardOf(event.target());
        if (home == number) {
          deliver(event);
        } else if (placement.nodeOfShard(home) == node) {
          outgoing[home] = event.inFrontOf(outgoing[home]);
          earliestSent = Math.min(earliestSent, event.arrivalCycle());
        } else {
          int far = placement.nodeOfShard(home);
          remote[far] = event.inFrontOf(remote[far]);
          earliestRemote = Math.min(earliestRemote, event.arrivalCycle());
        }
        event = rest;
      }
    }
    activeCount = 0;
  }

  /** Before an exchange: promises for the shard. */
  public void promise() {
    // what was sent to others must be covered: until it arrives nobody else knows of it
    ownPromise =
        new Promise(
            Math.min(calendar.nextCycle(), earliestSent), blocked.earliest(), lastActiveCycle);
    earliestSent = LogicalProcess.NEVER;
    rule.promise(rule.window(), number - placement.firstShardOf(node), ownPromise);
  }

  /** The batch for another shard of this node at the exchange; once each. */
  public WindowBatch batchFor(int shard) {
    Event chain = outgoing[shard];
    outgoing[shard] = null;
    return new WindowBatch(rule.window(), number, shard, chain, ownPromise);
  }

  /**
   * Takes in what another shard sent, for this exchange or, if that shard was quicker, for the next.
   */
  public void receive(WindowBatch batch) {
    if (batch.to() != number) {
      throw new BrokenInvariant("shard %d got a batch for shard %d".formatted(number, batch.to()));
    }
    rule.promise(batch.window(), batch.from() - placement.firstShardOf(node), batch.promise());
    deliverAll(batch.events());
  }

  /** At the edge: the chain of events for another node, or null. The caller owns it. */
  public Event takeRemote(int otherNode) {
    Event chain = remote[otherNode];
    remote[otherNode] = null;
    return chain;
  }

  /** At the edge: earliest arrival of what was sent to other nodes since this was last asked, or NEVER. */
  public long takeEarliestRemote() {
    long earliest = earliestRemote;
    earliestRemote = LogicalProcess.NEVER;
    return earliest;
  }

  /** At the edge, before it is extended: takes in what other nodes sent. */
  public void deliverAll(Event chain) {
    Event event = chain;
    while (event != null) {
      Event rest = event.next();
      deliver(event);
      event = rest;
    }
  }

  private void deliver(Event event) {
    int index = placement.indexOf(event.target());
    inboxes[index] = event.inFrontOf(inboxes[index]);
    calendar.schedule(index, event.arrivalCycle());
  }

  /** Events handled by all processes so far. */
  public long handledCount() {
    return handledCount;
  }

  /**
   * Ids of those processes that did something since this was last asked, ascending; the first time
   * all of them.
   */
  public int[] takeChanged() {
    int[] ids = changed.stream().map(index -> placement.idOf(number, index)).sorted().toArray();
    changed.clear();
    return ids;
  }
}
