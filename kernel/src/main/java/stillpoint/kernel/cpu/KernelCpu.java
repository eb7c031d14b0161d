package stillpoint.kernel.cpu;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.Function;
import stillpoint.kernel.config.ScriptCommand;
import stillpoint.kernel.console.ConsoleProtocol;
import stillpoint.kernel.fault.CpuFaults;
import stillpoint.kernel.fault.Moment;
import stillpoint.kernel.flush.FlushRecord;
import stillpoint.kernel.ftrace.ExecutionLog;
import stillpoint.kernel.ftrace.TraceEntry;
import stillpoint.kernel.ftrace.TraceRing;
import stillpoint.kernel.hotplug.HotplugChange;
import stillpoint.kernel.irq.InterruptLog;
import stillpoint.kernel.irq.IpiKind;
import stillpoint.kernel.irq.PendingInterrupts;
import stillpoint.kernel.sched.Task;
import stillpoint.kernel.sched.TaskKind;
import stillpoint.kernel.shell.CommandStatus;
import stillpoint.kernel.shell.ShellLoop;
import stillpoint.kernel.smp.CallFunction;
import stillpoint.kernel.stop.StopState;
import stillpoint.kernel.system.MachineSetup;
import stillpoint.kernel.system.Shared;
import stillpoint.kernel.watch.Detector;
import stillpoint.kernel.watch.Detectors;
import stillpoint.kernel.watch.LockupLine;
import stillpoint.machine.board.Board.InterruptControllerKind;
import stillpoint.machine.interrupt.CpuSet;
import stillpoint.machine.interrupt.InterruptController;
import stillpoint.machine.interrupt.InterruptProtocol;
import stillpoint.machine.l1.DataCache;
import stillpoint.machine.l1.InstructionCache;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.StateHash;

/**
 * The kernel's state on one CPU, and everything that a {@link Frame} can do there: memory through the caches, irq flags,
 * tasks, IPIs, the log. Mutable; {@link CpuProcess} owns it and keeps its clock.
 */
public final class KernelCpu extends KernelTasks {
  private final PendingInterrupts pending = new PendingInterrupts();
  private final ArrayDeque<Integer> typedLines = new ArrayDeque<>();
  private final TraceRing trace;
  private final InterruptLog interrupts;
  private final AppendLog<FlushRecord> flushes = new AppendLog<>();
  private final ExecutionLog executions = new ExecutionLog();
  private final AppendLog<HotplugChange> hotplug = new AppendLog<>();
  private final List<String> failures = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final Detectors detectors;
  private boolean stopWork;
  private boolean mailboxAnswered;
  private TickChange tickChange = TickChange.NONE;
  private boolean offline;
  private boolean dead;
  private boolean interruptedSleepingLock;
  private int mailboxBits;
  private long ticks;

  /** Faults about which this CPU decides; null in a machine without any. */
  private final CpuFaults faults;

  /** How far a fault has put CP0 Count ahead. */
  private long clockSkewCycles;

  /** Set by the process: the symbolic stack of a task of this CPU. */
  transient Function<Task, List<String>> stackOf;

  /** Set by the process around every call. */
  transient Outbox outbox;

  KernelCpu(int cpu, Shared shared, DataCache l1d, InstructionCache l1i) {
    super(cpu, shared, l1d, l1i);
    this.detectors = new Detectors(shared.map().board(), shared.setup().kernel().detectors());
    this.trace = new TraceRing(shared.readings().traceCycles());
    this.interrupts = new InterruptLog(shared.readings().firstInterruptsCycle());
    MachineSetup setup = shared.setup();
    this.faults = setup.faults().isEmpty() ? null : new CpuFaults(cpu, setup);
  }

  @Override
  public Detectors detectors() {
    return detectors;
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
    tickChange = offline ? tickChange : TickChange.REARM;
    ticks++;
  }

  /** Timer interrupts taken. */
  public long ticks() {
    return ticks;
  }

  TickChange takeTickChange() {
    TickChange change = tickChange;
    tickChange = TickChange.NONE;
    return change;
  }

  // ---- hotplug
  // -------------------------------------------------------------------------------------------------

  /** What becomes of the tick. */
  enum TickChange {
    NONE,
    REARM,
    STOP
  }

  /** Whether a line of this CPU's shell is being done, or waits to be. */
  public boolean shellBusy() {
    return !typedLines.isEmpty()
        || !(task(TaskKind.SHELL).top() instanceof ShellLoop(int index) && index < 0);
  }

  /**
   * This CPU leaves: threads are parked, ticks and watchdogs stop. What its stopper still has is done, then the idle task
   * goes on as {@code playDead}.
   */
  public void goesDown(Frame playDead) {
    offline = true;
    task(TaskKind.GUEST).park(true);
    task(TaskKind.SHELL).park(true);
    task(TaskKind.IDLE).push(playDead);
    tickChange = TickChange.STOP;
    pending.take(PendingInterrupts.Source.TIMER);
    detectors.stop();
  }

  /** This CPU is back: threads go on, ticks and irqs come on. */
  public void isUp() {
    offline = false;
    task(TaskKind.GUEST).park(false);
    task(TaskKind.SHELL).park(false);
    tickChange = TickChange.REARM;
    irqsOn(true);
  }

  /** Whether this CPU is in its pen and does nothing. */
  boolean isDead() {
    return dead;
  }

  public void isDead(boolean isSo) {
    dead = isSo;
  }

  public void logHotplug(HotplugChange change) {
    hotplug.add(change);
  }

  public void countTaken(IpiKind kind) {
    counters.taken(kind);
    interrupts.taken(kind, cycle);
    if (watched()) {
      faults.comes(new Moment.IpiTaken(kind), cycle);
    }
  }

  /** Counts an interrupt that is no IPI. */
  public void countTaken(InterruptLog.Source source) {
    interrupts.taken(source, cycle);
  }

  /** Sends an IPI to each target, none of which is this CPU; one message a controller slice. */
  public void sendIpi(IpiKind kind, CpuSet targets) {
    sendIpi(kind, null, targets);
  }

  /** The same, because a call of a function is queued there. */
  public void sendCallFunctionIpi(CallFunction function, CpuSet targets) {
    sendIpi(IpiKind.CALL_FUNCTION, function, targets);
  }

  private void sendIpi(IpiKind kind, CallFunction functionOrNull, CpuSet targets) {
    if (targets.isEmpty()) {
      return;
    }
    if (targets.contains(cpu)) {
      throw new BrokenInvariant("cpu" + cpu + " sends itself an IPI at cycle " + cycle);
    }
    if (!storesDone()) {
      throw new BrokenInvariant("cpu" + cpu + " sends an IPI before its stores at cycle " + cycle);
    }
    counters.sent(kind, targets.size());
    if (watched()) {
      sendStruckIpis(kind, functionOrNull, targets);
    } else {
      emit(kind, targets, 0);
    }
  }

  private void sendStruckIpis(IpiKind kind, CallFunction functionOrNull, CpuSet targets) {
    CpuSet prompt = targets;
    TreeMap<Integer, List<Long>> late = new TreeMap<>();
    for (int target = targets.next(0); target >= 0; target = targets.next(target + 1)) {
      CpuFaults.Fate fate = faults.ipi(kind, functionOrNull, target, cycle);
      List<Long> copies = new ArrayList<>(fate.copiesLateCycles());
      if (fate.lost() || fate.lateCycles() > 0) {
        prompt = prompt.without(target);
      }
      if (!fate.lost() && fate.lateCycles() > 0) {
        copies.addFirst(fate.lateCycles());
      }
      if (!copies.isEmpty()) {
        late.put(target, copies);
      }
    }
    emit(kind, prompt, 0);
    late.forEach(
        (target, copies) -> copies.forEach(cycles -> emit(kind, CpuSet.of(target), cycles)));
  }

  /**
   * @param lateCycles how long the controller is to sit on it
   */
  private void emit(IpiKind kind, CpuSet targets, long lateCycles) {
    InterruptControllerKind controller = map().board().interruptController();
    InterruptController.send(
        map(),
        cpu,
        targets,
        cycle,
        outbox,
        part -> {
          InterruptProtocol.Prompt prompt =
              switch (controller) {
                case XLR_PIC -> new InterruptProtocol.SendVector(kind.vector(), part);
                case OCTEON_CIU -> new InterruptProtocol.SetMailbox(kind.mailboxBit(), part);
                case GIC -> new InterruptProtocol.WedgeInterrupts(kind.ordinal(), part);
                case VSMP ->
                    new InterruptProtocol.RaiseSoftwareInterrupt(kind.softwareInterrupt(), part);
              };
          return lateCycles == 0 ? prompt : new InterruptProtocol.Late(lateCycles, prompt);
        });
  }

  // ---- faults
  // ---------------------------------------------------------------------------------------------------

  private boolean watched() {
    return faults != null && faults.watches();
  }

  /** Null in a machine without any. */
  CpuFaults faults() {
    return faults;
  }

  /** What CP0 Count says, in cycles since reset: the time, but for a fault. */
  public long clock() {
    return cycle + clockSkewCycles;
  }

  void skewClock(long nanos) {
    clockSkewCycles += nanos < 0 ? -cyclesOfNanos(-nanos) : cyclesOfNanos(nanos);
    detectors.skewClock(nanos);
  }

  /** multi_cpu_stop acts on a new state here. */
  public void seesStopState(StopState state) {
    if (watched()) {
      faults.comes(new Moment.StopMachineState(state), cycle);
    }
  }

  @Override
  public void patchText(long physical, int newWord) {
    super.patchText(physical, newWord);
    if (watched()) {
      faults.comes(new Moment.TextStored(), cycle);
    }
  }

  /** Whether a store that the exception table covers faults here; asked once a store. */
  public boolean storeFaults(long physical) {
    return watched() && faults.storeFaults(physical, cycle);
  }

  /** How long the handler of the device takes whose interrupt is taken, in virtual nanoseconds. */
  public long takeDriver() {
    long nanos = faults.takeDriver();
    if (faults.driversWait()) {
      pending.raise(PendingInterrupts.Source.DEVICE);
    }
    return nanos;
  }

  /** Asks the interrupt controller for the own mailbox word, which that clears; {@link Step.AwaitController} follows. */
  public void readAndClearMailbox() {
    mailboxAnswered = false;
    InterruptController.readAndClearMailbox(map(), cpu, cycle, outbox);
  }

  /** GIC: asks which inter-processor interrupts are pending, which clears them; the answer is that of a mailbox. */
  public void acknowledgeShared() {
    mailboxAnswered = false;
    InterruptController.acknowledgeShared(map(), cpu, cycle, outbox);
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
    send(map().console(), new ConsoleProtocol.LogLine(cycle, timeStamp(clock()) + text));
  }

  /** As printk; the line is one of the report's warnings too. */
  @Override
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

  /** A line is typed at this CPU's shell. Nobody is there to do it on a CPU that is offline: said, not lost. */
  void typed(int index) {
    if (!offline) {
      typedLines.add(index);
      pending.raise(PendingInterrupts.Source.UART);
      return;
    }
    warnings.add(
        "the script line '"
            + script(index).line()
            + "' was not run: CPU "
            + cpu
            + " is offline at "
            + nanosAt(cycle)
            + " ns");
    commandDone(index, CommandStatus.CPU_OFFLINE);
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
    return stackOf.apply(current());
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
        detectors.lines(),
        hotplug.view(),
        faults == null ? List.of() : faults.log().strikes());
  }

  CpuCounters.Snapshot counters() {
    return counters.snapshot();
  }

  void foldState(StateHash hash) {
    foldTasks(hash);
    hash.fold(stopWork);
    hash.fold(interruptedSleepingLock);
    foldCaches(hash);
    hash.fold(offline).fold(dead).fold(hotplug.size());
    hash.fold(mailboxAnswered).fold(mailboxBits).fold(ticks);
    pending.foldState(hash);
    detectors.foldState(hash);
    counters.foldState(hash);
    interrupts.foldState(hash);
    hash.fold(typedLines.toString()).fold(trace.written()).fold(stores.size());
    failures.forEach(hash::fold);
    if (faults != null) {
      faults.foldState(hash);
      hash.fold(clockSkewCycles);
    }
  }
}
