/** The function tracer: its call sites, how they are rewritten, what it records, and the judge of stale code. */
package stillpoint.kernel.ftrace;
