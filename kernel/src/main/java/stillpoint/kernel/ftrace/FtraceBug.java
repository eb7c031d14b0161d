package stillpoint.kernel.ftrace;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.cpu.StoreKind;

/**
 * A word of text could not be rewritten: the tracer disables itself for good, warns, and names the address.
 *
 * @param ipVirtual of the call site
 */
public record FtraceBug(long ipVirtual) implements Frame {
  static Frame call(long ipVirtual) {
    return new FtraceBug(ipVirtual);
  }

  @Override
  public String function() {
    return "ftrace_bug";
  }

  @Override
  public Step step(KernelCpu cpu) {
    long disabled = cpu.memory().ftraceDisabled();
    if (cpu.lacks(StoreKind.PLAIN, disabled)) {
      return Step.stall(StoreKind.PLAIN, disabled);
    }
    cpu.store(StoreKind.PLAIN, disabled, 1);
    cpu.printk("------------[ cut here ]------------");
    cpu.printkWarning("WARNING: at kernel/trace/ftrace.c ftrace_bug()");
    cpu.printk(
        "ftrace faulted on modifying [<%016x>] %s".formatted(ipVirtual, cpu.symbolOf(ipVirtual)));
    return Step.done(3 * Costs.PRINTK);
  }
}
