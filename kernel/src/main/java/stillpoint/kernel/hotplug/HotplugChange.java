package stillpoint.kernel.hotplug;

/**
 * A CPU's own note that it went offline or came online.
 *
 * @param generation changes of {@code cpu_online_mask} so far, this one included
 * @param cycle when
 * @param online which of the two
 */
public record HotplugChange(long generation, long cycle, boolean online) {}
