package stillpoint.machine.coherence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import stillpoint.machine.coherence.CoherenceProtocol.AckCount;
import stillpoint.machine.coherence.CoherenceProtocol.DataE;
import stillpoint.machine.coherence.CoherenceProtocol.DataI;
import stillpoint.machine.coherence.CoherenceProtocol.DataM;
import stillpoint.machine.coherence.CoherenceProtocol.DataS;
import stillpoint.machine.coherence.CoherenceProtocol.DmaData;
import stillpoint.machine.coherence.CoherenceProtocol.DmaDone;
import stillpoint.machine.coherence.CoherenceProtocol.DmaRead;
import stillpoint.machine.coherence.CoherenceProtocol.DmaWrite;
import stillpoint.machine.coherence.CoherenceProtocol.FwdGetM;
import stillpoint.machine.coherence.CoherenceProtocol.FwdGetS;
import stillpoint.machine.coherence.CoherenceProtocol.GlobalInvalidateIDone;
import stillpoint.machine.coherence.CoherenceProtocol.Inv;
import stillpoint.machine.coherence.CoherenceProtocol.InvalidateI;
import stillpoint.machine.coherence.CoherenceProtocol.PutAck;
import stillpoint.machine.coherence.CoherenceProtocol.Recall;
import stillpoint.machine.coherence.CoherenceProtocol.ToHome;
import stillpoint.machine.coherence.CoherenceProtocol.ToL1;
import stillpoint.machine.coherence.CoherenceProtocol.UncachedAnswer;
import stillpoint.machine.coherence.CoherenceProtocol.UncachedLoad;
import stillpoint.machine.coherence.CoherenceProtocol.UncachedStore;
import stillpoint.machine.coherence.CoherenceProtocol.UpgradeRefused;
import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.Report;
import stillpoint.machine.time.StateHash;

/**
 * Home of a share of the machine's lines: their directory and their memory. All decisions are in
 * {@link HomeMesi#TABLE}.
 *
 * <p>The home is the point of order of its lines. It hands a line on from owner to owner without
 * waiting for anybody; a line is busy only while its home needs an answer itself, for memory or for
 * a device, and other requests wait in its queue then. Such an answer depends only on what the home
 * has ordered before, so it comes; so the queue moves on; so every request ends.
 *
 * <p>Memory takes its time without keeping the line busy: the answer, and whatever is sent about
 * this line after it, leaves no sooner than memory has answered. So an Inv never overtakes the data
 * it is to invalidate.
 */
public final class DirectorySlice implements LogicalProcess {
  private static final byte[] NOTHING = {};

  private final int id;
  private final MachineMap map;
  private final LineNumbers numbers;
  private final transient TransitionTable<HomeState, HomeMesi.Event, HomeMesi.Action> table;
  private final LineStore store = new LineStore();
  private final byte[] zeros;
  private final MemoryFaults faults;

  /** Invs sent by the transition under way. */
  private transient int invsSent;

  private long messages;
  private long memoryReads;
  private long forwards;
  private long invalidations;

  /** {@code id} of the process, see {@link MachineMap#directorySlice}. */
  public DirectorySlice(int id, MachineMap map) {
    this(id, map, MemoryFaults.NONE);
  }

  public DirectorySlice(int id, MachineMap map, MemoryFaults faults) {
    this(id, map, HomeMesi.TABLE, faults);
  }

  DirectorySlice(
      int id, MachineMap map, TransitionTable<HomeState, HomeMesi.Event, HomeMesi.Action> table) {
    this(id, map, table, MemoryFaults.NONE);
  }

  private DirectorySlice(
      int id,
      MachineMap map,
      TransitionTable<HomeState, HomeMesi.Event, HomeMesi.Action> table,
      MemoryFaults faults) {
    this.faults = faults;
    this.id = id;
    this.map = map;
    this.numbers = LineNumbers.of(map, id);
    this.table = table;
    this.zeros = new byte[numbers.lineBytes()];
  }

  /**
   * Puts initial content into memory, before the run. Bytes of lines that are at home elsewhere are
   * skipped, so the same call may go to every slice.
   */
  public void loadMemory(long physical, byte[] content) {
    int lineBytes = numbers.lineBytes();
    long end = physical + content.length;
    long number = physical >>> numbers.lineShift();
    long skip = Math.floorMod(numbers.turn() - number, (long) numbers.sliceCount());
    long step = (long) numbers.sliceCount() * lineBytes;
    for (long line = (number + skip) << numbers.lineShift(); line < end; line += step) {
      if (map.homeOf(line) != id) {
        continue;
      }
      long local = numbers.localOf(line);
      LinePage page = store.page(local >> LinePage.SHIFT);
      int at = LineNumbers.atOf(local);
      byte[] bytes = page.data(at) == null ? zeros.clone() : page.data(at).clone();
      long from = Math.max(line, physical);
      long until = Math.min(line + lineBytes, end);
      System.arraycopy(
          content, (int) (from - physical), bytes, (int) (from - line), (int) (until - from));
      page.data(at, bytes);
      page.makeKnown(at);
    }
  }

  @Override
  public void handle(long cycle, int sender, Message message, Outbox outbox) {
    if (!(message instanceof ToHome toHome)) {
      throw new BrokenInvariant(
          map.nameOf(id)
              + " got "
              + message
              + " from "
              + map.nameOf(sender)
              + " at cycle "
              + cycle);
    }
    long line = toHome.line();
    long local = numbers.localOf(line);
    LinePage page = store.page(local >> LinePage.SHIFT);
    int at = LineNumbers.atOf(local);
    page.makeKnown(at);
    messages++;
    if (faults != MemoryFaults.NONE) {
      hurt(page, at, faults.found(line, cycle, bytes(page, at)));
    }
    serve(cycle, sender, toHome, page, at, outbox);
    HomeTransaction transaction = page.transaction(at);
    if (transaction != null) {
      serveQueue(cycle, transaction, page, at, outbox);
    }
  }

  private void serveQueue(
      long cycle, HomeTransaction transaction, LinePage page, int at, Outbox outbox) {
    while (!page.state(at).busy()) {
      HomeTransaction.Waiting next = transaction.queue.poll();
      if (next == null) {
        page.transaction(at, null);
        return;
      }
      serve(cycle, next.from(), next.request(), page, at, outbox);
    }
  }

  private void serve(long cycle, int sender, ToHome message, LinePage page, int at, Outbox outbox) {
    HomeState state = page.state(at);
    HomeTransaction transaction = page.transaction(at);
    HomeMesi.Event event = HomeEvents.of(message, sender, page, at, map);
    TransitionTable.Cell<HomeState, HomeMesi.Action> cell = table.at(state, event);
    if (cell == null) {
      String who = map.nameOf(id) + " (from " + map.nameOf(sender) + ")";
      throw table.missing(state, event, who, message.line(), cycle);
    }
    HomeState next = cell.next();
    if (!state.busy() && next.busy()) {
      if (transaction == null) {
        transaction = new HomeTransaction();
        page.transaction(at, transaction);
      }
      transaction.requester = sender;
      transaction.request = message;
      transaction.acksPending = 0;
    }
    page.state(at, next);
    invsSent = 0;
    List<HomeMesi.Action> actions = cell.actions();
    for (int i = 0; i < actions.size(); i++) {
      act(actions.get(i), cycle, sender, message, state.busy(), page, at, outbox);
    }
    if (state.busy() && !next.busy()) {
      transaction.request = null;
    }
  }

  private void act(
      HomeMesi.Action action,
      long cycle,
      int sender,
      ToHome message,
      boolean wasBusy,
      LinePage page,
      int at,
      Outbox outbox) {
    long line = message.line();
    HomeTransaction transaction = page.transaction(at);
    int requester = wasBusy ? transaction.requester : sender;
    ToHome request = wasBusy ? transaction.request : message;
    switch (action) {
      case READ_MEMORY -> {
        memoryReads++;
        long ready = cycle + map.board().memoryCycles();
        if (faults != MemoryFaults.NONE) {
          ready += faults.extraCycles(line, cycle);
          hurt(page, at, faults.read(line, cycle, bytes(page, at)));
        }
        page.readyCycle(at, Math.max(ready, page.readyCycle(at)));
      }
      case WRITE_MEMORY -> page.data(at, HomeEvents.lineIn(message));
      case MERGE_INTO_MEMORY ->
          merge(message instanceof UncachedStore ? message : request, page, at);
      case SEND_DATA_S ->
          send(cycle, requester, new DataS(line, bytes(page, at)), page, at, outbox);
      case SEND_DATA_E ->
          send(cycle, requester, new DataE(line, bytes(page, at)), page, at, outbox);
      case SEND_DATA_M ->
          send(cycle, requester, new DataM(line, bytes(page, at), invsSent), page, at, outbox);
      case SEND_ACK_COUNT -> send(cycle, requester, new AckCount(line, invsSent), page, at, outbox);
      case SEND_DATA_TO_READER -> {
        byte[] data = bytes(page, at);
        Message answer =
            request instanceof DmaRead ? new DmaData(line, data) : new DataI(line, data);
        send(cycle, requester, answer, page, at, outbox);
      }
      case SEND_DMA_DONE -> send(cycle, requester, new DmaDone(line), page, at, outbox);
      case SEND_UNCACHED_ANSWER ->
          send(cycle, sender, uncachedAnswer(message, page, at), page, at, outbox);
      case SEND_UPGRADE_REFUSED ->
          send(cycle, requester, new UpgradeRefused(line), page, at, outbox);
      case ADD_REQUESTER_TO_SHARERS -> page.addSharer(at, requester);
      case ADD_OWNER_TO_SHARERS -> page.addSharer(at, page.owner(at));
      case REMOVE_SENDER_FROM_SHARERS -> page.removeSharer(at, sender);
      case CLEAR_SHARERS -> page.clearSharers(at);
      case MAKE_REQUESTER_OWNER -> page.owner(at, requester);
      case CLEAR_OWNER -> page.owner(at, LinePage.NOBODY);
      case SEND_INVS -> sendInvs(cycle, line, requester, requester, page, at, outbox);
      case SEND_INVS_FOR_HOME -> {
        sendInvs(cycle, line, requester, id, page, at, outbox);
        transaction.acksPending = invsSent;
      }
      case SEND_FWD_GETS ->
          toOwner(cycle, requester, new FwdGetS(line, requester), page, at, outbox);
      case SEND_FWD_GETM ->
          toOwner(cycle, requester, new FwdGetM(line, requester), page, at, outbox);
      case SEND_RECALL_TO_SHARE ->
          toOwner(cycle, requester, new Recall(line, true), page, at, outbox);
      case SEND_RECALL_TO_DROP ->
          toOwner(cycle, requester, new Recall(line, false), page, at, outbox);
      case SEND_PUT_ACK -> send(cycle, sender, new PutAck(line), page, at, outbox);
      case SEND_INVALIDATE_IS -> sendInvalidateIs(cycle, line, requester, page, at, outbox);
      case SEND_GLOBAL_INVALIDATE_I_DONE ->
          send(cycle, requester, new GlobalInvalidateIDone(line), page, at, outbox);
      case COUNT_ACK -> transaction.acksPending--;
      case QUEUE_REQUEST -> transaction.queue.add(new HomeTransaction.Waiting(sender, message));
    }
  }

  private void merge(ToHome request, LinePage page, int at) {
    byte[] bytes = bytes(page, at).clone();
    switch (request) {
      case DmaWrite write ->
          System.arraycopy(write.data(), 0, bytes, write.offset(), write.data().length);
      case UncachedStore store ->
          System.arraycopy(store.data(), 0, bytes, store.offset(), store.data().length);
      default -> throw new BrokenInvariant("nothing to write in " + request);
    }
    page.data(at, bytes);
  }

  private UncachedAnswer uncachedAnswer(ToHome message, LinePage page, int at) {
    byte[] answer =
        message instanceof UncachedLoad load
            ? Arrays.copyOfRange(bytes(page, at), load.offset(), load.offset() + load.bytes())
            : NOTHING;
    return new UncachedAnswer(message.line(), answer);
  }

  private void sendInvs(
      long cycle, long line, int requester, int replyTo, LinePage page, int at, Outbox outbox) {
    Inv inv = new Inv(line, replyTo);
    invsSent = 0;
    page.sharers(at)
        .forEach(
            cpu -> {
              if (cpu != requester) {
                send(cycle, cpu, inv, page, at, outbox);
                invsSent++;
              }
            });
    invalidations += invsSent;
  }

  private void sendInvalidateIs(
      long cycle, long line, int requester, LinePage page, int at, Outbox outbox) {
    InvalidateI invalidate = new InvalidateI(line);
    for (int cpu = 0; cpu < map.cpuCount(); cpu++) {
      if (cpu != requester) {
        send(cycle, cpu, invalidate, page, at, outbox);
      }
    }
    page.transaction(at).acksPending = map.cpuCount() - 1;
  }

  /** An owner may fetch instructions from its own line; it would not ask for data it has. */
  private void toOwner(
      long cycle, int requester, ToL1 message, LinePage page, int at, Outbox outbox) {
    int owner = page.owner(at);
    if (owner == requester && !(message instanceof Recall)) {
      throw broken(map.nameOf(owner) + " asks for what it owns", message.line(), cycle);
    }
    forwards++;
    send(cycle, owner, message, page, at, outbox);
  }

  private void send(long cycle, int target, Message message, LinePage page, int at, Outbox outbox) {
    long leaves = Math.max(cycle, page.readyCycle(at));
    outbox.send(target, leaves + map.latencyCycles(id, target), message);
  }

  private byte[] bytes(LinePage page, int at) {
    byte[] data = page.data(at);
    return data == null ? zeros : data;
  }

  private void hurt(LinePage page, int at, byte[] content) {
    if (content != bytes(page, at)) {
      page.data(at, content);
    }
  }

  private BrokenInvariant broken(String what, long line, long cycle) {
    return new BrokenInvariant(
        map.nameOf(id)
            + ": "
            + what
            + " (line 0x"
            + Long.toHexString(line)
            + ", cycle "
            + cycle
            + ")");
  }

  /** A home only answers. */
  @Override
  public long nextOwnCycle() {
    return NEVER;
  }

  @Override
  public void run(long untilCycle, Outbox outbox) {
    throw new BrokenInvariant(map.nameOf(id) + " has nothing to do on its own");
  }

  @Override
  public Report inspect(long cycle) {
    long known = 0;
    List<SliceReport.BusyLine> busy = new ArrayList<>();
    for (LinePage page : store.sorted()) {
      known += Long.bitCount(page.known());
      for (int at = 0; page.hadTransactions() && at < LinePage.LINES; at++) {
        HomeTransaction transaction = page.transaction(at);
        if (transaction != null) {
          busy.add(busyLine(page, at, transaction));
        }
      }
    }
    return new SliceReport(
        numbers.slice(),
        known,
        busy,
        new MemorySnapshot(numbers, store.snapshot()),
        new SliceReport.Counters(messages, memoryReads, forwards, invalidations));
  }

  private SliceReport.BusyLine busyLine(LinePage page, int at, HomeTransaction transaction) {
    long line = numbers.lineOf((page.number << LinePage.SHIFT) + at);
    List<Integer> waiting = transaction.queue.stream().map(HomeTransaction.Waiting::from).toList();
    return new SliceReport.BusyLine(
        line,
        page.state(at),
        transaction.requester,
        page.owner(at),
        transaction.acksPending,
        waiting);
  }

  @Override
  public void foldState(StateHash hash) {
    store.fold(hash);
    faults.foldState(hash);
  }
}
