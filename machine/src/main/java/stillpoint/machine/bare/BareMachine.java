package stillpoint.machine.bare;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import stillpoint.machine.cpu.BareCore;
import stillpoint.machine.cpu.CodeWatch;
import stillpoint.machine.cpu.Core;
import stillpoint.machine.cpu.CoreConfig;
import stillpoint.machine.cpu.Trap;
import stillpoint.machine.l1.CacheGeometry;
import stillpoint.machine.l1.DataCache;
import stillpoint.machine.l1.InstructionCache;

/**
 * One core with 32 KiB instruction and data caches, memory, and the devices that were asked for. It
 * runs until the program ends itself, or until nothing can happen any more.
 */
public final class BareMachine {
  private static final CacheGeometry CACHE = new CacheGeometry(128, 8, 32);

  /** Words from a vector on that must all be zero for it to count as without a handler. */
  private static final int HANDLER_WORDS = 4;

  /**
   * How the machine is built.
   *
   * @param core the core's own choices
   * @param ramBytes memory from physical address 0 on
   * @param status Status to start with
   * @param uart physical address of the UART's first register
   * @param exit physical address of the exit word
   * @param debugRegisters moves to CP0 registers 23 and 26 end the run and print the registers
   */
  public record Settings(
      CoreConfig core,
      long ramBytes,
      int status,
      OptionalLong uart,
      OptionalLong exit,
      boolean debugRegisters) {}

  /** Why a run is over. */
  public sealed interface End {}

  /** The program stored {@code value} in the exit word. */
  public record Exited(int value) implements End {}

  /** The program moved something to the debug register that ends the run. */
  public record Finished() implements End {}

  /** So many instructions as were allowed have retired. */
  public record LimitReached(long pc) implements End {}

  /** The core sleeps in wait, and no interrupt can wake it: none is unmasked. */
  public record Asleep(long pc) implements End {}

  /** An exception whose handler is not there: its vector holds nothing but zeros. */
  public record Unhandled(Trap trap, long vector) implements End {}

  private final BareCore bare;
  private final Core core;
  private final SparseMemory memory;
  private final BareBus bus;
  private End end;
  private Trap taken;

  /**
   * @param output takes each byte that the UART transmits
   * @param debug takes each line that the debug registers print
   */
  public BareMachine(Settings settings, IntConsumer output, Consumer<String> debug) {
    memory = new SparseMemory(settings.ramBytes(), settings.core().bigEndian());
    List<Device> devices = new ArrayList<>();
    settings.uart().ifPresent(at -> devices.add(new Uart16550(at, output)));
    settings.exit().ifPresent(at -> devices.add(new ExitWord(at, this::exited)));
    bus = new BareBus(memory, devices);
    boolean big = settings.core().bigEndian();
    core =
        new Core(
            settings.core(),
            new InstructionCache(CACHE, big),
            new DataCache(CACHE, big),
            CodeWatch.NONE);
    bare = new BareCore(core, bus);
    bare.onTrap(this::trapped);
    core.setStatus(settings.status());
    if (settings.debugRegisters()) {
      core.setCp0Hook(new DebugRegisters(core, debug, () -> finish(new Finished())));
    }
  }

  public Core core() {
    return core;
  }

  public SparseMemory memory() {
    return memory;
  }

  /** Bytes of a cache line. */
  public static int lineBytes() {
    return CACHE.lineBytes();
  }

  private void exited(long value) {
    finish(new Exited((int) value));
  }

  private void finish(End how) {
    if (end == null) {
      end = how;
    }
    bare.stop();
  }

  private void trapped(Trap trap) {
    taken = trap;
    bare.stop();
  }

  /**
   * Runs until the program is over or {@code mostInstructions} have retired in all; returns how it
   * ended, or null if {@code mostCycles} cycles were over first.
   */
  public End run(long mostInstructions, long mostCycles) {
    long from = core.cycle();
    long until = from + mostCycles < from ? Long.MAX_VALUE : from + mostCycles;
    while (end == null && core.cycle() < until) {
      long left = mostInstructions - core.retired();
      if (left <= 0) {
        return new LimitReached(core.pc());
      }
      long now = core.cycle();
      bare.run(now, Math.min(until, left > until - now ? until : now + left));
      if (taken != null && end == null) {
        end = unhandled();
      }
      if (end == null && bare.sleepsForGood()) {
        end = new Asleep(core.pc());
      }
      taken = null;
    }
    return end;
  }

  /** The end, if the exception just taken has no handler. */
  private End unhandled() {
    long vector = core.pc();
    if (!PhysicalAddresses.isUnmapped(vector)) {
      return null;
    }
    long physical = PhysicalAddresses.behind(vector);
    for (int word = 0; word < HANDLER_WORDS; word++) {
      if (bus.word(core, physical + 4L * word) != 0) {
        return null;
      }
    }
    return new Unhandled(taken, vector);
  }
}
