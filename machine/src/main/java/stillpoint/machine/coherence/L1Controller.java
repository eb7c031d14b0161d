package stillpoint.machine.coherence;

import java.util.List;
import java.util.Optional;
import stillpoint.machine.coherence.CoherenceProtocol.AckCount;
import stillpoint.machine.coherence.CoherenceProtocol.Copyback;
import stillpoint.machine.coherence.CoherenceProtocol.DataM;
import stillpoint.machine.coherence.CoherenceProtocol.DataS;
import stillpoint.machine.coherence.CoherenceProtocol.FwdGetM;
import stillpoint.machine.coherence.CoherenceProtocol.FwdGetS;
import stillpoint.machine.coherence.CoherenceProtocol.GetI;
import stillpoint.machine.coherence.CoherenceProtocol.GetM;
import stillpoint.machine.coherence.CoherenceProtocol.GetS;
import stillpoint.machine.coherence.CoherenceProtocol.GlobalInvalidateI;
import stillpoint.machine.coherence.CoherenceProtocol.Inv;
import stillpoint.machine.coherence.CoherenceProtocol.InvAck;
import stillpoint.machine.coherence.CoherenceProtocol.InvAckToHome;
import stillpoint.machine.coherence.CoherenceProtocol.InvalidateIAck;
import stillpoint.machine.coherence.CoherenceProtocol.PutE;
import stillpoint.machine.coherence.CoherenceProtocol.PutM;
import stillpoint.machine.coherence.CoherenceProtocol.PutS;
import stillpoint.machine.coherence.CoherenceProtocol.ToHome;
import stillpoint.machine.coherence.CoherenceProtocol.ToL1;
import stillpoint.machine.coherence.CoherenceProtocol.UncachedLoad;
import stillpoint.machine.coherence.CoherenceProtocol.UncachedStore;
import stillpoint.machine.coherence.CoherenceProtocol.Upgrade;
import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.l1.DataCache;
import stillpoint.machine.l1.L1State;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.StateHash;

/**
 * The coherence controller of one CPU's data cache, which also carries the instruction cache's
 * requests. Mutable, owned by the CPU's process, no process itself. All decisions are in {@link
 * L1Mesi#TABLE}.
 *
 * <p>The CPU is in order and stalls on a miss, so it has at most one request outstanding; lines
 * being written back come on top. What others say is answered at once, but for what the home has
 * put behind this CPU's own request for the same line: that waits until the request's data and
 * InvAcks are here and the CPU has done its access. There is never more than one such message: the
 * home says nothing more to a CPU that it knows to have given the line away. So a message waits only
 * for what the home has put in front of it, and nothing deadlocks (docs/coherence.md).
 */
public final class L1Controller {
  /**
   * The CPU, as the controller sees it. Calls come from within {@link #request} and {@link
   * #handle}.
   */
  public interface Listener {
    /**
     * The outstanding access can be done now, and has to be done at this very cycle, before
     * anything else: the line may be lost to the next message. Always the last call of a {@link
     * #handle}; a new request may be made from here.
     *
     * @param bytesOrNull for FETCH the words of the line, for UNCACHED what a load read (of a store
     *     nothing), in memory order, shared and never to be changed; else null
     */
    void accessReady(AccessKind kind, long lineAddress, byte[] bytesOrNull);

    /**
     * A line was lost, wholly or in part: it was readable and now is not (invalidated, recalled, or
     * replaced by this CPU's own miss), or it was E or M and is now S (another CPU reads it).
     * {@link DataCache} tells which. Called after the change, in every such case and in no other;
     * an upgrade under way (S, SM_D) loses nothing. A store of another CPU can become visible only
     * after a call that leaves the line unreadable, so spinning CPUs and links of ll/sc may hang on
     * that; a link need not break while the line is readable. No new request may be made from here.
     */
    void lineLost(long lineAddress);

    /** Another CPU wants this line gone from the instruction cache, now. */
    void invalidateInstructionLine(long lineAddress);

    /**
     * Whether the CPU does an access not within {@link #accessReady} but when {@link #handle} has
     * returned. It then calls {@link L1Controller#answerDeferred} each time it has.
     */
    default boolean accessesAfterHandle() {
      return false;
    }
  }

  /**
   * What the CPU waits for.
   *
   * @param line physical line address
   * @param home process id of the line's home
   * @param sinceCycle when it was asked for
   */
  public record Outstanding(AccessKind kind, long line, int home, long sinceCycle) {
    /** For instance {@code memory answer from directory1 for line 0x1040}. */
    public String describe(MachineMap map) {
      String what =
          switch (kind) {
            case LOAD, STORE, FETCH -> "memory answer";
            case GLOBAL_INVALIDATE_I -> "end of a global icache invalidation";
            case UNCACHED -> "uncached answer";
            case CACHE_OPERATION -> "end of a cache operation";
          };
      return what + " from " + map.nameOf(home) + " for line 0x" + Long.toHexString(line);
    }
  }

  private final int cpu;
  private final MachineMap map;
  private final DataCache cache;
  private final Listener listener;
  private final transient TransitionTable<L1State, L1Mesi.Event, L1Mesi.Action> table;
  private final WritebackBuffer writebacks = new WritebackBuffer();

  /** Kind of the outstanding request, or null. */
  private AccessKind kind;

  private long requestedLine;
  private long requestedAtCycle;

  /** What the request is, while it waits for the home's word on the line's own writeback; else null. */
  private L1Mesi.Event waiting;

  /** InvAcks that have not come; below 0 if some came before their count. */
  private int acksMissing;

  /** What others said about the requested line and have to wait for, or null. */
  private ToL1 deferred;

  public L1Controller(int cpu, MachineMap map, DataCache cache, Listener listener) {
    this(cpu, map, cache, listener, L1Mesi.TABLE);
  }

  L1Controller(
      int cpu,
      MachineMap map,
      DataCache cache,
      Listener listener,
      TransitionTable<L1State, L1Mesi.Event, L1Mesi.Action> table) {
    this.cpu = cpu;
    this.map = map;
    this.cache = cache;
    this.listener = listener;
    this.table = table;
  }

  /**
   * Asks for what the caches cannot give. The CPU stalls until {@link Listener#accessReady}; a
   * second request before is a broken invariant, and so is one that the data cache could serve.
   */
  public void request(AccessKind wanted, long physical, long cycle, Outbox outbox) {
    L1Mesi.Event event =
        switch (wanted) {
          case FETCH -> L1Mesi.Event.FETCH;
          case LOAD -> L1Mesi.Event.LOAD;
          case STORE -> L1Mesi.Event.STORE;
          case GLOBAL_INVALIDATE_I -> L1Mesi.Event.GLOBAL_INVALIDATE_I;
          case UNCACHED, CACHE_OPERATION ->
              throw broken(wanted + " has a request of its own", physical, cycle);
        };
    begin(wanted, physical, event, null, cycle, outbox);
  }

  /**
   * Asks for a line to be writable for a store conditional whose link is whole; the line is
   * readable (S). {@link Listener#accessReady} with STORE says that the instruction can be done
   * now, which then fails if the link was lost meanwhile. Other than with STORE, a store
   * conditional that has failed takes the line from nobody: otherwise CPUs that contend for a word
   * could break each other's links for ever.
   */
  public void requestStoreConditional(long physical, long cycle, Outbox outbox) {
    begin(AccessKind.STORE, physical, L1Mesi.Event.STORE_CONDITIONAL, null, cycle, outbox);
  }

  /** Reads bytes of one line from memory, past all caches, whatever they hold. */
  public void requestUncachedLoad(long physical, int bytes, long cycle, Outbox outbox) {
    long line = cache.geometry().lineAddress(physical);
    ToHome load = new UncachedLoad(line, (int) (physical - line), bytes);
    begin(AccessKind.UNCACHED, physical, L1Mesi.Event.UNCACHED, load, cycle, outbox);
  }

  /** Writes bytes of one line to memory, past all caches, whatever they hold. */
  public void requestUncachedStore(long physical, byte[] data, long cycle, Outbox outbox) {
    long line = cache.geometry().lineAddress(physical);
    ToHome store = new UncachedStore(line, (int) (physical - line), data);
    begin(AccessKind.UNCACHED, physical, L1Mesi.Event.UNCACHED, store, cycle, outbox);
  }

  /**
   * Does a cache operation on the line that holds an address; done when the home knows of it, so
   * that a device or an uncached access comes behind it. {@link Listener#accessReady} with
   * CACHE_OPERATION comes from within this call if nobody has to be asked.
   */
  public void requestOperation(
      DataCacheOperation operation, long physical, long cycle, Outbox outbox) {
    L1Mesi.Event event = L1Events.of(operation);
    begin(AccessKind.CACHE_OPERATION, physical, event, null, cycle, outbox);
  }

  /**
   * The same on the line that a slot of the cache holds; if it holds none, waits for one of those of
   * its set that are on their way home, for that may have been in the slot. Returns false, and does
   * nothing, when there is neither: so who asks again after each {@link Listener#accessReady} knows
   * then that the slot is empty and that memory has what was in it.
   */
  public boolean requestIndexOperation(
      DataCacheOperation operation, int slot, long cycle, Outbox outbox) {
    if (cache.holdsAnything() && cache.state(slot) != L1State.I) {
      requestOperation(operation, cache.lineAddress(slot), cycle, outbox);
      return true;
    }
    int leaving = writebacks.indexOfSet(cache.geometry(), slot / cache.geometry().ways());
    if (leaving >= 0) {
      requestOperation(operation, writebacks.line(leaving), cycle, outbox);
    }
    return leaving >= 0;
  }

  /** Takes a message of a home or of another L1. */
  public void handle(long cycle, ToL1 message, Outbox outbox) {
    step(cycle, message.line(), L1Events.of(message, acksMissing), message, outbox);
  }

  /**
   * Answers what had to wait for the access that has just been done; nothing if nothing had to. For
   * CPUs that say {@link Listener#accessesAfterHandle}; with others it happens by itself.
   *
   * @param cycle when the line may go: as early as the access, or later
   */
  public void answerDeferred(long cycle, Outbox outbox) {
    if (deferred != null) {
      ToL1 message = deferred;
      deferred = null;
      handle(cycle, message, outbox);
    }
  }

  /** What the CPU is stalled on, if anything. */
  public Optional<Outstanding> outstanding() {
    return kind == null
        ? Optional.empty()
        : Optional.of(
            new Outstanding(kind, requestedLine, map.homeOf(requestedLine), requestedAtCycle));
  }

  /** Whether a request is outstanding. */
  public boolean stalled() {
    return kind != null;
  }

  /** Lines given back that the home has not acknowledged yet. */
  public int writebacksPending() {
    return writebacks.count();
  }

  /**
   * Bytes of a line that is on its way home, or empty: the newest ones, until the home says
   * otherwise.
   */
  public Optional<byte[]> writebackOf(long lineAddress) {
    int index = writebacks.indexOf(lineAddress);
    boolean newest =
        index >= 0
            && (writebacks.state(index) == L1State.MI_A || writebacks.state(index) == L1State.EI_A);
    return newest ? Optional.of(writebacks.data(index)) : Optional.empty();
  }

  /** Folds what the controller itself holds; the cache's array is folded by the cache. */
  public void foldState(StateHash hash) {
    hash.fold(kind == null ? -1 : kind.ordinal());
    if (kind != null) {
      hash.fold(requestedLine).fold(requestedAtCycle).fold(acksMissing);
      hash.fold(waiting == null ? -1 : waiting.ordinal());
    }
    hash.fold(deferred != null);
    if (deferred != null) {
      deferred.fold(hash);
    }
    writebacks.fold(hash);
  }

  private void begin(
      AccessKind wanted,
      long physical,
      L1Mesi.Event event,
      ToHome uncached,
      long cycle,
      Outbox outbox) {
    long line = cache.geometry().lineAddress(physical);
    if (kind != null) {
      throw broken(event + " while " + kind + " is outstanding", line, cycle);
    }
    kind = wanted;
    requestedLine = line;
    requestedAtCycle = cycle;
    step(cycle, line, event, uncached, outbox);
  }

  private void step(long cycle, long line, L1Mesi.Event event, Message message, Outbox outbox) {
    int buffered = writebacks.indexOf(line);
    int slot = buffered >= 0 ? DataCache.ABSENT : cache.find(line);
    L1State state =
        buffered >= 0
            ? writebacks.state(buffered)
            : slot == DataCache.ABSENT ? L1State.I : cache.state(slot);
    TransitionTable.Cell<L1State, L1Mesi.Action> cell = table.at(state, event);
    if (cell == null) {
      throw table.missing(state, event, map.nameOf(cpu), line, cycle);
    }
    L1State next = cell.next();
    if (next != state && buffered >= 0) {
      writebacks.state(buffered, next);
    } else if (next != state && slot != DataCache.ABSENT) {
      cache.setState(slot, next); // the bytes stay in the slot until the next install
    }
    countAcks(message);
    List<L1Mesi.Action> actions = cell.actions();
    for (int i = 0; i < actions.size(); i++) {
      act(actions.get(i), cycle, line, slot, next, event, message, outbox);
    }
  }

  /** How many InvAcks there will be comes with the answer, whatever else the answer does. */
  private void countAcks(Message message) {
    if (message instanceof DataM data) {
      acksMissing += data.acks();
    } else if (message instanceof AckCount count) {
      acksMissing += count.acks();
    }
  }

  private void act(
      L1Mesi.Action action,
      long cycle,
      long line,
      int slot,
      L1State next,
      L1Mesi.Event event,
      Message message,
      Outbox outbox) {
    switch (action) {
      case ALLOCATE_LINE -> allocate(cycle, line, next, outbox);
      case FILL_LINE -> cache.install(slot, line, next, L1Events.lineIn(message));
      case SEND_GETS -> toHome(cycle, new GetS(line), outbox);
      case SEND_GETM -> toHome(cycle, new GetM(line), outbox);
      case SEND_UPGRADE -> toHome(cycle, new Upgrade(line), outbox);
      case SEND_GETI -> toHome(cycle, new GetI(line), outbox);
      case SEND_GLOBAL_INVALIDATE_I -> toHome(cycle, new GlobalInvalidateI(line), outbox);
      case SEND_UNCACHED -> toHome(cycle, (ToHome) message, outbox);
      case MOVE_TO_WRITEBACK_BUFFER -> {
        writebacks.put(line, next, next == L1State.SI_A ? null : cache.copyOfLine(slot));
        cache.setState(slot, L1State.I);
      }
      case SEND_PUTS -> toHome(cycle, new PutS(line), outbox);
      case SEND_PUTE -> toHome(cycle, new PutE(line), outbox);
      case SEND_PUTM -> toHome(cycle, new PutM(line, contentOf(line, slot)), outbox);
      case FREE_WRITEBACK_BUFFER -> writebacks.free(line);
      case WAIT_FOR_PUT_ACK -> waiting = event;
      case RETRY_WAITING -> retry(cycle, line, outbox);
      case SEND_INV_ACK -> acknowledge(cycle, (Inv) message, outbox);
      case SEND_DATA_S ->
          send(
              cycle,
              ((FwdGetS) message).requester(),
              new DataS(line, contentOf(line, slot)),
              outbox);
      case SEND_DATA_M ->
          send(
              cycle,
              ((FwdGetM) message).requester(),
              new DataM(line, contentOf(line, slot), 0),
              outbox);
      case SEND_COPYBACK -> toHome(cycle, new Copyback(line, contentOf(line, slot)), outbox);
      case COUNT_INV_ACK -> acksMissing--;
      case DEFER -> defer(cycle, (ToL1) message);
      case ANSWER_DEFERRED -> {
        if (!listener.accessesAfterHandle()) {
          answerDeferred(cycle, outbox);
        }
      }
      case DROP_INSTRUCTION_LINE -> listener.invalidateInstructionLine(line);
      case SEND_INVALIDATE_I_ACK -> toHome(cycle, new InvalidateIAck(line), outbox);
      case TELL_LINE_LOST -> listener.lineLost(line);
      case COMPLETE_ACCESS -> complete(cycle, line, event, message);
    }
  }

  private void retry(long cycle, long line, Outbox outbox) {
    if (waiting != null && requestedLine == line) {
      L1Mesi.Event event = waiting;
      waiting = null;
      step(cycle, line, event, null, outbox);
    }
  }

  private void acknowledge(long cycle, Inv inv, Outbox outbox) {
    boolean another = map.kindOf(inv.replyTo()) == MachineMap.Kind.CPU;
    Message answer = another ? new InvAck(inv.line()) : new InvAckToHome(inv.line());
    send(cycle, inv.replyTo(), answer, outbox);
  }

  private void defer(long cycle, ToL1 message) {
    if (deferred != null) {
      throw broken(message + " comes while " + deferred + " waits", message.line(), cycle);
    }
    deferred = message;
  }

  /** Bytes of a line that is in the writeback buffer or in a slot. */
  private byte[] contentOf(long line, int slot) {
    int buffered = writebacks.indexOf(line);
    return buffered >= 0 ? writebacks.data(buffered) : cache.copyOfLine(slot);
  }

  private void allocate(long cycle, long line, L1State state, Outbox outbox) {
    int slot = cache.victimFor(line);
    if (slot == DataCache.ABSENT) {
      throw broken("no place in the cache", line, cycle);
    }
    if (cache.state(slot) != L1State.I) {
      step(cycle, cache.lineAddress(slot), L1Mesi.Event.REPLACEMENT, null, outbox);
    }
    cache.install(slot, line, state, null);
  }

  private void complete(long cycle, long line, L1Mesi.Event event, Message message) {
    AccessKind answered = L1Events.answeredBy(event);
    if (answered == null || kind != answered || requestedLine != line || acksMissing != 0) {
      throw broken(event + " that nobody asked for", line, cycle);
    }
    kind = null;
    listener.accessReady(answered, line, L1Events.bytesFor(message));
  }

  private void toHome(long cycle, ToHome message, Outbox outbox) {
    send(cycle, map.homeOf(message.line()), message, outbox);
  }

  private void send(long cycle, int target, Message message, Outbox outbox) {
    outbox.send(target, cycle + map.latencyCycles(cpu, target), message);
  }

  private BrokenInvariant broken(String what, long line, long cycle) {
    return new BrokenInvariant(
        map.nameOf(cpu)
            + ": "
            + what
            + " (line 0x"
            + Long.toHexString(line)
            + ", cycle "
            + cycle
            + ")");
  }
}
