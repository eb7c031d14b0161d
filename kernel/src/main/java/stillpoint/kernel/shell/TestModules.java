package stillpoint.kernel.shell;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.shell.ModuleLine.Choice;
import stillpoint.kernel.shell.ModuleLine.Cpus;
import stillpoint.kernel.shell.ModuleLine.Parameter;
import stillpoint.kernel.shell.ModuleLine.Time;
import stillpoint.kernel.stop.StopTwoCpus;
import stillpoint.kernel.stop.StopWork;
import stillpoint.kernel.testmod.CallUnderLock;
import stillpoint.kernel.testmod.CpuHotplug;
import stillpoint.kernel.testmod.FlushTlbOthers;
import stillpoint.kernel.testmod.IrqsOffDriver;
import stillpoint.kernel.testmod.JumpLabelUpdate;
import stillpoint.kernel.testmod.KgdbSession;
import stillpoint.kernel.testmod.LockUser;
import stillpoint.kernel.testmod.SmpCallAnswer;
import stillpoint.kernel.testmod.SynchronizeRcuExpedited;
import stillpoint.kernel.testmod.TestSites;
import stillpoint.kernel.testmod.TextPokeBp;
import stillpoint.kernel.testmod.TryLockPair;

/**
 * Test modules: loading one makes the kernel run a protocol, in a way that is right or in one that was once a bug. In the
 * spirit of Linux's lkdtm and its {@code test_*} modules. To add one: a row here, and the frame that it runs.
 */
public final class TestModules {
  private record Module(List<Parameter> parameters, Function<ModuleLine, Frame> init) {}

  private static final Map<String, Module> TABLE = new LinkedHashMap<>();
  private static final Map<String, List<Parameter>> PARAMETERS = new LinkedHashMap<>();

  private static final Set<String> REWRITING = Set.of("test_jump_label", "test_text_poke");

  private TestModules() {}

  static {
    row(
        "test_stop_two_cpus",
        List.of(
            new Cpus("cpus", 2, false), choice("order", "ascending", "given"), time("gap", "2us")),
        line -> {
          int a = line.cpu("cpus", 0);
          int b = line.cpu("cpus", 1);
          boolean swap = line.is("order", "ascending") && a > b;
          return StopTwoCpus.call(
              StopWork.MIGRATE_SWAP, swap ? b : a, swap ? a : b, line.nanos("gap"));
        });
    row(
        "test_lock_user",
        List.of(choice("irqs", "off", "on"), time("hold", "1us")),
        line -> LockUser.call(line.is("irqs", "off"), line.nanos("hold")));
    row(
        "test_tlb_shootdown",
        List.of(
            new Cpus("target", 1, true),
            choice("unlock", "before", "after"),
            choice("irqs", "off", "on"),
            time("gap", "5us")),
        line ->
            CallUnderLock.call(
                "test_tlb_shootdown",
                FlushTlbOthers.call(line.cpu("target", 0)),
                line.is("irqs", "off"),
                line.is("unlock", "before"),
                line.nanos("gap")));
    row(
        "test_jump_label",
        List.of(choice("flush", "after", "inside")),
        line -> JumpLabelUpdate.call(line.is("flush", "inside")));
    row(
        "test_rcu_expedited",
        List.of(choice("unlock", "before", "after"), time("gap", "5us")),
        line ->
            CallUnderLock.call(
                "test_rcu_expedited",
                SynchronizeRcuExpedited.call(),
                false,
                line.is("unlock", "before"),
                line.nanos("gap")));
    row(
        "test_text_poke",
        List.of(choice("sync", "each", "none")),
        line -> TextPokeBp.call(line.is("sync", "each")));
    row(
        "test_kgdb",
        List.of(
            choice("roundup", "timeout", "for-ever"),
            time("timeout", "1ms"),
            choice("flush", "on-resume", "inside"),
            choice("lock", "free", "held")),
        line ->
            KgdbSession.call(
                new KgdbSession.How(
                    line.is("roundup", "timeout") ? line.nanos("timeout") : -1,
                    line.is("flush", "inside"),
                    line.is("lock", "held"))));
    row(
        "test_cpu_hotplug",
        List.of(
            new Cpus("cpu", 1, true),
            choice("stopper", "early", "late"),
            time("gap", "50us"),
            time("away", "20us")),
        line ->
            CpuHotplug.call(
                line.cpu("cpu", 0),
                line.is("stopper", "late"),
                line.nanos("gap"),
                line.nanos("away")));
    row(
        "test_trylock_pair",
        List.of(choice("first", "a", "b"), time("hold", "200us"), time("pause", "200us")),
        line ->
            TryLockPair.call(
                line.is("first", "a") ? 0 : 1, line.nanos("hold"), line.nanos("pause")));
    row(
        "test_smp_call",
        List.of(
            new Cpus("target", 1, true), choice("calls", "8", "1", "2", "4"), time("gap", "2us")),
        line -> SmpCallAnswer.call(line.cpu("target", 0), line.number("calls"), line.nanos("gap")));
    row(
        "test_irqs_off",
        List.of(choice("wait", "delay", "jiffies"), time("for", "5ms")),
        line -> IrqsOffDriver.call(line.is("wait", "jiffies"), line.nanos("for")));
  }

  private static void row(
      String name, List<Parameter> parameters, Function<ModuleLine, Frame> init) {
    TABLE.put(name, new Module(parameters, init));
    PARAMETERS.put(name, parameters);
  }

  private static Parameter choice(String key, String... words) {
    return new Choice(key, List.of(words));
  }

  private static Parameter time(String key, String preset) {
    return new Time(key, Optional.of(preset));
  }

  /** Whether a line of a shell loads a module. */
  public static boolean loads(String line) {
    return ModuleLine.looksLike(line);
  }

  /**
   * Checks a line that loads a module.
   *
   * @param self the CPU on which it is typed
   * @throws ModuleLine.BadLine if it cannot be run on a board of so many CPUs
   */
  public static void check(String line, int self, int cpuCount) {
    ModuleLine parsed = ModuleLine.parse(line, PARAMETERS);
    parsed.check(TABLE.get(parsed.module()).parameters(), self, cpuCount);
  }

  /** Whether a checked line rewrites call sites of the guest, which must then {@link TestSites#fit}. */
  public static boolean rewritesSites(String line) {
    return REWRITING.contains(ModuleLine.parse(line, PARAMETERS).module());
  }

  /** What a checked line runs. */
  public static Frame init(String line) {
    ModuleLine parsed = ModuleLine.parse(line, PARAMETERS);
    return TABLE.get(parsed.module()).init().apply(parsed);
  }
}
