package stillpoint.kernel.mm;

import stillpoint.kernel.locking.KernelLock;
import stillpoint.machine.interconnect.OwnedMemory;

/**
 * Physical addresses of the variables that hotplug and the test modules' protocols share, a line each, in a region of their own: above
 * the guest stacks and below {@link KernelMemory}.
 */
public record ProtocolMemory(int lineBytes) {
  /** 256 GiB; ftrace's flags begin at 512 GiB. */
  private static final long BASE = 0x40_0000_0000L;

  private static final int GLOBAL_LINES = 16;
  private static final int LINES_PER_CPU = 8;

  /** Words of a stop_two_cpus() call's line. */
  public static final int PAIR_STATE = 0;

  public static final int PAIR_ACK = 8;
  public static final int PAIR_CPUS = 16;

  /** CPU plus 1 whose stopper was not enabled and discarded its work, or 0. */
  public static final int PAIR_DISCARDED_BY = 24;

  /** A CPU at work, as every CPU is from reset on. */
  public static final long ONLINE = 0;

  /** Out, and in its pen. */
  public static final long DEAD = 2;

  /** It is to come up. */
  public static final long BOOT = 3;

  /** It is to come up and leave its stopper to whoever says so. */
  public static final long BOOT_STOPPER_LATE = 4;

  public static ProtocolMemory of(KernelMemory memory) {
    return new ProtocolMemory(memory.lineBytes());
  }

  /** The lock that the shootdown, driver and RCU modules share. */
  public KernelLock testLock() {
    return new KernelLock("test_lock", global(0));
  }

  /** The two locks of the trylock module. */
  public long tryLock(int which) {
    return global(12 + which);
  }

  /** Serialises expedited grace periods. */
  public KernelLock rcuExpeditedMutex() {
    return new KernelLock("rcu_state.exp_mutex", global(1));
  }

  /** The line that holds jiffies. */
  public long jiffies() {
    return global(2);
  }

  /** 1 while an expedited grace period waits for a CPU to say that it is in no reader. */
  public long owesQuiescentState(int cpu) {
    return perCpu(cpu, 2);
  }

  /** {@code kgdb_active}: CPU plus 1 that debugs, or 0. */
  public long kgdbActive() {
    return global(3);
  }

  /** 1 while a CPU is held by the debugger. */
  public long inKgdb(int cpu) {
    return perCpu(cpu, 3);
  }

  /** One CPU is taken offline or brought online at a time. */
  public KernelLock cpuHotplugLock() {
    return new KernelLock("cpu_hotplug_lock", global(4));
  }

  /** Completion of whoever takes a CPU down or brings it up: 0 not yet, 1 done. */
  public long hotplugDone() {
    return global(5);
  }

  /** CPU on which that task sleeps, plus 1; in the same line. */
  public long hotplugCaller() {
    return hotplugDone() + Long.BYTES;
  }

  /** What {@code take_cpu_down()} returned; in the same line. */
  public long hotplugResult() {
    return hotplugDone() + 2 * Long.BYTES;
  }

  /** {@link #ONLINE} (until it is in its pen), {@link #DEAD}, {@link #BOOT} or {@link #BOOT_STOPPER_LATE}. */
  public long cpuState(int cpu) {
    return perCpu(cpu, 4);
  }

  /** {@code multi_stop_data} of the stop_two_cpus() call of a CPU. */
  public long pairStop(int caller) {
    return perCpu(caller, 0);
  }

  /** {@code cpu_stop_done} of the stop_two_cpus() call of a CPU: works not done; 8 bytes on: its completion. */
  public long pairDone(int caller) {
    return perCpu(caller, 1);
  }

  /** What the test module that asks another CPU was last answered. */
  public long callAnswer(int caller) {
    return perCpu(caller, 5);
  }

  /** The lines of each CPU. */
  OwnedMemory ownedByCpus(int cpuCount) {
    return new OwnedMemory(perCpu(0, 0), (long) LINES_PER_CPU * lineBytes, cpuCount);
  }

  private long global(int index) {
    return BASE + (long) index * lineBytes;
  }

  private long perCpu(int cpu, int index) {
    return BASE + (GLOBAL_LINES + (long) LINES_PER_CPU * cpu + index) * lineBytes;
  }
}
