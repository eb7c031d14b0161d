package stillpoint.kernel.hotplug;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.cpu.StoreKind;
import stillpoint.kernel.irq.SchedulerIpi;
import stillpoint.kernel.mm.ProtocolMemory;
import stillpoint.kernel.smp.GenericSmpCallFunctionInterrupt;
import stillpoint.kernel.watch.RcuReportQs;
import stillpoint.machine.coherence.AccessKind;

/**
 * What the idle task of a CPU that goes offline ends in: with irqs off it does what others had already asked of it (the
 * IPIs may still be on their way), tells who waits for it, and stays in a pen until it is to boot.
 */
public record PlayDead(At at) implements Frame {
  /** Where execution is. */
  public enum At {
    ENTER,
    FLUSH_CALLS,
    FLUSH_WAKE_LIST,
    REPORT_QUIESCENT,
    TELL,
    DIE,
    PEN
  }

  static Frame call() {
    return new PlayDead(At.ENTER);
  }

  @Override
  public String function() {
    return "play_dead";
  }

  @Override
  public Step step(KernelCpu cpu) {
    return switch (at) {
      case ENTER -> {
        cpu.irqsOff();
        yield Step.next(new PlayDead(At.FLUSH_CALLS), Costs.FEW);
      }
      case FLUSH_CALLS ->
          Step.call(
              new PlayDead(At.FLUSH_WAKE_LIST),
              GenericSmpCallFunctionInterrupt.start(),
              Costs.CALL);
      case FLUSH_WAKE_LIST ->
          Step.call(new PlayDead(At.REPORT_QUIESCENT), new SchedulerIpi(), Costs.CALL);
      case REPORT_QUIESCENT ->
          cpu.detectors().rcu().mustReport()
              ? Step.call(new PlayDead(At.TELL), RcuReportQs.call(), Costs.CALL)
              : Step.next(new PlayDead(At.TELL), Costs.FEW);
      case TELL -> Step.call(new PlayDead(At.DIE), CompleteHotplug.call(), Costs.CALL);
      case DIE -> {
        long state = ProtocolMemory.of(cpu.memory()).cpuState(cpu.cpu());
        if (cpu.lacks(StoreKind.PLAIN, state)) {
          yield Step.stall(StoreKind.PLAIN, state);
        }
        cpu.store(StoreKind.PLAIN, state, ProtocolMemory.DEAD);
        cpu.isDead(true);
        yield Step.next(new PlayDead(At.PEN), Costs.FEW);
      }
      case PEN -> {
        long state = ProtocolMemory.of(cpu.memory()).cpuState(cpu.cpu());
        if (cpu.lacks(AccessKind.LOAD, state)) {
          yield Step.stall(AccessKind.LOAD, state);
        }
        long now = cpu.load(state);
        yield now == ProtocolMemory.DEAD
            ? new Step.Spin(state)
            : Step.next(StartSecondary.call(now == ProtocolMemory.BOOT), Costs.FEW);
      }
    };
  }
}
