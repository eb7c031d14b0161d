package stillpoint.machine.coherence;

import java.util.List;
import java.util.Optional;
import stillpoint.machine.coherence.CoherenceProtocol.DataE;
import stillpoint.machine.coherence.CoherenceProtocol.DataI;
import stillpoint.machine.coherence.CoherenceProtocol.DataM;
import stillpoint.machine.coherence.CoherenceProtocol.DataS;
import stillpoint.machine.coherence.CoherenceProtocol.GetI;
import stillpoint.machine.coherence.CoherenceProtocol.GetM;
import stillpoint.machine.coherence.CoherenceProtocol.GetS;
import stillpoint.machine.coherence.CoherenceProtocol.GlobalInvalidateI;
import stillpoint.machine.coherence.CoherenceProtocol.GlobalInvalidateIDone;
import stillpoint.machine.coherence.CoherenceProtocol.Inv;
import stillpoint.machine.coherence.CoherenceProtocol.InvAck;
import stillpoint.machine.coherence.CoherenceProtocol.InvalidateI;
import stillpoint.machine.coherence.CoherenceProtocol.InvalidateIAck;
import stillpoint.machine.coherence.CoherenceProtocol.PutAck;
import stillpoint.machine.coherence.CoherenceProtocol.PutM;
import stillpoint.machine.coherence.CoherenceProtocol.Recall;
import stillpoint.machine.coherence.CoherenceProtocol.RecallAck;
import stillpoint.machine.coherence.CoherenceProtocol.ToHome;
import stillpoint.machine.coherence.CoherenceProtocol.ToL1;
import stillpoint.machine.coherence.CoherenceProtocol.Upgrade;
import stillpoint.machine.coherence.CoherenceProtocol.UpgradeRefused;
import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.l1.DataCache;
import stillpoint.machine.l1.L1State;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.StateHash;

/**
 * The coherence controller of one CPU's data cache, which also carries the instruction cache's
 * requests. Mutable, owned by the CPU's process, no process itself. All decisions are in {@link
 * L1Mesi#TABLE}.
 *
 * <p>The CPU is in order and stalls on a miss, so it has at most one request outstanding; lines
 * being written back come on top. Every message of a home is answered at once, whatever the CPU
 * waits for: that is half of why nothing deadlocks (the other half is in {@link DirectorySlice}).
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
     * @param instructionLineOrNull for FETCH the words of the line, shared and never to be changed;
     *     else null
     */
    void accessReady(AccessKind kind, long lineAddress, byte[] instructionLineOrNull);

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
        };
    begin(wanted, physical, event, cycle, outbox);
  }

  /**
   * Asks for a line to be writable for a store conditional whose link is whole; the line is
   * readable (S). {@link Listener#accessReady} with STORE says that the instruction can be done
   * now, which then fails if the link was lost meanwhile. Other than with STORE, a store
   * conditional that has failed takes the line from nobody: otherwise CPUs that contend for a word
   * could break each other's links for ever.
   */
  public void requestStoreConditional(long physical, long cycle, Outbox outbox) {
    begin(AccessKind.STORE, physical, L1Mesi.Event.STORE_CONDITIONAL, cycle, outbox);
  }

  /** Takes a message of a home. */
  public void handle(long cycle, ToL1 message, Outbox outbox) {
    long line = message.line();
    switch (message) {
      case DataS data -> step(cycle, line, L1Mesi.Event.DATA_S, data.data(), outbox);
      case DataE data -> step(cycle, line, L1Mesi.Event.DATA_E, data.data(), outbox);
      case DataM data -> step(cycle, line, L1Mesi.Event.DATA_M, data.data(), outbox);
      case DataI data -> step(cycle, line, L1Mesi.Event.DATA_I, data.data(), outbox);
      case UpgradeRefused _ -> step(cycle, line, L1Mesi.Event.UPGRADE_REFUSED, null, outbox);
      case Inv _ -> step(cycle, line, L1Mesi.Event.INV, null, outbox);
      case Recall recall -> {
        boolean share = recall.keepShared();
        var event = share ? L1Mesi.Event.RECALL_TO_SHARE : L1Mesi.Event.RECALL_TO_DROP;
        step(cycle, line, event, null, outbox);
      }
      case PutAck _ -> step(cycle, line, L1Mesi.Event.PUT_ACK, null, outbox);
      case InvalidateI _ -> step(cycle, line, L1Mesi.Event.INVALIDATE_I, null, outbox);
      case GlobalInvalidateIDone _ ->
          step(cycle, line, L1Mesi.Event.GLOBAL_INVALIDATE_I_DONE, null, outbox);
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
    return writebacks.holds(lineAddress)
        ? Optional.of(writebacks.dataOf(lineAddress))
        : Optional.empty();
  }

  /** Folds what the controller itself holds; the cache's array is folded by the cache. */
  public void foldState(StateHash hash) {
    hash.fold(kind == null ? -1 : kind.ordinal());
    if (kind != null) {
      hash.fold(requestedLine).fold(requestedAtCycle);
    }
    writebacks.fold(hash);
  }

  private void begin(
      AccessKind wanted, long physical, L1Mesi.Event event, long cycle, Outbox outbox) {
    long line = cache.geometry().lineAddress(physical);
    if (kind != null) {
      throw broken(event + " while " + kind + " is outstanding", line, cycle);
    }
    kind = wanted;
    requestedLine = line;
    requestedAtCycle = cycle;
    step(cycle, line, event, null, outbox);
  }

  private void step(long cycle, long line, L1Mesi.Event event, byte[] data, Outbox outbox) {
    boolean buffered = meetsBufferFirst(event) && writebacks.count() > 0 && writebacks.holds(line);
    int slot = cache.find(line);
    L1State state =
        buffered ? L1State.MI_A : slot == DataCache.ABSENT ? L1State.I : cache.state(slot);
    TransitionTable.Cell<L1State, L1Mesi.Action> cell = table.at(state, event);
    if (cell == null) {
      throw table.missing(state, event, map.nameOf(cpu), line, cycle);
    }
    L1State next = cell.next();
    if (next != state && slot != DataCache.ABSENT && !buffered) {
      cache.setState(slot, next); // the bytes stay in the slot until the next install
    }
    List<L1Mesi.Action> actions = cell.actions();
    for (int i = 0; i < actions.size(); i++) {
      switch (actions.get(i)) {
        case ALLOCATE_LINE -> slot = allocate(cycle, line, next, outbox);
        case FILL_LINE -> cache.install(slot, line, next, data);
        case SEND_GETS -> send(cycle, new GetS(line), outbox);
        case SEND_GETM -> send(cycle, new GetM(line), outbox);
        case SEND_UPGRADE -> send(cycle, new Upgrade(line), outbox);
        case SEND_GETI -> send(cycle, new GetI(line), outbox);
        case SEND_GLOBAL_INVALIDATE_I -> send(cycle, new GlobalInvalidateI(line), outbox);
        case MOVE_TO_WRITEBACK_BUFFER -> {
          writebacks.put(line, cache.copyOfLine(slot));
          cache.setState(slot, L1State.I);
        }
        case SEND_PUTM -> send(cycle, new PutM(line, writebacks.dataOf(line)), outbox);
        case FREE_WRITEBACK_BUFFER -> writebacks.free(line);
        case SEND_INV_ACK -> send(cycle, new InvAck(line), outbox);
        case SEND_RECALL_ACK -> {
          byte[] content = buffered ? writebacks.dataOf(line) : cache.copyOfLine(slot);
          send(cycle, new RecallAck(line, content), outbox);
        }
        case DROP_INSTRUCTION_LINE -> listener.invalidateInstructionLine(line);
        case SEND_INVALIDATE_I_ACK -> send(cycle, new InvalidateIAck(line), outbox);
        case TELL_LINE_LOST -> listener.lineLost(line);
        case COMPLETE_ACCESS -> complete(cycle, line, event, data);
      }
    }
  }

  /**
   * A line that was given back may be asked for again at once; until PutAck, these two mean the old
   * copy.
   */
  private static boolean meetsBufferFirst(L1Mesi.Event event) {
    return switch (event) {
      case RECALL_TO_SHARE, RECALL_TO_DROP, PUT_ACK -> true;
      case LOAD, STORE, STORE_CONDITIONAL, FETCH, GLOBAL_INVALIDATE_I, REPLACEMENT -> false;
      case DATA_S, DATA_E, DATA_M, DATA_I, UPGRADE_REFUSED -> false;
      case GLOBAL_INVALIDATE_I_DONE, INV, INVALIDATE_I -> false;
    };
  }

  private int allocate(long cycle, long line, L1State state, Outbox outbox) {
    int slot = cache.victimFor(line);
    if (slot == DataCache.ABSENT) {
      throw broken("no place in the cache", line, cycle);
    }
    if (cache.state(slot) != L1State.I) {
      step(cycle, cache.lineAddress(slot), L1Mesi.Event.REPLACEMENT, null, outbox);
    }
    cache.install(slot, line, state, null);
    return slot;
  }

  private void complete(long cycle, long line, L1Mesi.Event event, byte[] data) {
    AccessKind answered =
        switch (event) {
          case DATA_S, DATA_E -> AccessKind.LOAD;
          case DATA_M, UPGRADE_REFUSED -> AccessKind.STORE;
          case DATA_I -> AccessKind.FETCH;
          case GLOBAL_INVALIDATE_I_DONE -> AccessKind.GLOBAL_INVALIDATE_I;
          case LOAD, STORE, STORE_CONDITIONAL, FETCH -> null;
          case GLOBAL_INVALIDATE_I, REPLACEMENT -> null;
          case INV, RECALL_TO_SHARE, RECALL_TO_DROP, PUT_ACK, INVALIDATE_I -> null;
        };
    if (answered == null || kind != answered || requestedLine != line) {
      throw broken(event + " that nobody asked for", line, cycle);
    }
    kind = null;
    listener.accessReady(answered, line, answered == AccessKind.FETCH ? data : null);
  }

  private void send(long cycle, ToHome message, Outbox outbox) {
    int home = map.homeOf(message.line());
    outbox.send(home, cycle + map.latencyCycles(cpu, home), message);
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
