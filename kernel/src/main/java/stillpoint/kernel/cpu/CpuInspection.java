package stillpoint.kernel.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import stillpoint.kernel.irq.DoIrq;
import stillpoint.kernel.sched.Task;
import stillpoint.kernel.sched.TaskKind;
import stillpoint.kernel.sched.WaitForCompletion;
import stillpoint.kernel.shell.ShellLoop;
import stillpoint.kernel.stop.MultiCpuStop;
import stillpoint.kernel.stop.StopMachine;
import stillpoint.kernel.system.Shared;
import stillpoint.kernel.wait.Wait;
import stillpoint.machine.coherence.L1Controller;
import stillpoint.machine.cpu.Core;

/** Looks at one CPU from outside: what it says of itself at a cut. Looking changes nothing. */
final class CpuInspection {
  private final KernelCpu kernel;
  private final Core core;
  private final L1Controller l1;
  private final Shared shared;

  CpuInspection(KernelCpu kernel, Core core, L1Controller l1, Shared shared) {
    this.kernel = kernel;
    this.core = core;
    this.l1 = l1;
    this.shared = shared;
  }

  /** What a task waits for, as its innermost waiting function knows it. */
  Optional<Wait> waitOf(Task task) {
    for (Frame frame : task.stack()) {
      Optional<Wait> wait = frame.waitsFor(kernel);
      if (wait.isPresent()) {
        return wait;
      }
    }
    return Optional.empty();
  }

  /** Where the guest's {@code pc} is, for whoever stops it. */
  List<String> stackOf(Task task) {
    List<String> stack = new ArrayList<>();
    task.stack().forEach(frame -> stack.add(frame.function()));
    if (task.kind() == TaskKind.GUEST && !task.exited()) {
      stack.add(shared.symbols().format(core.pc()));
    }
    return stack;
  }

  /**
   * @param busyUntil end of the piece of work it is at, 0 if it is at none
   * @param halted if a fault has stopped it for ever
   * @param storesDone whether all its stores are in its cache; else it has still acts to perform, whatever it waits for
   */
  CpuReport report(
      CpuMode mode,
      Optional<Wait> spinWait,
      long waitBegan,
      long busyUntil,
      long progress,
      Optional<CpuReport.Halted> halted,
      boolean storesDone) {
    Task task = kernel.current();
    Optional<CpuReport.Blocked> blocked =
        mode == CpuMode.SPINNING && storesDone
            ? spinWait.map(wait -> new CpuReport.Blocked(wait, waitBegan))
            : Optional.empty();
    String stalledOn =
        switch (mode) {
          case STALLED -> l1.outstanding().map(o -> o.describe(shared.map())).orElse("");
          case AWAITING_CONTROLLER ->
              "mailbox answer of "
                  + shared.map().nameOf(shared.map().interruptSliceOf(kernel.cpu()));
          case RUNNING -> "";
          case SPINNING, IDLE -> storesDone ? "" : "its own stores, which wait in the buffer";
        };
    return new CpuReport(
        kernel.cpu(),
        task.kind().nameOn(kernel.cpu()),
        kernel.irqsOn(),
        kernel.irqsOffSince(),
        task.preemptCount(),
        kernel.pending().names(),
        stackOf(task),
        blocked,
        stalledOn,
        stopProgress(storesDone),
        guestRuns() && shared.setup().guest().runOn().contains(kernel.cpu()),
        !(kernel.task(TaskKind.SHELL).top() instanceof ShellLoop(int index) && index < 0),
        core.retired(),
        kernel.counters(),
        kernel.logs(),
        activity(mode, busyUntil, progress, halted));
  }

  private CpuReport.Activity activity(
      CpuMode mode, long busyUntil, long progress, Optional<CpuReport.Halted> halted) {
    return new CpuReport.Activity(
        progress + kernel.guestPasses(),
        busyUntil,
        mode == CpuMode.IDLE || kernel.isDead(),
        inInterrupt(kernel.current()),
        !kernel.task(TaskKind.STOPPER).runnable(),
        !kernel.task(TaskKind.SHELL).runnable(),
        sleepingShell(),
        kernel.isDead(),
        halted);
  }

  /** A thread that is parked, its CPU being offline, has no work that would have to end. */
  private boolean guestRuns() {
    return !kernel.task(TaskKind.GUEST).exited() && !kernel.task(TaskKind.GUEST).parked();
  }

  private Optional<CpuReport.Blocked> sleepingShell() {
    Task shell = kernel.task(TaskKind.SHELL);
    boolean waits = shell.top() instanceof WaitForCompletion || shell.top() instanceof StopMachine;
    return shell == kernel.current() || !waits
        ? Optional.empty()
        : waitOf(shell).map(wait -> new CpuReport.Blocked(wait, shell.asleepSince()));
  }

  private Optional<CpuReport.StopProgress> stopProgress(boolean storesDone) {
    for (Frame frame : kernel.task(TaskKind.STOPPER).stack()) {
      if (frame instanceof MultiCpuStop stop) {
        return Optional.of(
            new CpuReport.StopProgress(
                stop.seen(), stop.acknowledged() && storesDone, stop.call().word()));
      }
    }
    return Optional.empty();
  }

  static boolean inInterrupt(Task task) {
    return task.preemptCount() >= DoIrq.HARDIRQ_OFFSET;
  }
}
