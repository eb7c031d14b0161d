package stillpoint.machine.time;

/**
 * How far the engine has come at a cut.
 *
 * @param cycle of the cut
 * @param window number of windows opened before it
 * @param nextCutCycle where the judge wants the next one
 */
public record CutProgress(long cycle, long window, long nextCutCycle) {
  public CutProgress {
    if (cycle < 0 || window < 0 || nextCutCycle <= cycle) {
      throw new BrokenInvariant(
          "a cut at cycle %d after window %d, the next one at cycle %d"
              .formatted(cycle, window, nextCutCycle));
    }
  }
}
