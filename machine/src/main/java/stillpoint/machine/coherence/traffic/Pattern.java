package stillpoint.machine.coherence.traffic;

/** Which lines the CPUs of {@link FabricTraffic} reach for. */
public enum Pattern {
  /** Each CPU stores to lines of its own, more than its cache holds: misses and writebacks. */
  PRIVATE,
  /** All CPUs read the same lines, more than their caches hold: nobody ever writes. */
  SHARED_READ,
  /** CPUs store to a few lines, one for each eight CPUs: owners hand them on. */
  CONTENDED
}
