package stillpoint.kernel.ftrace;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.flush.FlushIcache;
import stillpoint.machine.coherence.AccessKind;

/**
 * Rewrites one word of text, then flushes it out of the instruction caches, unless that is put off until after the whole
 * update.
 */
public record FtraceModifyCode(At at, long physical, int newWord) implements Frame {
  /** Each patch flushes its word and the one after it. */
  private static final long FLUSH_BYTES = 2L * Integer.BYTES;

  /** Where execution is. */
  public enum At {
    STORE,
    FLUSH,
    LEAVE
  }

  static Frame call(long physical, int newWord) {
    return new FtraceModifyCode(At.STORE, physical, newWord);
  }

  @Override
  public String function() {
    return "ftrace_modify_code";
  }

  @Override
  public Step step(KernelCpu cpu) {
    return switch (at) {
      case STORE -> {
        if (cpu.lacks(AccessKind.STORE, physical)) {
          yield Step.stall(AccessKind.STORE, physical);
        }
        cpu.patchText(physical, newWord);
        At then = cpu.config().delayedFlush() ? At.LEAVE : At.FLUSH;
        yield Step.next(new FtraceModifyCode(then, physical, newWord), Costs.FEW);
      }
      case FLUSH ->
          Step.call(
              new FtraceModifyCode(At.LEAVE, physical, newWord),
              FlushIcache.range(cpu.config(), physical, FLUSH_BYTES),
              Costs.CALL);
      case LEAVE -> Step.done(Costs.FEW);
    };
  }
}
