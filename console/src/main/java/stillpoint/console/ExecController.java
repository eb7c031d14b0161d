package stillpoint.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import stillpoint.machine.bare.PhysicalAddresses;
import stillpoint.machine.bare.UartRegisters;
import stillpoint.machine.board.Board.InterruptControllerKind;
import stillpoint.machine.interrupt.MappedController;
import stillpoint.machine.smp.SmpSetup;

/**
 * {@code exec --interrupt-controller KIND[@ADDR]}: which controller, and where its registers are.
 *
 * @param text as the user wrote it
 * @param base physical address of the first slice's window; those of the others follow
 * @param slices each serves as many CPUs as its registers can name, or fewer
 */
record ExecController(String text, InterruptControllerKind kind, long base, int slices) {
  private static final String OPTION = "--interrupt-controller ";
  private static final int PHYSICAL_BITS = 36;

  /** Reads the option for a machine of so many CPUs. */
  static ExecController read(String text, int cpus) {
    int at = text.indexOf('@');
    InterruptControllerKind kind = kind(text, at < 0 ? text : text.substring(0, at));
    MappedController registers = MappedController.of(kind, 1);
    long base = at < 0 ? usualBase(kind) : address(text, text.substring(at + 1));
    int window = registers.windowBytes();
    if (base % window != 0) {
      throw new UserError(
          OPTION + text + " is not a multiple of 0x" + Integer.toHexString(window) + ", its size");
    }
    int slices = Math.ceilDiv(cpus, registers.mostVps());
    if (kind == InterruptControllerKind.VSMP && slices > 1) {
      throw new UserError(
          OPTION
              + text
              + " is one core's, with at most "
              + registers.mostVps()
              + " CPUs, not "
              + cpus
              + "; give fewer, or another controller");
    }
    ExecController controller = new ExecController(text, kind, base, slices);
    if (controller.end() - 1 >>> PHYSICAL_BITS != 0) {
      throw new UserError(OPTION + text + " ends beyond the 36 bits of a physical address");
    }
    return controller;
  }

  private static InterruptControllerKind kind(String text, String name) {
    List<String> names = new ArrayList<>();
    for (InterruptControllerKind kind : InterruptControllerKind.values()) {
      String its = kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
      if (its.equals(name)) {
        return kind;
      }
      names.add(its);
    }
    throw new UserError(
        OPTION
            + text
            + ": no controller is called '"
            + name
            + "'; there are: "
            + String.join(", ", names));
  }

  private static long address(String text, String digits) {
    long address = Numbers.address(OPTION + text + ":", digits);
    long physical =
        PhysicalAddresses.isUnmapped(address) ? PhysicalAddresses.behind(address) : address;
    if (physical >>> PHYSICAL_BITS != 0) {
      throw new UserError(OPTION + text + " is beyond the 36 bits of a physical address");
    }
    return physical;
  }

  /**
   * Where boards have it: Malta's GIC, the XLR's PIC. Octeon's is at 0x1070000000000, which this core
   * cannot address, and a 34K's VPEs need none: those two are ours.
   */
  private static long usualBase(InterruptControllerKind kind) {
    return switch (kind) {
      case GIC -> 0x1BDC_0000L;
      case XLR_PIC -> 0x1EF0_8000L;
      case OCTEON_CIU -> 0x1070_0000L;
      case VSMP -> 0x1EE0_0000L;
    };
  }

  private long end() {
    return base + (long) slices * MappedController.of(kind, 1).windowBytes();
  }

  /** Refuses registers where something else is. Memory may be there: nobody sees it then. */
  void refuseOverlaps(OptionalLong uart, OptionalLong exit, List<SmpSetup.Piece> image) {
    uart.ifPresent(at -> refuse(at, UartRegisters.COUNT, "--uart is"));
    exit.ifPresent(at -> refuse(at, 4, "--exit is"));
    for (SmpSetup.Piece piece : image) {
      refuse(piece.physical(), piece.content().length, "the program is loaded");
    }
  }

  private void refuse(long at, long bytes, String what) {
    if (at < end() && base < at + bytes) {
      throw new UserError(
          String.format(
              "%s%s: its registers are at 0x%x .. 0x%x, where %s; give another address",
              OPTION, text, base, end() - 1, what));
    }
  }
}
