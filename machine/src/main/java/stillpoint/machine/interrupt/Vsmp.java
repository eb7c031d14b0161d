package stillpoint.machine.interrupt;

import stillpoint.machine.time.StateHash;

/**
 * What stands for an interrupt controller on a 34K run as virtual multiprocessor: nothing but what a
 * VPE can do to another one's Cause by MTTC0, which is to raise a software interrupt, and the core's
 * own lines, which all VPEs see. Mutable, owned by one slice.
 */
final class Vsmp {
  /** IP0 and IP1. */
  static final int SOFTWARE_INTERRUPTS = 2;

  /** IP2 .. IP7. */
  static final int LINES = 6;

  private final int[] raised;
  private int lines;

  Vsmp(int vps) {
    this.raised = new int[vps];
  }

  int vps() {
    return raised.length;
  }

  /** MTTC0 to Cause of another VPE, with its IP1 and IP0 bits. */
  void raise(int vp, int softwareInterrupts) {
    raised[vp] |= softwareInterrupts & 3;
  }

  /** What has been raised since last asked. */
  int take(int vp) {
    int taken = raised[vp];
    raised[vp] = 0;
    return taken;
  }

  void input(int line, boolean level) {
    lines = level ? lines | 1 << line : lines & ~(1 << line);
  }

  int lines() {
    return lines;
  }

  void foldState(StateHash hash) {
    hash.fold(lines);
    for (int bits : raised) {
      hash.fold(bits);
    }
  }
}
