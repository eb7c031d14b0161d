package stillpoint.kernel.console;

import java.util.List;
import stillpoint.machine.time.Report;

/**
 * What the console has to say.
 *
 * @param log kernel log lines in the order in which they arrived, time stamps included
 * @param typed script lines typed so far, in that order
 * @param done cycle at which each script line ended, by index; -1 if it has not
 * @param status how each ended that has, by index: a {@code CommandStatus}
 * @param allDone whether every line has ended
 */
public record ConsoleReport(
    List<ConsoleProtocol.LogLine> log,
    List<Integer> typed,
    List<Long> done,
    List<Long> status,
    boolean allDone)
    implements Report {}
