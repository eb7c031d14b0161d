package stillpoint.machine.time;

/**
 * A part of a process's state with fields that are no state: caches of what can be computed, marked
 * {@code transient}, which a snapshot does not hold.
 */
public interface Restorable {
  /** All other fields have been restored; brings the transient ones in line with them. */
  void restored();
}
