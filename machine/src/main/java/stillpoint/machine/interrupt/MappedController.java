package stillpoint.machine.interrupt;

import stillpoint.machine.board.Board.InterruptControllerKind;
import stillpoint.machine.time.StateHash;

/**
 * An interrupt controller as programs without a modelled kernel meet it: registers in a window of
 * physical addresses, lines that it drives, lines that devices drive. A state machine; who carries
 * it turns accesses into calls and levels into messages.
 *
 * <p>Virtual processors are numbered within the slice, from 0. Values are numbers in the program's
 * byte order. What is at an offset depends on the controller (docs/interrupts.md); where nothing is,
 * 0 is read and writes do nothing.
 */
public sealed interface MappedController
    permits GicRegisters, OcteonCiuRegisters, VsmpRegisters, XlrPicRegisters {
  /**
   * Of a kind, as after reset.
   *
   * @throws IllegalArgumentException if its registers cannot name so many virtual processors
   */
  static MappedController of(InterruptControllerKind kind, int vps) {
    MappedController controller = create(kind, vps);
    if (vps > controller.mostVps()) {
      throw new IllegalArgumentException(
          "interrupt-slices: the registers of a slice know at most "
              + controller.mostVps()
              + " CPUs, not "
              + vps);
    }
    return controller;
  }

  private static MappedController create(InterruptControllerKind kind, int vps) {
    return switch (kind) {
      case GIC -> new GicRegisters(new Gic(vps, Gic.MOST_SHARED));
      case OCTEON_CIU -> new OcteonCiuRegisters(new OcteonCiu(vps));
      case XLR_PIC -> new XlrPicRegisters(new XlrPic(vps));
      case VSMP -> new VsmpRegisters(new Vsmp(vps));
    };
  }

  /** Bytes of the window of registers. */
  int windowBytes();

  /** Most virtual processors that the registers can name. */
  int mostVps();

  /** Inputs for devices: sources are 0 .. this - 1. */
  int sources();

  /**
   * A load of 4 or 8 bytes.
   *
   * @param vp who loads; -1 for one of another slice, who has no registers of its own here
   */
  long read(long cycle, int vp, int offset, int bytes);

  /** A store of 4 or 8 bytes. */
  void write(long cycle, int vp, int offset, int bytes, long value);

  /** A device drives its line. */
  void input(int source, boolean level);

  /** Levels of a virtual processor's six lines, bit 0 = IP2. */
  int levels(int vp);

  /** Software interrupts, bit 0 = IP0, that have been raised at a virtual processor since last asked. */
  default int takeSoftwareInterrupts(int vp) {
    return 0;
  }

  /** First cycle after this one at which something happens by itself; Long.MAX_VALUE for never. */
  default long nextCycle(long cycle) {
    return Long.MAX_VALUE;
  }

  /** That cycle has come. */
  default void advance(long cycle) {}

  /** Acknowledgements of what was not pending, since reset: spurious interrupts, as software sees them. */
  long spurious();

  void foldState(StateHash hash);
}
