package stillpoint.machine.time;

/** What a logical process says of itself when it is inspected at a cut. An immutable record. */
public interface Report {}
