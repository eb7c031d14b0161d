package stillpoint.kernel.flush;

import stillpoint.kernel.config.KernelConfig;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.hotplug.ReadOnlineMask;
import stillpoint.kernel.irq.IpiKind;
import stillpoint.kernel.smp.CallFunction;
import stillpoint.machine.coherence.AccessKind;

/**
 * The flush of instruction caches after text was written: counts, does what this kind of machine does, and writes down
 * when it returned.
 *
 * @param physical first byte, or {@link FlushRecord#WHOLE_CACHE}
 * @param bytes how many from there
 * @param startCycle when it was called
 * @param nextLine with hit operations, an address in the line that is next
 */
public record FlushIcache(At at, Way way, long physical, long bytes, long startCycle, long nextLine)
    implements Frame {
  /** How. */
  public enum Way {
    /** RMI XLS: smp_call_function to every other CPU, waiting; then the own cache. */
    R4K_WAITING("r4k_flush_icache_range"),
    /** Octeon: the own cache, and a mailbox bit to every other core, not waiting; whole caches always. */
    OCTEON("octeon_flush_icache_all_cores"),
    /** The same, not waiting. */
    R4K_NOWAIT("r4k_flush_icache_range"),
    /** The own cache, and nobody else's. */
    LOCAL("local_r4k_flush_icache_range"),
    /** A coherence manager carries hit operations to every instruction cache. */
    GLOBAL_HIT("r4k_flush_icache_range");

    private final String symbol;

    Way(String symbol) {
      this.symbol = symbol;
    }
  }

  /** Where execution is. */
  public enum At {
    ENTER,
    WORK,
    LEAVE
  }

  public static Frame range(KernelConfig config, long physical, long bytes) {
    Way way =
        switch (config.icacheFlush()) {
          case WAIT_IPI -> Way.R4K_WAITING;
          case MAILBOX_NOWAIT -> Way.OCTEON;
          case GLOBAL_HIT -> Way.GLOBAL_HIT;
          case CALL_FUNCTION_NOWAIT -> Way.R4K_NOWAIT;
          case LOCAL -> Way.LOCAL;
        };
    return new FlushIcache(At.ENTER, way, physical, bytes, 0, physical);
  }

  /** All of every instruction cache. Hit operations know no whole cache: with them too, CPUs are asked one by one. */
  public static Frame whole(KernelConfig config) {
    Way way =
        switch (config.icacheFlush()) {
          case WAIT_IPI, GLOBAL_HIT -> Way.R4K_WAITING;
          case MAILBOX_NOWAIT -> Way.OCTEON;
          case CALL_FUNCTION_NOWAIT -> Way.R4K_NOWAIT;
          case LOCAL -> Way.LOCAL;
        };
    return new FlushIcache(At.ENTER, way, FlushRecord.WHOLE_CACHE, 0, 0, 0);
  }

  /** All of every instruction cache by a call that waits for each CPU, on any machine: then all have synchronised. */
  public static Frame onEachCpu() {
    return new FlushIcache(At.ENTER, Way.R4K_WAITING, FlushRecord.WHOLE_CACHE, 0, 0, 0);
  }

  private boolean wholeCache() {
    return physical == FlushRecord.WHOLE_CACHE;
  }

  @Override
  public String function() {
    return switch (way) {
      case R4K_WAITING, R4K_NOWAIT -> wholeCache() ? "r4k_flush_icache_all" : way.symbol;
      case LOCAL -> wholeCache() ? "local_r4k_flush_icache_all" : way.symbol;
      case OCTEON, GLOBAL_HIT -> way.symbol;
    };
  }

  @Override
  public Step step(KernelCpu cpu) {
    return switch (at) {
      case ENTER -> {
        cpu.countFlush();
        cpu.logFlush(record(cpu.cycle(), FlushRecord.NOT_RETURNED));
        Frame work = new FlushIcache(At.WORK, way, physical, bytes, cpu.cycle(), physical);
        yield way == Way.OCTEON
            ? Step.call(work, ReadOnlineMask.call(), Costs.CALL)
            : Step.next(work, Costs.CALL);
      }
      // cache operations and writes to an interrupt controller come after all earlier stores
      case WORK -> cpu.storesDone() ? work(cpu) : Step.barrier();
      case LEAVE -> {
        cpu.logFlush(record(startCycle, cpu.cycle()));
        yield Step.done(Costs.FEW);
      }
    };
  }

  private FlushRecord record(long called, long returned) {
    boolean whole = wholeCache() || way == Way.OCTEON;
    return new FlushRecord(called, returned, whole ? FlushRecord.WHOLE_CACHE : physical, bytes);
  }

  private Step work(KernelCpu cpu) {
    Frame after = new FlushIcache(At.LEAVE, way, physical, bytes, startCycle, nextLine);
    return switch (way) {
      case R4K_WAITING, R4K_NOWAIT -> {
        CallFunction function =
            wholeCache() ? CallFunction.FLUSH_ICACHE_ALL : CallFunction.FLUSH_ICACHE_RANGE;
        boolean wait = way == Way.R4K_WAITING;
        yield Step.call(after, R4kOnEachCpu.call(function, physical, wait), Costs.CALL);
      }
      case LOCAL -> {
        if (wholeCache()) {
          cpu.invalidateOwnIcache();
          yield Step.next(after, Costs.ICACHE_INVALIDATE_ALL);
        }
        cpu.invalidateOwnIcache(physical, bytes);
        yield Step.next(after, 2 * Costs.ICACHE_HIT_INVALIDATE);
      }
      case OCTEON -> {
        cpu.invalidateOwnIcache();
        cpu.sendIpi(IpiKind.ICACHE_FLUSH, cpu.online().without(cpu.cpu()));
        yield Step.next(after, Costs.SEND_IPI + Costs.FEW);
      }
      case GLOBAL_HIT -> {
        if (!cpu.takeGlobalInvalidateDone()) {
          yield Step.stall(AccessKind.GLOBAL_INVALIDATE_I, nextLine);
        }
        cpu.invalidateOwnIcache(nextLine, Integer.BYTES);
        long following = cpu.lineAfter(nextLine);
        Frame more = new FlushIcache(At.WORK, way, physical, bytes, startCycle, following);
        yield Step.next(following < physical + bytes ? more : after, Costs.ICACHE_HIT_INVALIDATE);
      }
    };
  }
}
