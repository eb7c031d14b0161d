package stillpoint.machine.smp;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import stillpoint.machine.bare.DebugRegisters;
import stillpoint.machine.bare.RegisterValues;
import stillpoint.machine.bare.Tracer;
import stillpoint.machine.board.MemoryOrder;
import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.coherence.CoherenceProtocol;
import stillpoint.machine.coherence.L1Controller;
import stillpoint.machine.coherence.StoreDrain;
import stillpoint.machine.cpu.CodeWatch;
import stillpoint.machine.cpu.Core;
import stillpoint.machine.cpu.CoreConfig;
import stillpoint.machine.cpu.Sequencer;
import stillpoint.machine.cpu.Stop;
import stillpoint.machine.explore.Lateness;
import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.interrupt.InterruptProtocol;
import stillpoint.machine.l1.DataCache;
import stillpoint.machine.l1.InstructionCache;
import stillpoint.machine.l1.L1State;
import stillpoint.machine.l1.StoreBuffer;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.SeededRandom;
import stillpoint.machine.time.StateHash;

/**
 * A core with its caches that runs by itself, as hardware does. It waits for one thing at a time: a
 * line, memory's or a device's answer, an interrupt.
 */
final class SmpCpu implements LogicalProcess {
  /** How long a line that has come stays, if the program has use for it so long: a turn of an ll/sc loop. */
  private static final int HOLD_CYCLES = 32;

  /** Status.IM of IP2 .. IP7. */
  private static final int OUTSIDE_LINES = 0xFC00;

  /** Cause.IP0. */
  private static final int SOFTWARE_INTERRUPT_0 = 1 << 8;

  private enum Mode {
    RUNNING,
    /** The fabric's answer is on its way: for the instruction, or for a store of the buffer before it. */
    STALLED,
    AWAITING_DEVICE,
    ASLEEP,
    ENDED
  }

  private final int cpu;
  private final MachineMap map;
  private final PhysicalMap addresses;
  private final long mostInstructions;
  private final DataCache l1d;
  private final InstructionCache l1i;
  private final L1Controller l1;
  private final Core core;
  private final Sequencer sequencer;

  /** Null if stores need no buffer. */
  private final StoreDrain drain;

  private final MemoryAccess memory;
  private final VectorProof vector;

  /** Null if nobody traces. */
  private final Tracer tracer;

  private final List<String> trace = new ArrayList<>();
  private final List<String> printed = new ArrayList<>();
  private Mode mode = Mode.RUNNING;

  /** Of the next instruction. */
  private long cycle;

  /** The data cache answers no home before this cycle. */
  private long heldUntil;

  /** What the fabric has made ready within the event being handled, or null. */
  private AccessKind ready;

  private long answeredAt;
  private long lastOwnCycle = -1;
  private boolean finished;

  /** Why it does nothing more, or null. */
  private SmpReport.End end;

  /**
   * @param lateness asked for each store that goes into the buffer
   */
  SmpCpu(int cpu, SmpSetup setup, MachineMap map, PhysicalMap addresses, Lateness lateness) {
    this.cpu = cpu;
    this.map = map;
    this.addresses = addresses;
    this.mostInstructions = setup.mostInstructions();
    boolean bigEndian = setup.board().bigEndian();
    MemoryOrder order = setup.board().memoryOrder();
    this.l1d = new DataCache(setup.board().l1d(), bigEndian, !order.buffered());
    this.l1i = new InstructionCache(setup.board().l1i(), bigEndian);
    this.l1 = new L1Controller(cpu, map, l1d, new FabricListener());
    this.core = new Core(CoreConfig.bareOfSeveral(cpu, bigEndian), l1i, l1d, CodeWatch.NONE);
    this.sequencer = new Sequencer(core);
    this.drain = order.buffered() ? new StoreDrain(buffer(order, setup, lateness), l1d, l1) : null;
    if (drain != null) {
      core.setStoreBuffer(drain.buffer());
    }
    this.memory = new MemoryAccess(core, l1, drain);
    this.vector = new VectorProof(core, addresses);
    this.tracer = setup.tracing() ? new Tracer(core) : null;
    if (setup.debugRegisters()) {
      core.setCp0Hook(new DebugRegisters(core, printed::add, () -> finished = true));
    }
    start(setup.start(cpu));
  }

  private StoreBuffer buffer(MemoryOrder order, SmpSetup setup, Lateness lateness) {
    return new StoreBuffer(
        order.kind() == MemoryOrder.Kind.TSO,
        order.bufferEntries(),
        order.drainCycles(),
        SeededRandom.ofSeed(setup.seed()).fork("store-buffer").fork(cpu),
        lateness,
        setup.board().bigEndian(),
        addresses);
  }

  private void start(SmpSetup.Start start) {
    cycle = start.cycle();
    core.setStatus(start.status());
    core.setPc(start.pc());
    for (int i = 0; i < start.registers().size(); i++) {
      core.setGpr(i, start.registers().get(i));
    }
  }

  // ---- events

  @Override
  public void handle(long at, int sender, Message message, Outbox outbox) {
    switch (message) {
      case CoherenceProtocol.ToL1 answer -> fabric(at, answer, outbox);
      case DeviceProtocol.DeviceAnswer(long value) -> {
        core.completeUncached(value);
        goOn(at);
        complete(outbox);
      }
      case DeviceProtocol.InterruptLines(int levels) -> {
        core.cp0().setHardwareInterrupts(levels);
        if (mode == Mode.ASLEEP) {
          goOn(at);
        }
      }
      case InterruptProtocol.SoftwareInterruptRaised(int line) -> {
        core.cp0().setCause(core.cp0().cause() | SOFTWARE_INTERRUPT_0 << line);
        if (mode == Mode.ASLEEP) {
          goOn(at);
        }
      }
      default ->
          throw new BrokenInvariant(
              map.nameOf(cpu) + " at cycle " + at + " cannot take " + message);
    }
  }

  private void fabric(long at, CoherenceProtocol.ToL1 answer, Outbox outbox) {
    ready = null;
    answeredAt = Math.max(at, heldUntil);
    l1.handle(answeredAt, answer, outbox);
    if (ready != null) {
      if (mode == Mode.STALLED) {
        goOnStalled(outbox);
      }
      l1.answerDeferred(Math.max(answeredAt, heldUntil), outbox);
    }
  }

  /** A line that has come stays for a while. */
  private void goOnStalled(Outbox outbox) {
    boolean line = ready != AccessKind.UNCACHED && ready != AccessKind.CACHE_OPERATION;
    goOn(answeredAt);
    long hold = cycle + (line ? HOLD_CYCLES : 0);
    complete(outbox);
    while (mode == Mode.RUNNING && cycle < hold) {
      step(hold, outbox);
    }
    heldUntil = Math.min(cycle, hold);
  }

  private void goOn(long at) {
    mode = Mode.RUNNING;
    cycle = Math.max(cycle, at);
  }

  /** What the fabric tells this CPU. */
  private final class FabricListener implements L1Controller.Listener {
    @Override
    public void accessReady(AccessKind kind, long line, byte[] words) {
      ready = kind;
      if (drain != null && drain.answered(answeredAt)) {
        return;
      }
      switch (kind) {
        case FETCH -> l1i.fill(line, words);
        case UNCACHED -> {
          vector.fetched(words).ifPresent(SmpCpu.this::over);
          memory.passed(words);
        }
        case CACHE_OPERATION -> memory.operated();
        case LOAD, STORE -> {}
        case GLOBAL_INVALIDATE_I ->
            throw new BrokenInvariant(map.nameOf(cpu) + " has asked for no " + kind);
      }
    }

    @Override
    public void lineLost(long line) {
      int slot = l1d.find(line);
      if (slot == DataCache.ABSENT || !l1d.readable(slot)) {
        // a line that others may read too still holds what ll read
        core.lineLost(line);
      }
    }

    @Override
    public void invalidateInstructionLine(long line) {
      l1i.invalidateLine(line);
    }

    /** The instruction that stalled runs as any other. */
    @Override
    public boolean accessesAfterHandle() {
      return true;
    }
  }

  // ---- own activity

  @Override
  public long nextOwnCycle() {
    return Math.min(nextCycle(), nextDrainCycle());
  }

  private long nextDrainCycle() {
    return drain == null ? NEVER : drain.nextCycle(cycle);
  }

  /** Of the core. */
  private long nextCycle() {
    return switch (mode) {
      case RUNNING -> cycle;
      case ASLEEP -> sequencer.sleepsForGood() ? NEVER : Math.max(cycle, core.cp0().timerAt());
      case STALLED, AWAITING_DEVICE, ENDED -> NEVER;
    };
  }

  @Override
  public void run(long until, Outbox outbox) {
    for (long own = nextOwnCycle(); own < until; own = nextOwnCycle()) {
      step(until, outbox);
      lastOwnCycle = Math.max(own, cycle);
    }
  }

  /** A store that is due leaves the buffer before the instruction of that cycle. */
  private void step(long until, Outbox outbox) {
    long own = nextCycle();
    long draining = nextDrainCycle();
    if (draining <= own) {
      drain.step(draining, outbox);
    } else {
      goOn(own);
      turn(Math.min(until, draining), outbox);
    }
  }

  @Override
  public long lastOwnCycle() {
    return lastOwnCycle;
  }

  /** The instruction that had stopped; its access can be done, and must be at once. */
  private void complete(Outbox outbox) {
    beforeInstruction();
    act(sequencer.complete(cycle), outbox);
  }

  private void turn(long until, Outbox outbox) {
    long left = mostInstructions - core.retired();
    if (left <= 0) {
      over(new SmpReport.LimitReached(core.pc()));
      return;
    }
    long most = tracer == null ? left : 1;
    beforeInstruction();
    if (mode == Mode.RUNNING) {
      act(sequencer.turn(cycle, until - cycle <= most ? until : cycle + most), outbox);
    }
  }

  private void beforeInstruction() {
    vector.look().ifPresent(this::over);
    if (tracer != null) {
      tracer.before();
    }
  }

  private void act(Stop stop, Outbox outbox) {
    cycle = core.cycle();
    if (drain != null) {
      drain.buffer().stamp(cycle);
    }
    Stop last = stop;
    while (last == Stop.MISS || last == Stop.UNCACHED) {
      last =
          switch (reach(last == Stop.UNCACHED, outbox)) {
            case ASKED -> Stop.REACHED;
            case DONE -> sequencer.complete(cycle);
            // an exception, whose vector is the next thing to be fetched
            case NOTHING -> sequencer.busError();
          };
      cycle = core.cycle();
    }
    if (tracer != null) {
      String line = tracer.after();
      if (line != null) {
        trace.add(line);
      }
    }
    if (last == Stop.TRAPPED) {
      vector.taken(sequencer.taken());
    } else if (last == Stop.WAITING || sequencer.waiting()) {
      mode = Mode.ASLEEP;
    }
    if (finished) {
      over(new SmpReport.Finished());
    }
  }

  private void over(SmpReport.End how) {
    mode = Mode.ENDED;
    end = how;
  }

  /** Asks for what the instruction needs. */
  private Reached reach(boolean uncached, Outbox outbox) {
    AccessKind kind = core.accessKind();
    if (kind != AccessKind.CACHE_OPERATION) {
      boolean data = kind == AccessKind.LOAD || kind == AccessKind.STORE;
      long first =
          uncached ? core.accessAddress() : l1d.geometry().lineAddress(core.accessAddress());
      int bytes = uncached ? core.accessBytes() : l1d.geometry().lineBytes();
      PhysicalMap.Region device = data || uncached ? addresses.deviceWithin(first, bytes) : null;
      if (device != null) {
        tell(device, kind == AccessKind.STORE, outbox);
        return Reached.ASKED;
      }
      if (!addresses.isMemory(first, bytes)) {
        return Reached.NOTHING;
      }
    }
    boolean waits = memory.ask(uncached, vector.fetchBytes(), cycle, outbox);
    mode = waits ? Mode.STALLED : Mode.RUNNING;
    return waits ? Reached.ASKED : Reached.DONE;
  }

  private enum Reached {
    ASKED,
    DONE,
    NOTHING
  }

  private void tell(PhysicalMap.Region device, boolean store, Outbox outbox) {
    long physical = core.accessAddress();
    int bytes = core.accessBytes();
    mode = Mode.AWAITING_DEVICE;
    vector.leave();
    outbox.send(
        device.process(),
        cycle + map.latencyCycles(cpu, device.process()),
        store
            ? new DeviceProtocol.DeviceStore(physical, bytes, core.accessValue())
            : new DeviceProtocol.DeviceLoad(physical, bytes));
  }

  // ---- for observers

  @Override
  public SmpReport.Cpu inspect(long at) {
    Optional<SmpReport.End> how =
        mode == Mode.ASLEEP && sequencer.sleepsForGood()
            ? Optional.of(new SmpReport.Asleep(core.pc(), interruptible()))
            : Optional.ofNullable(end);
    SmpReport.Cpu report =
        new SmpReport.Cpu(cpu, how, RegisterValues.of(core), modifiedLines(), trace, printed);
    trace.clear();
    printed.clear();
    return report;
  }

  /** Whether Status lets any of the lines from outside through. */
  private boolean interruptible() {
    return (core.cp0().status() & OUTSIDE_LINES) != 0;
  }

  private List<SmpReport.ModifiedLine> modifiedLines() {
    List<SmpReport.ModifiedLine> lines = new ArrayList<>();
    int slots = l1d.holdsAnything() ? l1d.geometry().sets() * l1d.geometry().ways() : 0;
    for (int slot = 0; slot < slots; slot++) {
      if (l1d.state(slot) == L1State.M) {
        lines.add(new SmpReport.ModifiedLine(l1d.lineAddress(slot), l1d.copyOfLine(slot)));
      }
    }
    lines.sort(Comparator.comparingLong(SmpReport.ModifiedLine::address));
    return lines;
  }

  @Override
  public void foldState(StateHash hash) {
    hash.fold(mode).fold(cycle).fold(heldUntil).fold(sequencer.waiting());
    core.foldState(hash);
    l1d.foldState(hash);
    l1i.foldState(hash);
    l1.foldState(hash);
    if (drain != null) {
      drain.foldState(hash);
    }
  }
}
