package stillpoint.kernel.ftrace;

/**
 * One call that reached the function tracer.
 *
 * @param cycle when
 * @param ip address of the call site inside the traced function
 * @param parentIp return address in its caller
 */
public record TraceEntry(long cycle, long ip, long parentIp) {}
