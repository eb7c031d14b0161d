package stillpoint.kernel.config;

import java.util.List;

/** What a line typed at the guest's shell means. The parser makes them; {@code kernel.shell} runs them. */
public sealed interface ShellCommand {
  /** Whether it may rewrite call sites. */
  default boolean patchesText() {
    return false;
  }

  /**
   * {@code echo function|nop > current_tracer}.
   *
   * @param function whether the function tracer is chosen; else none
   */
  record SetCurrentTracer(boolean function) implements ShellCommand {
    @Override
    public boolean patchesText() {
      return true;
    }
  }

  /**
   * {@code echo NAMES > set_ftrace_filter}. In a name, {@code *} and {@code ?} stand for any text and any letter; behind
   * {@code !} it takes functions out of the filter.
   *
   * @param names functions to trace; none for all
   * @param append {@code >>}: in addition to those in the filter
   */
  record SetFtraceFilter(List<String> names, boolean append) implements ShellCommand {
    public SetFtraceFilter {
      names = List.copyOf(names);
    }

    @Override
    public boolean patchesText() {
      return true;
    }
  }

  /** {@code echo N > /proc/sys/kernel/watchdog_thresh}; the kernel refuses what is not within 0 .. 60 s. */
  record SetWatchdogThresh(long seconds) implements ShellCommand {}

  /**
   * {@code echo VALUE > /sys/devices/system/cpu/cpuN/online}.
   *
   * @param cpu N, on the board or not
   * @param value what is written
   */
  record SetCpuOnline(int cpu, String value) implements ShellCommand {
    /** The file. */
    public String path() {
      return ShowCpuOnline.pathOf(cpu);
    }

    /** Whether it takes the CPU offline, as the kernel reads the value. */
    public boolean takesOffline() {
      return value.matches("[0nN].*|[oO][fF].*");
    }
  }

  /** {@code cat /sys/devices/system/cpu/cpuN/online}. */
  record ShowCpuOnline(int cpu) implements ShellCommand {
    /** The file. */
    public String path() {
      return pathOf(cpu);
    }

    private static String pathOf(int cpu) {
      return "/sys/devices/system/cpu/cpu" + cpu + "/online";
    }
  }

  /** {@code echo l > /proc/sysrq-trigger}: a backtrace of all CPUs. */
  record SysrqShowAllCpus() implements ShellCommand {}

  /** {@code echo} of any other key to SysRq: the kernel logs those that it knows. */
  record SysrqHelp() implements ShellCommand {}

  /**
   * A line that never reaches the kernel, or that it refuses at once: a command or a file that does not exist.
   *
   * @param complaint what is printed
   */
  record Fails(String complaint) implements ShellCommand {}

  /** {@code insmod stop_machine_test.ko}: one stop_machine() that goes through all states and does nothing. */
  record StopMachineTest() implements ShellCommand {}

  /** {@code rmmod dummy}: takes a module away, which waits for a grace period of RCU. */
  record RemoveModule() implements ShellCommand {}

  /** {@code modprobe test_NAME key=value ...}: a test module; the line itself says which and how. */
  record RunTestModule(String line) implements ShellCommand {
    @Override
    public boolean patchesText() {
      return true;
    }
  }

  /** {@code cat} of a file that shows what the kernel knows; reading it changes nothing. */
  record Show(KernelFile file) implements ShellCommand {}

  /** {@code dmesg}. */
  record ShowKernelLog() implements ShellCommand {}

  /** Files that can be shown. */
  enum KernelFile {
    TRACE("/debug/tracing/trace"),
    CURRENT_TRACER("/debug/tracing/current_tracer"),
    AVAILABLE_FILTER_FUNCTIONS("/debug/tracing/available_filter_functions"),
    DYN_FTRACE_TOTAL_INFO("/debug/tracing/dyn_ftrace_total_info"),
    INTERRUPTS("/proc/interrupts"),
    CPUINFO("/proc/cpuinfo"),
    CPUS_ONLINE("/sys/devices/system/cpu/online"),
    CPUS_OFFLINE("/sys/devices/system/cpu/offline"),
    WATCHDOG_THRESH("/proc/sys/kernel/watchdog_thresh");

    private final String path;

    KernelFile(String path) {
      this.path = path;
    }

    /** With {@code /debug} for {@code /sys/kernel/debug}. */
    public String path() {
      return path;
    }
  }
}
