package stillpoint.machine.time;

import java.util.List;

/**
 * What the engine must know of a simulated system to run it. Pure and shareable between threads: {@link #create} may be
 * called from any, once for each id.
 */
public interface Model {
  /** Number of logical processes; their ids are 0 .. size - 1. */
  int size();

  /** Builds process {@code id} in its initial state. */
  LogicalProcess create(int id);

  /** A name for messages to people, for instance {@code cpu3} or {@code directory1}. */
  String nameOf(int id);

  /** The smallest latency of any link, in cycles, at least 1. */
  long lookaheadCycles();

  /** Number of places in the topology: CPUs with what stands next to them. */
  int places();

  /**
   * The place of a process, 0 .. places - 1. Neighbouring places are close in the topology; placement over shards and
   * nodes cuts this line into contiguous pieces.
   */
  int placeOf(int id);

  /**
   * Immutable objects that processes hold in common, configuration and what was derived from it; also those that records
   * and lists among them hold. Equal scenarios give equal ones in equal order. A snapshot names them instead of holding them.
   */
  default List<Object> constants() {
    return List.of();
  }
}
