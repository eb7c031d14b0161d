package stillpoint.machine.bare;

import java.util.Locale;
import java.util.function.Consumer;
import stillpoint.machine.cpu.Core;
import stillpoint.machine.cpu.Cp0Hook;

/**
 * The CP0 registers by which test programs talk to simulators: a move to register 26 prints the
 * general registers, one to register 23 ends the run. Select 0 only; the value does not matter.
 */
public final class DebugRegisters implements Cp0Hook {
  private static final int END = 23;
  private static final int DUMP = 26;

  private final Core core;
  private final Consumer<String> lines;
  private final Runnable end;

  /** {@code lines} takes what is printed, {@code end} ends the run. */
  public DebugRegisters(Core core, Consumer<String> lines, Runnable end) {
    this.core = core;
    this.lines = lines;
    this.end = end;
  }

  @Override
  public boolean movedToCp0(int register, int select, long value) {
    if (select != 0 || register != END && register != DUMP) {
      return false;
    }
    if (register == END) {
      end.run();
    } else {
      dump();
    }
    return true;
  }

  private void dump() {
    lines.accept("DEBUG MIPS COREID " + core.config().cpuNumber());
    lines.accept(String.format(Locale.ROOT, "DEBUG MIPS PC 0x%016x", core.pc()));
    for (int i = 0; i < 32; i++) {
      lines.accept(String.format(Locale.ROOT, "DEBUG MIPS REG %02d 0x%016x", i, core.read(i)));
    }
  }
}
