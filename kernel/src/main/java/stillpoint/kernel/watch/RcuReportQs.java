package stillpoint.kernel.watch;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.sched.TaskKind;
import stillpoint.kernel.sched.TryToWakeUp;
import stillpoint.machine.coherence.AccessKind;

/** This CPU has passed a quiescent state. The last to say so ends the grace period and wakes who waits for it. */
public record RcuReportQs(At at) implements Frame {
  /** Where execution is. */
  public enum At {
    COUNT,
    END,
    COMPLETE,
    WAKE,
    LEAVE
  }

  public static Frame call() {
    return new RcuReportQs(At.COUNT);
  }

  @Override
  public String function() {
    return "rcu_report_qs_rdp";
  }

  @Override
  public Step step(KernelCpu cpu) {
    return switch (at) {
      case COUNT -> {
        long left = cpu.memory().rcuCpusLeft();
        if (cpu.lacks(AccessKind.STORE, left)) {
          yield Step.stall(AccessKind.STORE, left);
        }
        long now = cpu.load(left) - 1;
        cpu.store(left, now);
        cpu.detectors().rcu().reported();
        yield Step.next(new RcuReportQs(now == 0 ? At.END : At.LEAVE), Costs.FEW);
      }
      case END -> {
        cpu.detectors().rcu().ends();
        long gracePeriod = cpu.memory().rcuGracePeriod();
        if (cpu.lacks(AccessKind.STORE, gracePeriod)) {
          yield Step.stall(AccessKind.STORE, gracePeriod);
        }
        // over, but its caller has still to see that: nobody may begin another one before
        cpu.store(gracePeriod, -Math.abs(cpu.load(gracePeriod)));
        yield Step.next(new RcuReportQs(At.COMPLETE), Costs.FEW);
      }
      case COMPLETE -> SynchronizeRcu.set(cpu, cpu.memory().rcuDone(), 1, new RcuReportQs(At.WAKE));
      case WAKE -> {
        long caller = cpu.memory().rcuCaller();
        if (cpu.lacks(AccessKind.LOAD, caller)) {
          yield Step.stall(AccessKind.LOAD, caller);
        }
        yield Step.call(
            new RcuReportQs(At.LEAVE),
            new TryToWakeUp((int) cpu.load(caller) - 1, TaskKind.SHELL),
            Costs.CALL);
      }
      case LEAVE -> Step.done(Costs.FEW);
    };
  }
}
