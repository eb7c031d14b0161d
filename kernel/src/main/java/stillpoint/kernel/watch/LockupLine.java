package stillpoint.kernel.watch;

/** What a detector printed, and at which cycle. */
public record LockupLine(Detector detector, long cycle, String text) {}
