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
   * @param call which call of stop_machine() or stop_two_cpus() that is
   */
  record StopMachineState(String in, CpuSet participants, StopState state, long call)
      implements Wait {
    /** When there is but one call. */
    public StopMachineState(String in, CpuSet participants, StopState state) {
      this(in, participants, state, 0);
    }

    @Override
    public String what() {
      return "stop_machine state";
    }
  }

  /**
   * Something that an interrupt handler of CPU {@code cpu} will do, which may be the waiting CPU itself.
   *
   * @param awaited what, for instance {@code quiescent state}
   */
  record Handler(String in, String awaited, int cpu) implements Wait {
    @Override
    public String what() {
      return awaited;
    }
  }

  /** {@code multi_cpu_stop}: CPU {@code cpu} was to take part, but its stopper was not enabled and discarded the work. */
  record DiscardedWork(String in, int cpu) implements Wait {
    @Override
    public String what() {
      return "discarded work";
    }
  }

  /** A spin lock that CPU {@code owner} holds, which cannot be preempted meanwhile. */
  record SpinLock(String in, String lock, int owner) implements Wait {
    @Override
    public String what() {
      return lock;
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
