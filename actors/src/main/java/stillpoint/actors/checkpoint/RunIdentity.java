package stillpoint.actors.checkpoint;

/**
 * Whose checkpoint it is: all that a run depends on, by value, so that it can go on where neither
 * the scenario's file nor the guest's is.
 *
 * @param version of Stillpoint; states are only for the version that wrote them
 * @param scenario its name
 * @param text the whole effective scenario, overrides and defaults included
 * @param guest the guest program's file
 * @param seed of all randomness
 * @param replay the line that runs it from the beginning
 */
public record RunIdentity(
    String version, String scenario, String text, byte[] guest, long seed, String replay) {}
