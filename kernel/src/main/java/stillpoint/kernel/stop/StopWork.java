package stillpoint.kernel.stop;

import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.ftrace.FtraceModifyAllCode;

/** What stop_machine can be asked to run. A stopper's work word holds the ordinal plus 1. */
public enum StopWork {
  FTRACE_ENABLE,
  FTRACE_DISABLE,
  /** The tracer stays on, other sites are wanted. */
  FTRACE_UPDATE_CALLS,
  /** Nothing at all, to see what stop_machine itself costs. */
  NOTHING;

  private static final StopWork[] ALL = values();

  public long pointer() {
    return ordinal() + 1L;
  }

  public static StopWork at(long pointer) {
    return ALL[(int) pointer - 1];
  }

  Frame call() {
    return switch (this) {
      case FTRACE_ENABLE -> FtraceModifyAllCode.call(true);
      case FTRACE_DISABLE -> FtraceModifyAllCode.call(false);
      case FTRACE_UPDATE_CALLS -> FtraceModifyAllCode.callSitesOnly();
      case NOTHING -> new NothingToDo();
    };
  }
}
