package stillpoint.kernel.testmod;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.smp.CallFunction;
import stillpoint.kernel.smp.SmpCallFunctionMany;
import stillpoint.machine.interrupt.CpuSet;

/** The TLB shootdown: another CPU drops a translation, and this one waits until it has. */
public record FlushTlbOthers(boolean called, int target) implements Frame {
  public static Frame call(int target) {
    return new FlushTlbOthers(false, target);
  }

  @Override
  public String function() {
    return "flush_tlb_page";
  }

  @Override
  public Step step(KernelCpu cpu) {
    CpuSet others = CpuSet.of(target).without(cpu.cpu());
    return called
        ? Step.done(Costs.FEW)
        : Step.call(
            new FlushTlbOthers(true, target),
            SmpCallFunctionMany.call(others, CallFunction.FLUSH_TLB_PAGE, 0, true),
            Costs.CALL);
  }
}
