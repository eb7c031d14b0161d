package stillpoint.kernel.cpu;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import stillpoint.kernel.config.KernelConfig;
import stillpoint.kernel.config.ScriptCommand;
import stillpoint.kernel.console.ConsoleProtocol;
import stillpoint.kernel.flush.FlushRecord;
import stillpoint.kernel.ftrace.CallSites;
import stillpoint.kernel.ftrace.ExecutionLog;
import stillpoint.kernel.ftrace.PatchStore;
import stillpoint.kernel.ftrace.TraceEntry;
import stillpoint.kernel.ftrace.TraceRing;
import stillpoint.kernel.irq.InterruptLog;
import stillpoint.kernel.irq.IpiKind;
import stillpoint.kernel.irq.PendingInterrupts;
import stillpoint.kernel.mm.KernelMemory;
import stillpoint.kernel.sched.Task;
import stillpoint.kernel.sched.TaskKind;
import stillpoint.kernel.system.Shared;
import stillpoint.kernel.watch.Detector;
import stillpoint.kernel.watch.Detectors;
import stillpoint.kernel.watch.LockupLine;
import stillpoint.machine.board.Board.InterruptControllerKind;
import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.interrupt.CpuSet;
import stillpoint.machine.interrupt.InterruptController;
import stillpoint.machine.l1.DataCache;
import stillpoint.machine.l1.InstructionCache;
import stillpoint.machine.l1.L1State;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.StateHash;

/**
 * The kernel's state on one CPU, and everything that a {@link Frame} can do there: memory through the caches, irq flags,
 * tasks, IPIs, the log. Mutable; {@link CpuProcess} owns it and keeps its clock.
 */
public final class KernelCpu {
  private static final int WORD_BYTES = 8;

  private final int cpu;
  private final Shared shared;
  private final DataCache l1d;
  private final InstructionCache l1i;
  private final Task[] tasks = new Task[TaskKind.values().length];
  private final PendingInterrupts pending = new PendingInterrupts();
  private final CpuCounters counters = new CpuCounters();
  private final ArrayDeque<Integer> typedLines = new ArrayDeque<>();
  private final TraceRing trace;
  private final InterruptLog interrupts;
  private final AppendLog<PatchStore> stores = new AppendLog<>();
  private final AppendLog<FlushRecord> flushes = new AppendLog<>();
  private final ExecutionLog executions = new ExecutionLog();
  private final List<String> failures = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final Detectors detectors;
  private Task current;
  private boolean needResched;
  private boolean irqsOn = true;
  private long irqsOffSince = -1;
  private boolean stopWork;
  private boolean globalInvalidateDone;
  private boolean mailboxAnswered;
  private boolean tickRearmed;
  private boolean interruptedSleepingLock;
  private int mailboxBits;
  private long ticks;

  /** Set by the process: the symbolic stack of a task of this CPU. */
  transient Function<Task, List<String>> stackOf;

  /** Set by the process around every call. */
  long cycle;

  transient Outbox outbox;

  KernelCpu(int cpu, Shared shared, DataCache l1d, InstructionCache l1i) {
    this.cpu = cpu;
    this.shared = shared;
    this.l1d = l1d;
    this.l1i = l1i;
    this.detectors = new Detectors(shared.map().board(), shared.setup().kernel().detectors());
    this.trace = new TraceRing(shared.readings().traceCycles());
    this.interrupts = new InterruptLog(shared.readings().firstInterruptsCycle());
    for (TaskKind kind : TaskKind.values()) {
      boolean guest = kind == TaskKind.GUEST && shared.setup().guest().runOn().contains(cpu);
      tasks[kind.ordinal()] = new Task(kind, kind == TaskKind.IDLE || guest);
    }
    this.current = task(TaskKind.IDLE);
  }

  public int cpu() {
    return cpu;
  }

  /** Current virtual time of this CPU. */
  public long cycle() {
    return cycle;
  }

  /** Cycles that a span of virtual time takes. */
  public long cyclesIn(long nanos) {
    return map().board().cycleAt(nanos);
  }

  public KernelMemory memory() {
    return shared.memory();
  }

  public KernelConfig config() {
    return shared.setup().kernel();
  }

  /** This CPU's part of the kernel's lockup detectors. */
  public Detectors detectors() {
    return detectors;
  }

  /** Cycles of a time. */
  public long cyclesOfNanos(long nanos) {
    return map().board().cycleAt(nanos);
  }

  public long nanosAt(long at) {
    return map().board().nanosAt(at);
  }

  public CallSites sites() {
    return shared.sites();
  }

  /** All CPUs that are online. */
  public CpuSet online() {
    return shared.online();
  }

  private MachineMap map() {
    return shared.map();
  }

  /** Value that the callee returned. */
  public long returned() {
    return current.returned();
  }

  void setReturned(long value) {
    current.setReturned(value);
  }

  // ---- memory, through the data cache
  // --------------------------------------------------------------------------

  /** Whether the data cache cannot serve this access now: the frame returns a {@link Step.Stall} for it. */
  public boolean lacks(AccessKind kind, long physical) {
    int slot = l1d.find(physical);
    if (slot == DataCache.ABSENT) {
      return true;
    }
    L1State state = l1d.state(slot);
    return kind == AccessKind.STORE ? !state.writable() : !state.readable();
  }

  /** Reads an 8-byte kernel variable that is not lacking. */
  public long load(long physical) {
    return l1d.read(l1d.find(physical), physical, WORD_BYTES);
  }

  /** Writes an 8-byte kernel variable that is not lacking for a store. */
  public void store(long physical, long value) {
    l1d.write(l1d.find(physical), physical, WORD_BYTES, value);
  }

  /** Whether the word of text at a physical address belongs to a call site that cannot be stored to. */
  public boolean isReadOnlyText(long physical) {
    List<String> readOnly = shared.setup().guest().readOnlyText();
    return !readOnly.isEmpty()
        && sites().siteOf(physical).filter(site -> readOnly.contains(site.function())).isPresent();
  }

  /** A virtual address as the log shows it: {@code function+0x8/0x98}. */
  public String symbolOf(long virtual) {
    return shared.symbols().format(virtual);
  }

  /** Rewrites a word of text that is not lacking for a store, and counts it. */
  public void patchText(long physical, int newWord) {
    int slot = l1d.find(physical);
    int oldWord = (int) l1d.read(slot, physical, Integer.BYTES);
    l1d.write(slot, physical, Integer.BYTES, newWord & 0xFFFF_FFFFL);
    stores.add(new PatchStore(cycle, physical, oldWord, newWord));
    counters.wordsPatched++;
  }

  /** Drops the lines of the own instruction cache that hold {@code bytes} bytes from {@code physical}. */
  public void invalidateOwnIcache(long physical, long bytes) {
    int lineBytes = l1i.geometry().lineBytes();
    for (long line = l1i.geometry().lineAddress(physical);
        line < physical + bytes;
        line += lineBytes) {
      l1i.invalidateLine(line);
    }
  }

  /** Address of the line after the one that holds a physical address. */
  public long lineAfter(long physical) {
    return l1i.geometry().lineAddress(physical) + l1i.geometry().lineBytes();
  }

  public void invalidateOwnIcache() {
    l1i.invalidateAll();
  }

  /** Whether the global invalidate asked for by a stall has been done since this was last asked. */
  public boolean takeGlobalInvalidateDone() {
    boolean done = globalInvalidateDone;
    globalInvalidateDone = false;
    return done;
  }

  void globalInvalidateDone() {
    globalInvalidateDone = true;
  }

  // ---- irqs, preemption, tasks
  // ---------------------------------------------------------------------------------

  public boolean irqsOn() {
    return irqsOn;
  }

  /** Cycle at which irqs went off, or -1. */
  public long irqsOffSince() {
    return irqsOffSince;
  }

  public void irqsOff() {
    if (irqsOn) {
      irqsOn = false;
      irqsOffSince = cycle;
    }
  }

  public void irqsOn(boolean on) {
    if (on) {
      irqsOn = true;
      irqsOffSince = -1;
    } else {
      irqsOff();
    }
  }

  public void preemptDisable() {
    current.addPreemptCount(1);
  }

  public void preemptEnable() {
    current.addPreemptCount(-1);
  }

  public Task current() {
    return current;
  }

  public Task task(TaskKind kind) {
    return tasks[kind.ordinal()];
  }

  /** Makes a task of this CPU runnable; it preempts what has a lower priority when that may be preempted. */
  public void wakeHere(TaskKind kind) {
    task(kind).wake();
    detectors.wakes(kind, cycle);
    if (kind.compareTo(current.kind()) > 0) {
      needResched = true;
    }
  }

  boolean mayPreempt() {
    if (!needResched || !irqsOn || current.preemptCount() != 0) {
      return false;
    }
    return config().preempt() == KernelConfig.Preempt.FULL
        || current.kind() == TaskKind.IDLE
        || !current.runnable();
  }

  /** Whether a task of higher priority is due to run here. */
  public boolean needResched() {
    return needResched;
  }

  /** Switches to the runnable task of the highest priority; the idle task is always runnable. */
  boolean schedule() {
    reportIfAtomic();
    needResched = false;
    Task next = current;
    for (Task task : tasks) {
      if (task.runnable()) {
        next = task;
      }
    }
    boolean switched = next != current;
    if (switched) {
      current.leaves(cycle);
    }
    current = next;
    return switched;
  }

  /** Only a kernel that can be preempted anywhere counts where it must not be. */
  private boolean countsPreemption() {
    return config().preempt() == KernelConfig.Preempt.FULL;
  }

  /** Whether the current task may not sleep here, as far as this kernel can tell. */
  public boolean inAtomic() {
    return countsPreemption() && current.preemptCount() != 0;
  }

  /**
   * schedule() adds 1 itself. It finds another count than that 1 wrong, says so, and goes on with a right one; what was
   * still to be given back then makes the count wrong in the other direction.
   */
  private void reportIfAtomic() {
    if (inAtomic()) {
      printkWarning(
          String.format(
              Locale.ROOT,
              "BUG: scheduling while atomic: %s/%d/0x%08x",
              current.kind().nameOn(cpu),
              current.kind().pidOn(cpu, map().cpuCount()),
              current.preemptCount() + 1));
      current.resetPreemptCount();
    }
  }

  // ---- interrupts
  // ----------------------------------------------------------------------------------------------

  public PendingInterrupts pending() {
    return pending;
  }

  /** Whether the running interrupt came while its task spun for a lock that it would also sleep for. */
  public boolean interruptedSleepingLock() {
    return interruptedSleepingLock;
  }

  void interruptedSleepingLock(boolean was) {
    interruptedSleepingLock = was;
  }

  /** The tick's handler sets Compare for the next tick. */
  public void rearmTick() {
    tickRearmed = true;
    ticks++;
  }

  /** Timer interrupts taken. */
  public long ticks() {
    return ticks;
  }

  boolean takeTickRearmed() {
    boolean rearmed = tickRearmed;
    tickRearmed = false;
    return rearmed;
  }

  public void countTaken(IpiKind kind) {
    counters.taken(kind);
    interrupts.taken(kind, cycle);
  }

  /** Counts an interrupt that is no IPI. */
  public void countTaken(InterruptLog.Source source) {
    interrupts.taken(source, cycle);
  }

  /** Sends an IPI to each target, none of which is this CPU; one message a controller slice. */
  public void sendIpi(IpiKind kind, CpuSet targets) {
    if (targets.isEmpty()) {
      return;
    }
    if (targets.contains(cpu)) {
      throw new BrokenInvariant("cpu" + cpu + " sends itself an IPI at cycle " + cycle);
    }
    counters.sent(kind, targets.size());
    InterruptControllerKind controller = map().board().interruptController();
    switch (controller) {
      case XLR_PIC ->
          InterruptController.sendVector(map(), cpu, kind.vector(), targets, cycle, outbox);
      case OCTEON_CIU ->
          InterruptController.setMailbox(map(), cpu, kind.mailboxBit(), targets, cycle, outbox);
    }
  }

  /** Asks the interrupt controller for the own mailbox word, which that clears; {@link Step.AwaitController} follows. */
  public void readAndClearMailbox() {
    mailboxAnswered = false;
    InterruptController.readAndClearMailbox(map(), cpu, cycle, outbox);
  }

  public boolean mailboxAnswered() {
    return mailboxAnswered;
  }

  public int mailboxBits() {
    return mailboxBits;
  }

  void mailboxAnswer(int bits) {
    mailboxAnswered = true;
    mailboxBits = bits;
  }

  // ---- console, logs, counters
  // ---------------------------------------------------------------------------------

  /** A line into the kernel log, with its time stamp. */
  public void printk(String text) {
    detectors.consoleWrote();
    send(map().console(), new ConsoleProtocol.LogLine(cycle, timeStamp(cycle) + text));
  }

  /** As printk; the line is one of the report's warnings too. */
  public void printkWarning(String text) {
    warnings.add(text);
    printk(text);
  }

  /** As printk, for the line of a detector. */
  public void printkLockup(Detector detector, String text) {
    detectors.log(new LockupLine(detector, cycle, text));
    printk(text);
  }

  private String timeStamp(long at) {
    long micros = map().board().nanosAt(at) / 1000;
    return String.format(Locale.ROOT, "[%5d.%06d] ", micros / 1_000_000, micros % 1_000_000);
  }

  void typed(int index) {
    typedLines.add(index);
  }

  /** Index of the next line typed at this CPU's shell, or -1. */
  public int takeTypedLine() {
    return typedLines.isEmpty() ? -1 : typedLines.remove();
  }

  public ScriptCommand script(int index) {
    return shared.setup().script().get(index);
  }

  /** Cycles of a time in microseconds. */
  public int cyclesOfMicros(int micros) {
    return Math.multiplyExact(map().board().clockMhz(), micros);
  }

  /** Functions of the current task, innermost first. */
  public List<String> symbolicStack() {
    return stackOf.apply(current);
  }

  /** Tells the console that a command has ended, and how: a {@code CommandStatus}. */
  public void commandDone(int index, long status) {
    send(map().console(), new ConsoleProtocol.CommandDone(index, cycle, status));
  }

  public void countFlush() {
    counters.icacheFlushes++;
  }

  void countBreakpoint() {
    counters.breakpoints++;
  }

  public void logFlush(FlushRecord flush) {
    flushes.add(flush);
  }

  void trace(long ip, long parentIp) {
    counters.tracedCalls++;
    trace.add(new TraceEntry(cycle, ip, parentIp));
  }

  void fail(String text) {
    failures.add(text);
  }

  long guestPasses() {
    return counters.guestPasses;
  }

  void guestPass() {
    counters.guestPasses++;
  }

  void stopWork() {
    stopWork = true;
  }

  boolean stopWorkAsked() {
    return stopWork;
  }

  ExecutionLog executions() {
    return executions;
  }

  private void send(int target, Message message) {
    outbox.send(target, cycle + map().latencyCycles(cpu, target), message);
  }

  CpuReport.Logs logs() {
    return new CpuReport.Logs(
        trace.view(),
        interrupts.view(),
        stores.view(),
        flushes.view(),
        executions.drain(),
        List.copyOf(failures),
        List.copyOf(warnings),
        detectors.lines());
  }

  CpuCounters.Snapshot counters() {
    return counters.snapshot();
  }

  void foldState(StateHash hash) {
    for (Task task : tasks) {
      task.foldState(hash);
    }
    hash.fold(current.kind()).fold(needResched).fold(irqsOn).fold(irqsOffSince).fold(stopWork);
    hash.fold(interruptedSleepingLock);
    hash.fold(globalInvalidateDone).fold(mailboxAnswered).fold(mailboxBits).fold(ticks);
    pending.foldState(hash);
    detectors.foldState(hash);
    counters.foldState(hash);
    interrupts.foldState(hash);
    hash.fold(typedLines.toString()).fold(trace.written()).fold(stores.size());
    failures.forEach(hash::fold);
  }
}
