package stillpoint.kernel.watch;

import stillpoint.machine.time.StateHash;

/**
 * What one CPU knows of RCU's grace period: that one is in progress, whether it has passed a quiescent state since (it was
 * idle, or could have switched tasks), and whether it has said so. Mutable, owned by the CPU.
 */
public final class RcuCpu {
  private boolean inProgress;
  private boolean quiescent;
  private boolean reported;

  /** A grace period has begun. */
  public void begins(boolean quiescentNow) {
    inProgress = true;
    quiescent = quiescentNow;
    reported = false;
  }

  /** It is over. */
  public void ends() {
    inProgress = false;
  }

  public void quiescentState() {
    quiescent = true;
  }

  /** Whether ticks have to look at the grace period. */
  boolean watches() {
    return inProgress;
  }

  /** Whether this CPU still holds the grace period up. */
  public boolean mustReport() {
    return inProgress && !reported;
  }

  /** Whether it has to tell that it has passed a quiescent state. */
  public boolean canReport() {
    return mustReport() && quiescent;
  }

  public void reported() {
    reported = true;
  }

  void foldState(StateHash hash) {
    hash.fold(inProgress).fold(quiescent).fold(reported);
  }
}
