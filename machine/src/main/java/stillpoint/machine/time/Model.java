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
   * The smallest latency of any link between a process at one of the places {@code a} and one at one of {@code b}, in
   * either direction; at least {@link #lookaheadCycles}, {@link Long#MAX_VALUE} if no link joins them. No message between
   * the two arrives sooner than so many cycles after it was sent. Cheap for any number of places.
   */
  default long lookaheadBetween(PlaceRange a, PlaceRange b) {
    return lookaheadCycles();
  }

  /**
   * Number of boards: runs of neighbouring places with short links inside and long ones between. Who cuts the places into
   * pieces that talk slowly should cut between boards, if there are enough.
   */
  default int boards() {
    return 1;
  }

  /** First place of board {@code index}, 0 .. boards; of the one behind the last it is {@link #places}. */
  default int firstPlaceOfBoard(int index) {
    return index == 0 ? 0 : places();
  }

  /**
   * Immutable objects that processes hold in common, configuration and what was derived from it; also those that records
   * and lists among them hold. Equal scenarios give equal ones in equal order. A snapshot names them instead of holding them.
   */
  default List<Object> constants() {
    return List.of();
  }
}
