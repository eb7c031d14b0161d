package stillpoint.kernel.smp;

import java.util.Optional;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.testmod.KgdbSession;
import stillpoint.kernel.testmod.SmpCallAnswer;
import stillpoint.kernel.testmod.SynchronizeRcuExpedited;

/** Functions that can be run on other CPUs. A csd holds the ordinal plus 1 where Linux has a pointer. */
public enum CallFunction {
  /** Drops the lines of the two words from {@code info} on (a physical address) from the instruction cache. */
  FLUSH_ICACHE_RANGE("local_r4k_flush_icache_range_ipi") {
    @Override
    public int run(KernelCpu cpu, long info) {
      cpu.invalidateOwnIcache(info, 2 * Integer.BYTES);
      return 2 * Costs.ICACHE_HIT_INVALIDATE;
    }
  },
  /** Drops the whole instruction cache; {@code info} is not used. */
  FLUSH_ICACHE_ALL("local_flush_icache_all") {
    @Override
    public int run(KernelCpu cpu, long info) {
      cpu.invalidateOwnIcache();
      return Costs.ICACHE_INVALIDATE_ALL;
    }
  },
  /** Prints the stack of what was interrupted; {@code info} is not used. */
  BACKTRACE("handle_backtrace") {
    @Override
    public int run(KernelCpu cpu, long info) {
      return Costs.PRINTK * Backtrace.print(cpu);
    }
  },
  /** Starts the lockup detectors anew with {@code info} seconds for watchdog_thresh. */
  RESTART_WATCHDOGS("softlockup_start_fn") {
    @Override
    public int run(KernelCpu cpu, long info) {
      cpu.detectors().watchdogThresh(info * 1_000_000_000L, cpu.cycle());
      return Costs.CALL;
    }
  },
  /** Drops a translation. The modelled kernel maps nothing, so it takes its time only. */
  FLUSH_TLB_PAGE("flush_tlb_page_ipi") {
    @Override
    public int run(KernelCpu cpu, long info) {
      return Costs.CALL;
    }
  },
  /** Brings this CPU into the kernel debugger. */
  KGDB_NMI_CALLBACK("kgdb_call_nmi_hook") {
    @Override
    public int run(KernelCpu cpu, long info) {
      return Costs.FEW;
    }

    @Override
    public Optional<Frame> body(long info) {
      return Optional.of(KgdbSession.Callback.call());
    }
  },
  /** Says that this CPU is in no RCU reader. */
  RCU_EXP_HANDLER("rcu_exp_handler") {
    @Override
    public int run(KernelCpu cpu, long info) {
      return Costs.FEW;
    }

    @Override
    public Optional<Frame> body(long info) {
      return Optional.of(new SynchronizeRcuExpedited.Handler());
    }
  },
  /** Writes down the number of the call, which {@code info} holds with who calls. */
  TEST_ANSWER("test_answer") {
    @Override
    public int run(KernelCpu cpu, long info) {
      return Costs.FEW;
    }

    @Override
    public Optional<Frame> body(long info) {
      return Optional.of(new SmpCallAnswer.Handler(info));
    }
  };

  private static final CallFunction[] ALL = values();
  private final String symbol;

  CallFunction(String symbol) {
    this.symbol = symbol;
  }

  /** The kernel's symbol for it. */
  public String symbol() {
    return symbol;
  }

  /** Runs it on {@code cpu}; returns the cycles it took. */
  public abstract int run(KernelCpu cpu, long info);

  /** What it does besides, if it takes more than one step; called after {@link #run}. */
  public Optional<Frame> body(long info) {
    return Optional.empty();
  }

  /** How it is written in a csd; never 0. */
  public long pointer() {
    return ordinal() + 1L;
  }

  /** Whether a csd holds any; only one that was put on a queue before all of it was written does not. */
  static boolean isAny(long pointer) {
    return pointer > 0;
  }

  public static CallFunction at(long pointer) {
    return ALL[(int) pointer - 1];
  }
}
