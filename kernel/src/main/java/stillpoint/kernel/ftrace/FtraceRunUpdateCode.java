package stillpoint.kernel.ftrace;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.flush.FlushIcache;
import stillpoint.kernel.stop.StopMachine;
import stillpoint.kernel.stop.StopWork;

/**
 * Changes the text by the configured way, between the architecture's hooks before and after: one may disable preemption,
 * the other flush all instruction caches where that was put off.
 */
public record FtraceRunUpdateCode(At at, StopWork work) implements Frame {
  /** Where execution is. */
  public enum At {
    PREPARE,
    UPDATE,
    FLUSH,
    POST_PROCESS
  }

  static Frame call(StopWork work) {
    return new FtraceRunUpdateCode(At.PREPARE, work);
  }

  @Override
  public String function() {
    return "ftrace_run_update_code";
  }

  @Override
  public Step step(KernelCpu cpu) {
    boolean noPreemption = cpu.config().ftrace().prepareDisablesPreemption();
    return switch (at) {
      case PREPARE -> {
        if (noPreemption) {
          cpu.preemptDisable();
        }
        yield Step.next(to(At.UPDATE), Costs.FEW);
      }
      case UPDATE -> {
        At then = cpu.config().delayedFlush() ? At.FLUSH : At.POST_PROCESS;
        Frame update =
            switch (cpu.config().ftraceUpdate()) {
              case STOP_MACHINE -> StopMachine.call(work);
              case DIRECT, IRQSAVE -> work.call();
            };
        yield Step.call(to(then), update, Costs.CALL);
      }
      case FLUSH -> Step.call(to(At.POST_PROCESS), FlushIcache.whole(cpu.config()), Costs.CALL);
      case POST_PROCESS -> {
        if (noPreemption) {
          cpu.preemptEnable();
        }
        yield Step.done(Costs.FEW);
      }
    };
  }

  private FtraceRunUpdateCode to(At where) {
    return new FtraceRunUpdateCode(where, work);
  }
}
