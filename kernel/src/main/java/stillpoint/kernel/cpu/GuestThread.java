package stillpoint.kernel.cpu;

import stillpoint.kernel.config.GuestConfig;
import stillpoint.kernel.system.Shared;
import stillpoint.kernel.testmod.TextPokeBp;
import stillpoint.machine.cpu.Core;
import stillpoint.machine.cpu.Stop;
import stillpoint.machine.cpu.Trap;
import stillpoint.machine.isa.ExcCode;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.SeededRandom;

/**
 * The kernel thread that runs the guest's MIPS code, and the gates through which that code reaches the modelled kernel:
 * {@code syscall} with a number in its code field. See guest/README.md for the convention.
 */
final class GuestThread {
  /** Why the guest's code stopped running. */
  enum Pause {
    /** The time asked for is over. */
    REACHED,
    /** A gate was served; the thread goes on. */
    GATE,
    /** The core lacks a line. */
    MISS,
    /** The thread offered its CPU to others (cond_resched). */
    RESCHEDULE,
    /** The thread has ended. */
    ENDED
  }

  private static final int GATE_TRACE = 0x10;
  private static final int GATE_RESCHED = 0x11;
  private static final int GATE_REPORT = 0x12;
  private static final int GATE_EXIT = 0x13;
  private static final int GATE_FAIL = 0x14;

  private static final int V0 = 2;
  private static final int A0 = 4;
  private static final int A1 = 5;
  private static final int A2 = 6;
  private static final int SP = 29;
  private static final int RA = 31;

  /** Cached, coherent (CCA 3) unmapped window onto all physical memory. */
  private static final long XKPHYS_CACHED = 0x9800_0000_0000_0000L;

  /** Cached, unmapped window onto the lowest 512 MiB; the one that 32-bit addresses reach. */
  private static final long CKSEG0 = 0xFFFF_FFFF_8000_0000L;

  private static final int GATE_CYCLES = 20;

  /** Guest threads start within so long after reset, the seed says when. */
  private final Core core;

  private final KernelCpu kernel;
  private final Shared shared;
  private long cycle;

  GuestThread(Core core, KernelCpu kernel, Shared shared) {
    this.core = core;
    this.kernel = kernel;
    this.shared = shared;
    int cpu = kernel.cpu();
    var runOn = shared.setup().guest().runOn();
    core.setPc(shared.setup().guest().image().entry());
    core.setGpr(A0, cpu);
    core.setGpr(A1, runOn.size());
    core.setGpr(A2, runOn.within(0, cpu).size());
    boolean wide = shared.setup().guest().image().is64Bit();
    core.setGpr(
        SP,
        wide
            ? XKPHYS_CACHED | shared.memory().guestStackTop(cpu)
            : CKSEG0 | shared.memory().lowGuestStackTop(cpu));
    core.setGpr(RA, 0);
  }

  /** Cores of one machine do not leave reset together; what the seed varies of a run without faults. */
  static long startSkewCycles(int cpu, Shared shared) {
    int most = (int) Math.max(1, shared.map().board().cycleAt(GuestConfig.START_SKEW_MOST_NANOS));
    long seed = shared.setup().guest().startSeed().orElse(shared.setup().seed());
    return SeededRandom.ofSeed(seed).fork("cpu" + cpu).fork("start").nextInt(most);
  }

  /** Cycle after the last {@link #run}. */
  long cycle() {
    return cycle;
  }

  Pause run(long from, long until) {
    Stop stop = core.run(from, until);
    cycle = core.cycle();
    return switch (stop) {
      case REACHED -> Pause.REACHED;
      case MISS -> Pause.MISS;
      case TRAPPED -> trapped(core.trap());
      case CHECK_INTERRUPTS, WAITING -> Pause.GATE;
      case UNCACHED, STOPPED ->
          throw new BrokenInvariant(
              "cpu" + kernel.cpu() + " at cycle " + cycle + ": its core stopped by " + stop);
    };
  }

  private Pause trapped(Trap trap) {
    kernel.cycle = cycle;
    if (trap.code() == ExcCode.Bp && trap.syscallCode() == TextPokeBp.BREAK_CODE) {
      // the site is off, being on or in between: in each case it does nothing
      core.skipInstruction();
      cycle += Costs.IRQ_ENTRY + Costs.IRQ_EXIT;
      kernel.countBreakpoint();
      return Pause.GATE;
    }
    if (trap.code() != ExcCode.Sys) {
      return fault(trap);
    }
    Pause pause = Pause.GATE;
    int cycles = GATE_CYCLES;
    switch (trap.syscallCode()) {
      case GATE_TRACE -> {
        kernel.trace(kernel.sites().recordOf(core.read(A0)), core.read(A1));
        cycles = Costs.TRACE_ENTRY;
      }
      case GATE_RESCHED -> {
        core.setGpr(V0, kernel.stopWorkAsked() ? 1 : 0);
        pause = Pause.RESCHEDULE;
      }
      case GATE_REPORT -> report(core.read(A0), core.read(A1));
      case GATE_EXIT -> pause = Pause.ENDED;
      case GATE_FAIL -> failed("guest self-check " + core.read(A0) + " failed");
      default -> {
        return fault(trap);
      }
    }
    core.skipInstruction();
    cycle += cycles;
    return pause;
  }

  private void report(long computed, long expected) {
    kernel.guestPass();
    if (computed != expected) {
      failed(
          "pass computed 0x"
              + Long.toHexString(computed)
              + ", expected 0x"
              + Long.toHexString(expected));
    }
  }

  private void failed(String what) {
    kernel.fail("CPU " + kernel.cpu() + " at cycle " + cycle + ": " + what);
  }

  /** A trap that no gate explains: the kernel kills the thread, as an oops in a kernel thread does. */
  private Pause fault(Trap trap) {
    String where = shared.symbols().format(trap.epc());
    failed(trap.code() + " at pc " + where + ", BadVAddr 0x" + Long.toHexString(trap.badVAddr()));
    kernel.printkWarning("Oops: " + trap.code() + " in kernel thread at " + where);
    return Pause.ENDED;
  }
}
