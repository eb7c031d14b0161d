package stillpoint.kernel.stop;

import java.util.function.Supplier;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.ftrace.FtraceModifyAllCode;
import stillpoint.kernel.ftrace.FtraceReplaceCode;
import stillpoint.kernel.ftrace.FtraceReplaceCode.SiteChange;
import stillpoint.kernel.hotplug.TakeCpuDown;
import stillpoint.kernel.testmod.JumpLabelUpdate;

/** What stoppers can be asked to run, a row each: a name and the frame that it is. */
public enum StopWork {
  FTRACE_ENABLE(() -> FtraceModifyAllCode.call(true)),
  FTRACE_DISABLE(() -> FtraceModifyAllCode.call(false)),
  /** Sites that were left as compiled become nops. */
  FTRACE_CONVERT(() -> FtraceReplaceCode.call(SiteChange.CONVERT)),
  /** What two CPUs that swap their tasks do while both are still. */
  MIGRATE_SWAP(() -> new ShortWork("migrate_swap_stop")),
  /** A static key's sites are rewritten, to be flushed afterwards. */
  JUMP_LABELS(() -> JumpLabelUpdate.Transform.call(false)),
  /** The same, each flushed as it is rewritten. */
  JUMP_LABELS_FLUSHING(() -> JumpLabelUpdate.Transform.call(true)),
  /** The tracer stays on, other sites are wanted. */
  FTRACE_UPDATE_CALLS(FtraceModifyAllCode::callSitesOnly),
  /** The CPU that runs it leaves. */
  TAKE_CPU_DOWN(TakeCpuDown::new),
  /** Nothing at all, to see what stop_machine itself costs. */
  NOTHING(NothingToDo::new);

  private static final StopWork[] ALL = values();
  private final Supplier<Frame> body;

  StopWork(Supplier<Frame> body) {
    this.body = body;
  }

  /** How a work names it, 1 .. 255. */
  public long pointer() {
    return ordinal() + 1L;
  }

  public static StopWork at(long pointer) {
    return ALL[(int) pointer - 1];
  }

  /** What runs. */
  public Frame call() {
    return body.get();
  }
}
