package stillpoint.machine.smp;

import java.util.List;
import java.util.Optional;
import stillpoint.machine.bare.RegisterValues;
import stillpoint.machine.cpu.Trap;
import stillpoint.machine.time.Report;

/** What the processes of a bare multiprocessor say of themselves at a cut. */
public sealed interface SmpReport extends Report {
  /** Why a CPU does nothing more, or will not unless somebody interrupts it. */
  sealed interface End {}

  /** It has retired as many instructions as were allowed. */
  record LimitReached(long pc) implements End {}

  /**
   * It sleeps in wait, and its own timer will not wake it.
   *
   * @param interruptible an interrupt from outside could
   */
  record Asleep(long pc, boolean interruptible) implements End {}

  /** An exception whose vector holds nothing but zeros. */
  record Unhandled(Trap trap, long vector) implements End {}

  /** It moved something to the debug register that ends the run. */
  record Finished() implements End {}

  /** A line of the cache that memory does not have yet; the bytes are a copy. */
  record ModifiedLine(long address, byte[] content) {}

  /**
   * A CPU.
   *
   * @param end empty while it runs
   * @param modified lines newer here than at home, in ascending order
   * @param trace lines of what has retired since the last report
   * @param printed lines that the debug registers printed since the last report
   */
  record Cpu(
      int cpu,
      Optional<End> end,
      RegisterValues registers,
      List<ModifiedLine> modified,
      List<String> trace,
      List<String> printed)
      implements SmpReport {
    public Cpu {
      modified = List.copyOf(modified);
      trace = List.copyOf(trace);
      printed = List.copyOf(printed);
    }
  }

  /**
   * The UART and the exit word.
   *
   * @param transmitted bytes since the last report; a copy
   * @param exit what was stored in the exit word first
   */
  record Devices(byte[] transmitted, Optional<Long> exit) implements SmpReport {}

  /**
   * A slice of the interrupt controller.
   *
   * @param spurious acknowledgements of what was not pending, since reset
   */
  record Controller(long spurious) implements SmpReport {}
}
