package stillpoint.kernel.wait;

import stillpoint.kernel.stop.StopState;
import stillpoint.machine.interrupt.CpuSet;

/** What a CPU that cannot go on waits for, as the waiting kernel function itself knows it. */
public sealed interface Wait {
  /** The waiting function. */
  String in();

  /** What for, in the words of the report. */
  String what();

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
}
