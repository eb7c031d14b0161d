package stillpoint.machine.interrupt;

import stillpoint.machine.time.StateHash;

/**
 * Cross-VPE access for programs on a core without the MT extension. On a 34K, a VPE writes another
 * one's Cause by MTTC0; here VPE n's Cause stands at offset 8 n, write-only: ones in bits 9 and 8
 * raise its software interrupts. Their owner clears them itself, by mtc0 to its own Cause.
 */
final class VsmpRegisters implements MappedController {
  private static final int MOST_VPS = 16;

  private final Vsmp vsmp;

  VsmpRegisters(Vsmp vsmp) {
    this.vsmp = vsmp;
  }

  @Override
  public int windowBytes() {
    return 8 * MOST_VPS;
  }

  @Override
  public int mostVps() {
    return MOST_VPS;
  }

  @Override
  public int sources() {
    return Vsmp.LINES;
  }

  @Override
  public long read(long cycle, int vp, int offset, int bytes) {
    return 0;
  }

  @Override
  public void write(long cycle, int vp, int offset, int bytes, long value) {
    int target = offset >> 3;
    if ((offset & 7) == 0 && target < vsmp.vps()) {
      vsmp.raise(target, (int) value >> 8);
    }
  }

  @Override
  public void input(int source, boolean level) {
    vsmp.input(source, level);
  }

  @Override
  public int levels(int vp) {
    return vsmp.lines();
  }

  @Override
  public int takeSoftwareInterrupts(int vp) {
    return vsmp.take(vp);
  }

  /** None is seen here: a software interrupt is acknowledged in its processor's Cause. */
  @Override
  public long spurious() {
    return 0;
  }

  @Override
  public void foldState(StateHash hash) {
    vsmp.foldState(hash);
  }
}
