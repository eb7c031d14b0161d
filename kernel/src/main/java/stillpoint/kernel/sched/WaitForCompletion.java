package stillpoint.kernel.sched;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.machine.coherence.AccessKind;

/**
 * Sleeps until a completion is done.
 *
 * @param completion address of its word: 0 not yet, 1 done
 */
public record WaitForCompletion(long completion) implements Frame {
  @Override
  public String function() {
    return "wait_for_completion";
  }

  @Override
  public Step step(KernelCpu cpu) {
    if (cpu.lacks(AccessKind.LOAD, completion)) {
      return Step.stall(AccessKind.LOAD, completion);
    }
    if (cpu.load(completion) != 0) {
      return Step.done(Costs.CALL);
    }
    cpu.detectors().sleepsUninterruptibly(cpu.current().kind(), cpu.cycle());
    return new Step.Sleep(this, Costs.CALL);
  }
}
