package stillpoint.kernel.wait;

import stillpoint.kernel.stop.StopState;
import stillpoint.machine.interrupt.CpuSet;

/** What a CPU that cannot go on waits for, as the waiting kernel function itself knows it. */
public sealed interface Wait {
  /** The waiting function. */
  String in();

  /** What for, in the words of the report. */
  String what();

  /** Whether the waiting loop gives way to others, because it would sleep if it took long. */
  default boolean sleeps() {
    return this instanceof Mutex;
  }

  /**
   * {@code smp_call_function_many(wait = 1)}: each of {@code targets} must take the call-function IPI, run the function
   * and release its csd.
   */
  record Csd(String in, CpuSet targets) implements Wait {
    @Override
    public String what() {
      return "csd";
    }
  }

  /**
   * {@code csd_lock}: the csd for {@code target} is still in use by an earlier call; {@code target} must take the
   * call-function IPI and release it.
   */
  record CsdReuse(String in, int target) implements Wait {
    @Override
    public String what() {
      return "csd in use";
    }
  }

  /**
   * {@code multi_cpu_stop}: every CPU that takes part must acknowledge state {@code state} before the next one comes.
   *
   * @param participants CPUs that take part
   * @param state the state that has to be acknowledged
   */
  record StopMachineState(String in, CpuSet participants, StopState state) implements Wait {
    @Override
    public String what() {
      return "stop_machine state";
    }
  }

  /** A mutex that a task of CPU {@code owner} holds. */
  record Mutex(String in, String lock, int owner) implements Wait {
    @Override
    public String what() {
      return lock;
    }
  }

  /** {@code stop_machine}'s caller sleeps until the stoppers of all {@code participants} are through. */
  record StopMachineDone(String in, CpuSet participants) implements Wait {
    @Override
    public String what() {
      return "completion of stop_machine";
    }
  }

  /** {@code synchronize_rcu}'s caller sleeps until all CPUs have passed a quiescent state. */
  record GracePeriod(String in, CpuSet cpus) implements Wait {
    @Override
    public String what() {
      return "grace period of RCU";
    }
  }

  /** What somebody who is waited for must be able to do. */
  enum Act {
    /** Take an interrupt: irqs on are enough. */
    TAKE_INTERRUPT,
    /** Switch tasks: irqs on and preemption on. */
    SWITCH_TASK,
    /** Run on in the code that it is in. */
    RUN_ON
  }

  /**
   * A protocol that has no kind of its own here: each of {@code cpus} must act ({@code all}), or any one of them.
   */
  record Acts(String in, String what, CpuSet cpus, boolean all, Act act) implements Wait {}
}
