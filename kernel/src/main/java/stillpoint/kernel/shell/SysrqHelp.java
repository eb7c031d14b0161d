package stillpoint.kernel.shell;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;

/** SysRq with a key that the kernel does not know: logs those it knows. The write succeeds. */
record SysrqHelp() implements Frame {
  @Override
  public String function() {
    return "__handle_sysrq";
  }

  @Override
  public Step step(KernelCpu cpu) {
    cpu.printk("sysrq: HELP : show-backtrace-all-active-cpus(l) ");
    return Step.done(CommandStatus.OK, Costs.PRINTK);
  }
}
