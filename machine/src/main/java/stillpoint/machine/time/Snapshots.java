package stillpoint.machine.time;

/**
 * Turns what runs into bytes and back. Equal states give equal bytes. The way back needs a process
 * or a judge that a model of the same scenario has just built; what failed half-way is not to be
 * used.
 */
public interface Snapshots {
  byte[] save(RunnerState state, LogicalProcess process);

  RunnerState load(byte[] snapshot, LogicalProcess process);

  byte[] save(CutJudge judge);

  void load(byte[] snapshot, CutJudge judge);
}
