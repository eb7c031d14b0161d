package stillpoint.kernel.cpu;

import java.util.Optional;
import stillpoint.kernel.config.KernelConfig;
import stillpoint.kernel.console.ConsoleProtocol;
import stillpoint.kernel.fault.CpuFaults;
import stillpoint.kernel.fault.Fault;
import stillpoint.kernel.fault.StrikeLog;
import stillpoint.kernel.irq.DoIrq;
import stillpoint.kernel.irq.IpiKind;
import stillpoint.kernel.irq.PendingInterrupts;
import stillpoint.kernel.sched.Task;
import stillpoint.kernel.sched.TaskKind;
import stillpoint.kernel.shell.ShellLoop;
import stillpoint.kernel.stop.CpuStopperThread;
import stillpoint.kernel.system.Shared;
import stillpoint.kernel.wait.Wait;
import stillpoint.machine.board.MemoryOrder;
import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.coherence.CoherenceProtocol;
import stillpoint.machine.coherence.L1Controller;
import stillpoint.machine.coherence.StoreDrain;
import stillpoint.machine.cpu.Core;
import stillpoint.machine.explore.Lateness;
import stillpoint.machine.interrupt.InterruptProtocol;
import stillpoint.machine.l1.DataCache;
import stillpoint.machine.l1.InstructionCache;
import stillpoint.machine.l1.StoreBuffer;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.SeededRandom;
import stillpoint.machine.time.StateHash;

/**
 * The logical process of one CPU. It runs, in this order at every cycle: a pending interrupt if irqs are on, a switch to a
 * task of higher priority if that may preempt, else the current task: its innermost kernel frame, or MIPS code of the
 * guest, or nothing.
 *
 * <p>It does nothing while it waits: stalled on a line, spinning on a value that nobody changes, awaiting the interrupt
 * controller, idle. Then only its timer tick is left, and a CPU that is idle has none.
 */
public final class CpuProcess implements LogicalProcess {
  /**
   * How long a line that has come for guest code stays before its home may have it back, if that code has use for it so
   * long. Without that, CPUs that contend with ll/sc can take the line from each other for ever, each between the ll and
   * the sc of another; real L1s hold it for the same reason. Long enough for a turn of such a loop.
   */
  private static final int HOLD_CYCLES = 32;

  private final int cpu;
  private final Shared shared;
  private final DataCache l1d;
  private final InstructionCache l1i;
  private final L1Controller l1;

  /** Null if stores need no buffer. */
  private final StoreDrain drain;

  private final Core core;
  private final KernelCpu kernel;
  private final GuestThread guest;
  private final CpuInspection inspection;
  private final long tickPeriodCycles;

  /** How long this CPU stands still after a step of its kernel, and stores stay in the buffer. */
  private final Lateness lateness;

  private final boolean runsGuest;

  private CpuMode mode = CpuMode.RUNNING;
  private long cycle;
  private long tickAt;
  private long spinLine;
  private long spinDeadline = NEVER;

  /** Since when it spins, or NEVER. A stall is none: its answer is on its way, or nothing will ever happen again. */
  private long blockedSince = NEVER;

  private Optional<Wait> spinWait = Optional.empty();
  private long waitBegan;
  private boolean accessReady;
  private long answeredCycle;

  /** The caches answer no home before this cycle. */
  private long heldUntil;

  /** The access that the core waited for is being done now, whether or not the core stands still. */
  private boolean answering;

  /** Whether the piece of work being done belongs to an interrupt, not to the task that it interrupted. */
  private boolean inInterruptHandler;

  /** It has switched tasks, and goes on when all earlier stores are in the cache: the full barrier in __schedule(). */
  private boolean fenced;

  private long lastOwnCycle = -1;

  /** Before this cycle a fault or a schedule lets the core do nothing by itself; NEVER: it is stopped for ever. */
  private long standsUntil;

  private long standsSince;
  private int stoppedBy;

  /** Kernel functions that tasks have returned from. */
  private long progress;

  /**
   * @param lateness asked after each step of the kernel, and for each store that goes into the buffer
   */
  public CpuProcess(int cpu, Shared shared, Lateness lateness) {
    this.cpu = cpu;
    this.shared = shared;
    this.lateness = lateness;
    var board = shared.map().board();
    this.l1d = new DataCache(board.l1d(), board.bigEndian(), !board.memoryOrder().buffered());
    this.l1i = new InstructionCache(board.l1i(), board.bigEndian());
    this.l1 = new L1Controller(cpu, shared.map(), l1d, new FabricListener());
    this.kernel = new KernelCpu(cpu, shared, l1d, l1i);
    CallSiteWatch watch = new CallSiteWatch(shared, kernel.executions());
    this.core = new Core(cpu, board.bigEndian(), l1i, l1d, watch);
    this.drain = board.memoryOrder().buffered() ? new StoreDrain(buffer(), l1d, l1) : null;
    if (drain != null) {
      core.setStoreBuffer(drain.buffer());
      kernel.setStoreBuffer(drain.buffer());
    }
    this.guest = new GuestThread(core, kernel, shared);
    this.inspection = new CpuInspection(kernel, core, l1, shared);
    kernel.stackOf = inspection::stackOf;
    this.tickPeriodCycles =
        Math.max(1, board.clockMhz() * 1_000_000L / shared.setup().kernel().hz());
    this.tickAt = tickPeriodCycles;
    this.runsGuest = shared.setup().guest().runOn().contains(cpu);
    if (runsGuest) {
      this.cycle = GuestThread.startSkewCycles(cpu, shared);
    }
    kernel.task(TaskKind.STOPPER).push(new CpuStopperThread(CpuStopperThread.At.CHECK, 0));
    kernel.task(TaskKind.SHELL).push(new ShellLoop(-1));
  }

  private StoreBuffer buffer() {
    MemoryOrder order = shared.map().board().memoryOrder();
    SeededRandom root = SeededRandom.ofSeed(shared.setup().seed());
    return new StoreBuffer(
        order.kind() == MemoryOrder.Kind.TSO,
        order.bufferEntries(),
        order.drainCycles(),
        root.fork("store-buffer").fork(cpu),
        lateness,
        shared.map().board().bigEndian(),
        null);
  }

  // ---- events
  // --------------------------------------------------------------------------------------------------

  @Override
  public void handle(long at, int sender, Message message, Outbox outbox) {
    switch (message) {
      case CoherenceProtocol.ToL1 answer -> fabric(at, answer, outbox);
      case InterruptProtocol.ToCpu interrupt -> interrupt(at, interrupt);
      case ConsoleProtocol.ToCpu typed -> console(at, typed, outbox);
      default ->
          throw new BrokenInvariant("cpu" + cpu + " at cycle " + at + " cannot take " + message);
    }
  }

  /** A core that stands still when an answer comes makes the one step that waited for it, and no other. */
  private void fabric(long at, CoherenceProtocol.ToL1 answer, Outbox outbox) {
    accessReady = false;
    long answeredAt = Math.max(at, heldUntil);
    kernel.cycle = Math.max(cycle, answeredAt);
    answeredCycle = answeredAt;
    l1.handle(answeredAt, answer, outbox);
    // what has come for the store buffer concerns the CPU only if it waits for that
    if (accessReady && mode == CpuMode.STALLED) {
      answering = true;
      goOn(answeredAt);
      answering = false;
      bind(outbox);
      boolean inKernel = kernel.current().inKernel();
      boolean stands = answeredAt < standsUntil;
      long hold = inKernel || stands ? cycle + 1 : cycle + HOLD_CYCLES;
      oneStep(Math.max(cycle + 1, Math.min(hold, nextPause())));
      heldUntil = inKernel ? answeredAt : Math.min(cycle, hold);
      if (mode == CpuMode.RUNNING) {
        cycle = resumed(cycle);
      }
      kernel.cycle = Math.max(cycle, heldUntil);
      l1.answerDeferred(heldUntil, outbox);
    } else if (accessReady) {
      // the buffer's store is done already
      l1.answerDeferred(answeredAt, outbox);
    }
  }

  private void interrupt(long at, InterruptProtocol.ToCpu interrupt) {
    switch (interrupt) {
      case InterruptProtocol.VectorRaised(int vector) -> {
        kernel.pending().raiseVector(vector);
        interruptRaised(at);
      }
      case InterruptProtocol.MailboxRaised _ -> {
        kernel.pending().raise(PendingInterrupts.Source.MAILBOX);
        interruptRaised(at);
      }
      case InterruptProtocol.MailboxRead(int bits) -> {
        kernel.mailboxAnswer(bits);
        goOn(at);
      }
      case InterruptProtocol.SharedRaised _ -> {
        kernel.pending().raise(PendingInterrupts.Source.SHARED);
        interruptRaised(at);
      }
      case InterruptProtocol.SharedRead(int kinds) -> {
        kernel.mailboxAnswer(IpiKind.mailboxBitsOf(kinds));
        goOn(at);
      }
      case InterruptProtocol.SoftwareInterruptRaised(int line) -> {
        kernel.pending().raiseVector(IpiKind.ofSoftwareInterrupt(line).vector());
        interruptRaised(at);
      }
    }
  }

  private void console(long at, ConsoleProtocol.ToCpu typed, Outbox outbox) {
    switch (typed) {
      case ConsoleProtocol.TypedLine(int index) -> {
        kernel.outbox = outbox;
        kernel.cycle = at;
        kernel.typed(index);
        kernel.cycle = cycle;
        interruptRaised(at);
      }
      case ConsoleProtocol.StopWork _ -> kernel.stopWork();
    }
  }

  private void interruptRaised(long at) {
    if (kernel.irqsOn() && (mode == CpuMode.SPINNING || mode == CpuMode.IDLE)) {
      goOn(at);
    }
  }

  private void goOn(long at) {
    if (mode == CpuMode.IDLE) {
      tickAt = nextTick(at);
      kernel.detectors().wakesFromIdle(at);
    }
    spinDeadline = NEVER;
    mode = CpuMode.RUNNING;
    blockedSince = NEVER;
    cycle = Math.max(cycle, at);
    if (!answering) {
      cycle = resumed(cycle);
    }
  }

  /** What the fabric tells this CPU. */
  private final class FabricListener implements L1Controller.Listener {
    @Override
    public void accessReady(AccessKind kind, long line, byte[] words) {
      accessReady = true;
      if (drain != null && drain.answered(answeredCycle)) {
        return;
      }
      switch (kind) {
        case FETCH -> l1i.fill(line, words);
        case GLOBAL_INVALIDATE_I -> kernel.globalInvalidateDone();
        case LOAD, STORE -> {}
        case UNCACHED, CACHE_OPERATION ->
            throw new BrokenInvariant("cpu" + cpu + " has asked for no " + kind);
      }
    }

    /** What it stalled on is a step of its own. */
    @Override
    public boolean accessesAfterHandle() {
      return true;
    }

    @Override
    public void lineLost(long line) {
      int slot = l1d.find(line);
      boolean readable = slot != DataCache.ABSENT && l1d.state(slot).readable();
      if (!readable) {
        // a line that others may read too still holds what ll read
        core.lineLost(line);
      }
      if (mode == CpuMode.SPINNING && line == spinLine) {
        goOn(kernel.cycle);
      }
    }

    @Override
    public void invalidateInstructionLine(long line) {
      l1i.invalidateLine(line);
    }
  }

  // ---- own activity
  // --------------------------------------------------------------------------------------------

  @Override
  public long nextOwnCycle() {
    return Math.min(Math.min(nextByItself(), nextStart()), Math.min(nextFault(), nextDrainCycle()));
  }

  /** Faults and the store buffer apart. An NMI comes also while the core stands still. */
  private long nextByItself() {
    long nmiAt = kernel.detectors().nextNmiCycle();
    long due = Math.min(Math.min(tickAt, spinDeadline), nmiAt);
    long own = Math.max(mode == CpuMode.RUNNING ? cycle : Math.max(cycle, due), standsUntil);
    return nmiAt >= standsUntil ? own : Math.min(own, Math.max(nmiAt, standsSince));
  }

  private long nextFault() {
    return kernel.faults() == null ? NEVER : kernel.faults().dueCycle();
  }

  /** When a schedule has a CPU with a guest stand still once. */
  private long nextStart() {
    return runsGuest ? lateness.startsAt() : NEVER;
  }

  /** A core that stands still keeps its stores. */
  private long nextDrainCycle() {
    return drain == null ? NEVER : Math.max(drain.nextCycle(cycle), standsUntil);
  }

  /** A store leaves the buffer, or its line is asked for, whatever the core waits for. */
  private void drain(long at) {
    kernel.cycle = at;
    drain.step(at, kernel.outbox);
    kernel.cycle = cycle;
  }

  @Override
  public void run(long until, Outbox outbox) {
    bind(outbox);
    for (long own = nextOwnCycle(); own < until; own = nextOwnCycle()) {
      if (nextFault() == own) {
        kernel.faults().strike(new StruckCpu());
      } else if (nextStart() == own) {
        new StruckCpu().standStill(0, own, lateness.start());
      } else if (nextDrainCycle() == own) {
        drain(own);
      } else if (nmiDue()) {
        nmi();
      } else if (spinDeadline < tickAt) {
        goOn(spinDeadline);
        kernel.cycle = cycle;
      } else if (mode != CpuMode.RUNNING || cycle >= tickAt) {
        tick();
      } else if (kernel.irqsOn() && kernel.pending().any()) {
        if (!betweenJumpAndDelaySlot()) {
          enterIrq();
        } else {
          // this core takes none between a jump and its delay slot: were a jal rewritten there,
          // its return address would stay behind
          oneStep(cycle + 1);
        }
      } else if (kernel.mayPreempt()) {
        reschedule();
      } else {
        long nmiAt = kernel.detectors().nextNmiCycle();
        long limit = Math.min(Math.min(until, tickAt), Math.min(nmiAt, nextPause()));
        oneStep(Math.min(limit, nextDrainCycle()));
      }
      lastOwnCycle = Math.max(own, cycle);
    }
  }

  @Override
  public long lastOwnCycle() {
    return lastOwnCycle;
  }

  private void bind(Outbox outbox) {
    kernel.outbox = outbox;
    kernel.cycle = cycle;
  }

  private void advanceTo(long newCycle) {
    cycle = newCycle;
    kernel.cycle = newCycle;
  }

  private boolean nmiDue() {
    long nmiAt = kernel.detectors().nextNmiCycle();
    long otherwise = mode == CpuMode.RUNNING ? cycle : Math.min(tickAt, spinDeadline);
    return nmiAt != NEVER && nmiAt <= Math.max(otherwise, standsUntil);
  }

  /** Non-maskable: comes also with irqs off, in a stall and in a spin, and disturbs none of them. */
  private void nmi() {
    long nmiAt = kernel.detectors().nextNmiCycle();
    boolean stands = Math.max(nmiAt, standsSince) < standsUntil;
    kernel.cycle = Math.max(stands ? standsSince : cycle, nmiAt);
    kernel.detectors().nmi(kernel);
    kernel.cycle = cycle;
  }

  /** Count has reached Compare. It stays pending until the handler sets Compare anew; irqs may be off for ever. */
  private void tick() {
    long at = Math.max(cycle, tickAt);
    tickAt = NEVER;
    kernel.pending().raise(PendingInterrupts.Source.TIMER);
    if ((mode == CpuMode.SPINNING || mode == CpuMode.IDLE) && kernel.irqsOn()) {
      goOn(at);
      kernel.cycle = cycle;
    }
  }

  private long nextTick(long after) {
    return (after / tickPeriodCycles + 1) * tickPeriodCycles;
  }

  /** Where the guest's own code is; what a guest that died left in the core holds nobody up. */
  private boolean betweenJumpAndDelaySlot() {
    Task task = kernel.current();
    return task.kind() == TaskKind.GUEST && !task.inKernel() && core.inDelaySlot();
  }

  private void enterIrq() {
    core.breakLink();
    kernel.irqsOff();
    kernel.interruptedSleepingLock(spinWait.map(Wait::sleeps).orElse(false));
    kernel.current().addPreemptCount(DoIrq.HARDIRQ_OFFSET);
    kernel.current().saveReturned();
    kernel.current().push(new DoIrq(DoIrq.At.DISPATCH, 0));
    advanceTo(worked(Costs.IRQ_ENTRY));
  }

  private void reschedule() {
    kernel.detectors().othersCouldRun(cycle);
    if (kernel.schedule()) {
      spinWait = Optional.empty();
      core.breakLink();
      fenced = drain != null;
      advanceTo(worked(Costs.CONTEXT_SWITCH));
    }
  }

  /** One piece of the current task's work, or guest instructions up to {@code until}. */
  private void oneStep(long until) {
    if (fenced && !storesDone()) {
      return;
    }
    fenced = false;
    Task task = kernel.current();
    if (task.inKernel()) {
      inInterruptHandler = inInterrupt(task);
      apply(task, task.top().step(kernel));
      switch (kernel.takeTickChange()) {
        case NONE -> {}
        case REARM -> tickAt = nextTick(cycle);
        case STOP -> tickAt = NEVER;
      }
    } else {
      switch (task.kind()) {
        case GUEST -> runGuest(until);
        case IDLE -> idle();
        case SHELL, STOPPER ->
            throw new BrokenInvariant(
                "cpu" + cpu + " at cycle " + cycle + ": " + task.kind() + " has no frame");
      }
    }
  }

  private void condResched() {
    if (kernel.needResched()) {
      reschedule();
    } else {
      kernel.detectors().othersCouldRun(cycle);
    }
  }

  private void idle() {
    if (kernel.irqsOn() && kernel.pending().any()) {
      // it came while this CPU waited for its own stores: that is looked at first
      return;
    }
    if (kernel.needResched() || anyRunnable()) {
      reschedule();
    } else {
      mode = CpuMode.IDLE;
      kernel.detectors().becomesIdle();
      tickAt = kernel.detectors().idleTimerCycle(nextTick(cycle));
    }
  }

  private boolean anyRunnable() {
    for (TaskKind kind : TaskKind.values()) {
      if (kind != TaskKind.IDLE && kernel.task(kind).runnable()) {
        return true;
      }
    }
    return false;
  }

  private void apply(Task task, Step step) {
    switch (step) {
      case Step.Next(Frame frame, int cycles) -> {
        task.replaceTop(frame);
        spend(cycles);
      }
      case Step.Call(Frame caller, Frame callee, int cycles) -> {
        task.replaceTop(caller);
        task.push(callee);
        spend(cycles);
      }
      case Step.Return(long value, int cycles) -> {
        boolean interrupt = task.top() instanceof DoIrq;
        task.pop();
        progress += inInterruptHandler ? 0 : 1;
        if (interrupt) {
          task.restoreReturned();
        } else {
          kernel.setReturned(value);
        }
        spend(cycles);
      }
      case Step.Stall(AccessKind kind, long physical, StoreKind store) -> {
        mode = CpuMode.STALLED;
        if (drain == null) {
          l1.request(kind, physical, cycle, kernel.outbox);
        } else {
          stallBuffered(kind, physical, store);
        }
      }
      case Step.Barrier _ -> storesDone();
      case Step.Spin(long physical, long deadline) -> spin(task, physical, deadline);
      case Step.AwaitController _ -> {
        mode = CpuMode.AWAITING_CONTROLLER;
      }
      case Step.Sleep(Frame frame, int cycles) -> {
        task.replaceTop(frame);
        task.sleep(cycle);
        spend(cycles);
        reschedule();
      }
      case Step.CondResched(Frame frame, int cycles) -> {
        task.replaceTop(frame);
        spend(cycles);
        condResched();
      }
    }
  }

  private void spend(int cycles) {
    if (spinWait.isPresent() && !inInterruptHandler) {
      spinWait = Optional.empty();
    }
    long done = worked(cycles);
    advanceTo(done + lateness.afterStep(done));
  }

  /**
   * The kernel cannot make an access. If that is for its own earlier stores, those go on first and it tries again; else the
   * line is asked for, unless the controller serves the buffer.
   */
  private void stallBuffered(AccessKind kind, long physical, StoreKind store) {
    StoreBuffer buffer = drain.buffer();
    StoreKind made = kernel.asMade(store);
    boolean forRoom = kind == AccessKind.STORE && made == StoreKind.PLAIN;
    boolean inTheWay =
        switch (kind) {
          case STORE ->
              switch (made) {
                case PLAIN ->
                    buffer.room() < KernelConfig.LEAST_BUFFER_ENTRIES && !buffer.isEmpty();
                case RELEASE, ORDERED -> !buffer.isEmpty();
                case RELAXED -> buffer.holdsSome(physical, StoreBuffer.DOUBLEWORD);
              };
          case LOAD -> false;
          case FETCH, UNCACHED, GLOBAL_INVALIDATE_I, CACHE_OPERATION -> !buffer.isEmpty();
        };
    if (inTheWay) {
      int room = forRoom ? KernelConfig.LEAST_BUFFER_ENTRIES : Integer.MAX_VALUE;
      if (drain.makeRoom(room, cycle, kernel.outbox)) {
        mode = CpuMode.RUNNING;
      }
    } else if (!drain.asking()) {
      boolean readsFirst = kind == AccessKind.STORE && made.buffered();
      AccessKind wanted = readsFirst ? AccessKind.LOAD : kind;
      l1.request(wanted, physical, cycle, kernel.outbox);
    }
  }

  /** Whether all earlier stores are in the cache; if not, this CPU goes on when they are. */
  private boolean storesDone() {
    boolean done = drain == null || drain.empty(cycle, kernel.outbox);
    mode = done ? CpuMode.RUNNING : CpuMode.STALLED;
    return done;
  }

  private void spin(Task task, long physical, long deadlineCycle) {
    Optional<Wait> wait = inspection.waitOf(task);
    if (!wait.equals(spinWait)) {
      spinWait = wait;
      waitBegan = cycle;
    }
    if (kernel.irqsOn() && kernel.pending().any()) {
      // it came while the line that has just been read was on its way, and is taken first
      mode = CpuMode.RUNNING;
      return;
    }
    mode = CpuMode.SPINNING;
    spinDeadline = deadlineCycle;
    spinLine = l1d.geometry().lineAddress(physical);
    blockedSince = kernel.isDead() ? NEVER : cycle;
  }

  private void guestMiss() {
    mode = CpuMode.STALLED;
    if (drain != null && drain.asking()) {
      return; // tried again when that is answered
    }
    if (core.accessIsConditional()) {
      l1.requestStoreConditional(core.accessAddress(), cycle, kernel.outbox);
    } else {
      l1.request(core.accessKind(), core.accessAddress(), cycle, kernel.outbox);
    }
  }

  private void runGuest(long until) {
    GuestThread.Pause pause = guest.run(cycle, until);
    if (drain != null) {
      drain.buffer().stamp(guest.cycle());
    }
    advanceTo(
        kernel.faults() == null ? guest.cycle() : kernel.faults().slow().resume(guest.cycle()));
    switch (pause) {
      case REACHED, GATE -> {}
      case MISS -> guestMiss();
      case RESCHEDULE -> {
        condResched();
      }
      case ENDED -> {
        kernel.task(TaskKind.GUEST).exit();
        reschedule();
      }
    }
  }

  // ---- faults
  // ---------------------------------------------------------------------------------------------------

  /** When a piece of work ends that takes so many cycles and begins now: later on a slow core. */
  private long worked(int cycles) {
    return kernel.faults() == null ? cycle + cycles : kernel.faults().slow().after(cycle, cycles);
  }

  /** Guest code must not run past this cycle without being looked at. */
  private long nextPause() {
    return kernel.faults() == null
        ? nextStart()
        : Math.min(
            nextStart(),
            Math.min(kernel.faults().slow().nextPause(cycle), kernel.faults().dueCycle()));
  }

  /** When a core goes on that would at {@code at}, and may stand still then. */
  private long resumed(long at) {
    if (kernel.faults() == null) {
      return Math.max(at, standsUntil);
    }
    long stands = standsUntil == NEVER ? at : Math.max(at, standsUntil);
    return kernel.faults().slow().resume(stands);
  }

  /** What faults do to this CPU. */
  private final class StruckCpu implements CpuFaults.Victim {
    @Override
    public void raise(Fault.SpuriousIrq.Line line, long at) {
      switch (line) {
        case CALL_FUNCTION -> raise(IpiKind.CALL_FUNCTION);
        case RESCHED -> raise(IpiKind.RESCHED);
        case ICACHE_FLUSH -> raise(IpiKind.ICACHE_FLUSH);
        case TIMER -> kernel.pending().raise(PendingInterrupts.Source.TIMER);
        case CONSOLE -> kernel.pending().raise(PendingInterrupts.Source.UART);
      }
      interruptRaised(at);
    }

    /** With mailboxes or a GIC there is one line for all, and the controller says that nobody wanted anything. */
    private void raise(IpiKind kind) {
      switch (shared.map().board().interruptController()) {
        case XLR_PIC, VSMP -> kernel.pending().raiseVector(kind.vector());
        case GIC -> kernel.pending().raise(PendingInterrupts.Source.SHARED);
        case OCTEON_CIU -> kernel.pending().raise(PendingInterrupts.Source.MAILBOX);
      }
    }

    @Override
    public void raiseDevice(long at) {
      kernel.pending().raise(PendingInterrupts.Source.DEVICE);
      interruptRaised(at);
    }

    /** A piece of work that is under way ends as much later as the core stood still meanwhile. */
    @Override
    public void standStill(int number, long at, long cycles) {
      long until = cycles == NEVER ? NEVER : at + cycles;
      if (until <= standsUntil) {
        return;
      }
      if (at >= standsUntil) {
        standsSince = at;
      }
      if (mode == CpuMode.RUNNING && until != NEVER) {
        cycle += until - Math.max(at, standsUntil);
      }
      standsUntil = until;
      stoppedBy = number;
    }

    @Override
    public void skewClock(long nanos, long at) {
      kernel.skewClock(nanos);
      if (mode == CpuMode.SPINNING && spinDeadline != NEVER) {
        // the loop watches the clock
        goOn(at);
      }
    }
  }

  // ---- for observers
  // -------------------------------------------------------------------------------------------

  /** What faults did here; empty in a machine without any. */
  public Optional<StrikeLog> strikes() {
    return Optional.ofNullable(kernel.faults()).map(CpuFaults::log);
  }

  @Override
  public long blockedSince() {
    return blockedSince;
  }

  @Override
  public CpuReport inspect(long at) {
    long busyUntil =
        mode == CpuMode.RUNNING ? Math.max(cycle, kernel.current().busyUntilCycle()) : 0;
    Optional<CpuReport.Halted> halted =
        standsUntil == NEVER
            ? Optional.of(new CpuReport.Halted(stoppedBy, standsSince))
            : Optional.empty();
    boolean storesDone = drain == null || drain.buffer().isEmpty();
    return inspection.report(mode, spinWait, waitBegan, busyUntil, progress, halted, storesDone);
  }

  private static boolean inInterrupt(Task task) {
    return CpuInspection.inInterrupt(task);
  }

  @Override
  public void foldState(StateHash hash) {
    hash.fold(mode).fold(cycle).fold(tickAt).fold(spinLine).fold(spinDeadline).fold(heldUntil);
    if (kernel.faults() != null || standsUntil != 0) {
      hash.fold(standsUntil).fold(standsSince).fold(stoppedBy);
    }
    kernel.foldState(hash);
    core.foldState(hash);
    l1d.foldState(hash);
    l1i.foldState(hash);
    l1.foldState(hash);
    if (drain != null) {
      drain.foldState(hash);
      hash.fold(fenced);
    }
  }
}
