package stillpoint.kernel.mm;

import java.util.List;
import stillpoint.machine.interconnect.OwnedMemory;

/**
 * Physical addresses of the guest kernel's shared variables. They are ordinary coherent memory: CPUs read and write them
 * through their caches, and what one sees of another's write is what the fabric brought.
 *
 * <p>Every variable has a line of its own. Linux packs some together ({@code struct multi_stop_data} has the state and
 * the acknowledgement count in one line, so that every acknowledgement disturbs every spinning CPU, which grows with the
 * square of the CPUs); kept apart, a state change costs a few messages a CPU. Memory is sparse: what is not touched
 * costs nothing.
 */
public record KernelMemory(int cpuCount, int lineBytes) {
  /** Above any guest image and above a million guest stacks: 1 TiB. */
  private static final long BASE = 0x100_0000_0000L;

  /** Below that and above the guest stacks: 512 GiB. */
  private static final long FTRACE_FLAGS_BASE = 0x80_0000_0000L;

  private static final int GLOBAL_LINES = 32;

  /** Words of a call_single_data, each 8 bytes, in one line. */
  public static final int CSD_FLAGS = 0;

  public static final int CSD_FUNCTION = 8;
  public static final int CSD_INFO = 16;
  public static final int CSD_NEXT = 24;

  /** Above ftrace's flags and the test modules' variables: 768 GiB. */
  private static final long OFFLINE_MASK_BASE = 0xC0_0000_0000L;

  /** CPUs of which a word of a mask tells. */
  public static final int CPUS_PER_WORD = Long.SIZE;

  /** {@code multi_stop_data.state}. */
  public long stopState() {
    return global(0);
  }

  /** {@code multi_stop_data.num_threads}: written before anybody looks, so it may lie beside the state. */
  public long stopThreads() {
    return stopState() + Long.BYTES;
  }

  /** {@code multi_stop_data.active_cpus}, of which there is one: its number. */
  public long stopActive() {
    return stopState() + 2 * Long.BYTES;
  }

  /** {@code multi_stop_data.thread_ack}. */
  public long stopAck() {
    return global(1);
  }

  /** {@code cpu_stop_done.nr_todo}. */
  public long stopTodo() {
    return global(2);
  }

  /** {@code cpu_stop_done.completion}: 0 not yet, 1 done. */
  public long stopDone() {
    return global(3);
  }

  /** CPU on which the caller of stop_machine sleeps, plus 1. */
  public long stopCaller() {
    return global(4);
  }

  /** {@code stop_cpus_in_progress}: 1 while stop_machine hands out its works; beside the word above. */
  public long stopCpusInProgress() {
    return stopCaller() + Long.BYTES;
  }

  /** Whether WARN_ON_ONCE in smp_call_function_many has struck. */
  public long warnedIrqsDisabled() {
    return global(5);
  }

  /** {@code trace_types_lock}: 0 free, else the owner's CPU plus 1. */
  public long traceTypesLock() {
    return global(6);
  }

  /** {@code current_trace}: 0 nop, 1 function. */
  public long currentTracer() {
    return global(7);
  }

  /** {@code csd_bug_count}: csd waits that took too long so far. */
  public long csdBugCount() {
    return global(10);
  }

  /**
   * RCU's grace period: 0 none; else begun by this CPU plus 1, and negative once it is over but the task that began it has
   * not seen that.
   */
  public long rcuGracePeriod() {
    return global(11);
  }

  /** CPUs that have not passed a quiescent state in this grace period. */
  public long rcuCpusLeft() {
    return global(12);
  }

  /** {@code rcu_state.jiffies_stall}: cycle at which the next stall warning is due. */
  public long rcuStallAt() {
    return global(13);
  }

  /** Completion of synchronize_rcu's caller: 0 not yet, 1 done. */
  public long rcuDone() {
    return global(14);
  }

  /** CPU on which the caller of synchronize_rcu sleeps, plus 1. */
  public long rcuCaller() {
    return global(15);
  }

  /** Whether {@code set_ftrace_filter} names any function: 0 no, 1 yes. */
  public long ftraceFilterInUse() {
    return global(16);
  }

  /** {@code watchdog_thresh}: 0 while nobody has written it, else {@link #watchdogThreshWord}. */
  public long watchdogThresh() {
    return global(17);
  }

  /** How {@code watchdog_thresh} is written down: the seconds plus 1, so that memory's zero is no value. */
  public static long watchdogThreshWord(long seconds) {
    return seconds + 1;
  }

  /** {@code watchdog_thresh} in seconds; {@code bootSeconds} while nobody has written it. */
  public static long watchdogThreshSeconds(long word, long bootSeconds) {
    return word == 0 ? bootSeconds : word - 1;
  }

  /** Word {@code index} of the flags of ftrace's records; several share a line. */
  public long ftraceFlags(int index) {
    return FTRACE_FLAGS_BASE + (long) index * Long.BYTES;
  }

  /** {@code ftrace_disabled}: 1 once the tracer has found that it cannot rewrite the text. */
  public long ftraceDisabled() {
    return global(8);
  }

  /** Whether call sites that were left as compiled at boot have been made nops. */
  public long textConverted() {
    return global(9);
  }

  /** Cycle of the last report of a sleep in an invalid context, or 0. */
  public long sleepReportedAt() {
    return global(18);
  }

  /** How often {@code cpu_online_mask} has changed; written after the mask. */
  public long onlineGeneration() {
    return global(19);
  }

  /** The word of {@code cpu_online_mask} with a CPU's bit, upside down: 1 offline, so that memory's zero is all online. */
  public long offlineMask(int cpu) {
    return OFFLINE_MASK_BASE + (long) (cpu / CPUS_PER_WORD) * Long.BYTES;
  }

  /** Reports of hung tasks so far; {@code kernel.hung_task_warnings} counts down from ten what this counts up. */
  public long hungTaskReports() {
    return global(24);
  }

  /** {@code call_single_queue} of a CPU: address of the newest csd, or 0. */
  public long callQueue(int cpu) {
    return perCpu(cpu, 0);
  }

  /** {@code struct cpu_stopper} of a CPU, a line: the word of its works first, 0 if there is none. */
  public long stopperWork(int cpu) {
    return perCpu(cpu, 1);
  }

  /** {@code rq->wake_list} of a CPU: bits of tasks to be woken there ({@code TaskKind.wakeBit}). */
  public long wakeList(int cpu) {
    return perCpu(cpu, 2);
  }

  /** The csd with which {@code source} calls {@code target}. */
  public long csd(int source, int target) {
    return BASE + (GLOBAL_LINES + 4L * cpuCount + (long) source * cpuCount + target) * lineBytes;
  }

  /** Source CPU of a csd. */
  public int csdSource(long csd) {
    return (int) (csdIndex(csd) / cpuCount);
  }

  /** Target CPU of a csd. */
  public int csdTarget(long csd) {
    return (int) (csdIndex(csd) % cpuCount);
  }

  /** Guest stacks, 16 KiB a CPU, below the kernel's data: physical 4 GiB upwards is theirs. */
  public long guestStackTop(int cpu) {
    return 0x1_0000_0000L + (cpu + 1L) * GUEST_STACK_BYTES;
  }

  public static final long GUEST_STACK_BYTES = 16 * 1024;

  /** Stacks of 32-bit guests, which reach the lowest 512 MiB only: from 320 MiB on, behind any code. */
  public long lowGuestStackTop(int cpu) {
    return LOW_STACKS + (cpu + 1L) * GUEST_STACK_BYTES;
  }

  private static final long LOW_STACKS = 320L << 20;

  /** CPUs whose stacks fit there. */
  public static final int MOST_LOW_STACKS = (int) ((512L << 20) - LOW_STACKS >> 14);

  /** Memory of single CPUs: their variables, their csds (a caller owns its own), the test modules', the guest's stacks. */
  public List<OwnedMemory> ownedByCpus() {
    return List.of(
        new OwnedMemory(perCpu(0, 0), perCpu(1, 0) - perCpu(0, 0), cpuCount),
        new OwnedMemory(csd(0, 0), (long) cpuCount * lineBytes, cpuCount),
        ProtocolMemory.of(this).ownedByCpus(cpuCount),
        new OwnedMemory(guestStackTop(-1), GUEST_STACK_BYTES, cpuCount),
        new OwnedMemory(
            lowGuestStackTop(-1), GUEST_STACK_BYTES, Math.min(cpuCount, MOST_LOW_STACKS)));
  }

  private long csdIndex(long csd) {
    return (csd - BASE) / lineBytes - GLOBAL_LINES - 4L * cpuCount;
  }

  private long global(int index) {
    return BASE + (long) index * lineBytes;
  }

  private long perCpu(int cpu, int index) {
    return BASE + (GLOBAL_LINES + 4L * cpu + index) * lineBytes;
  }
}
