package stillpoint.actors.reconcile;

import java.util.List;

/** What all processes of one side took and sent, as it is known where both sides are compared. Looked at while the side rests. */
interface Seen {
  /** Number of processes. */
  int size();

  String nameOf(int id);

  /** Over all events of a process so far. */
  long hash(int id);

  /** A process's events since {@link #agreed}, in the order in which it took and sent them. */
  List<Witnessed> events(int id);

  /** Hash over a process's state as it is now. */
  long stateHash(int id);

  /** The other side saw the same until now: nobody will ask for the events up to here. */
  void agreed();
}
