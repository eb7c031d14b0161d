package stillpoint.machine.time;

import java.util.List;

/**
 * The whole run at a cut; enough to go on from there in another JVM.
 *
 * @param at how far the engine has come
 * @param judge the judge's state
 * @param processes each process's state, by id; the arrays are not to be changed
 */
public record MachineSnapshot(CutProgress at, byte[] judge, List<byte[]> processes)
    implements RestorePoint {
  public MachineSnapshot {
    processes = List.copyOf(processes);
  }

  @Override
  public byte[] process(int id) {
    return processes.get(id);
  }
}
