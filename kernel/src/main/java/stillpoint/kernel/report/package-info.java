/** What a run has to say at its end: verdict, cause, counters, logs. */
package stillpoint.kernel.report;
