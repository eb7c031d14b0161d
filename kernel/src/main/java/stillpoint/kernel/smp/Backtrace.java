package stillpoint.kernel.smp;

import java.util.List;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.sched.Task;

/** What a CPU prints when it is asked for its stack. */
final class Backtrace {
  private static final String INTERRUPT_ENTRY = "do_IRQ";

  private Backtrace() {}

  /** Prints and returns how many lines. */
  static int print(KernelCpu cpu) {
    Task task = cpu.current();
    List<String> stack = cpu.symbolicStack();
    // asked by interrupt: what it interrupted is of interest, not the way to here
    List<String> interrupted = stack.subList(stack.lastIndexOf(INTERRUPT_ENTRY) + 1, stack.size());
    cpu.printk("NMI backtrace for cpu " + cpu.cpu());
    cpu.printk("CPU: " + cpu.cpu() + " Comm: " + task.kind().nameOn(cpu.cpu()) + " Not tainted");
    cpu.printk("Call Trace:");
    interrupted.forEach(function -> cpu.printk(" " + function));
    return 3 + interrupted.size();
  }
}
