package stillpoint.machine.time;

/** Where a run can go on: the states of all that runs, at a cut. May be read by several threads. */
public interface RestorePoint {
  /** How far the engine had come. */
  CutProgress at();

  /** The judge's state, of {@link Snapshots#save(CutJudge)}. */
  byte[] judge();

  /** A process's state, of {@link Snapshots#save(RunnerState, LogicalProcess)}. */
  byte[] process(int id);
}
