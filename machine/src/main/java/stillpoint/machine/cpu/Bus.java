package stillpoint.machine.cpu;

/** What is behind the caches of a core that runs by itself. */
public interface Bus {
  /**
   * Brings the line that the core has missed on ({@link Core#accessKind}, {@link
   * Core#accessAddress}).
   *
   * @return false if there is nothing: a bus error
   */
  boolean serve(Core core);

  /**
   * Does the access that goes past the caches and answers it by {@link Core#completeUncached}.
   *
   * @return false if there is nothing: a bus error
   */
  boolean uncached(Core core);
}
