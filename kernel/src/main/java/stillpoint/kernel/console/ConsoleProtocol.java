package stillpoint.kernel.console;

import stillpoint.machine.time.Message;
import stillpoint.machine.time.StateHash;

/** The talk between CPUs and the console. */
public interface ConsoleProtocol {
  /** CPU to console. */
  sealed interface ToConsole extends Message {}

  /** Console to CPU. */
  sealed interface ToCpu extends Message {}

  /** A line of the kernel log; {@code cycle} is when printk was called. */
  record LogLine(long cycle, String text) implements ToConsole {
    @Override
    public void fold(StateHash hash) {
      hash.fold(41).fold(cycle).fold(text);
    }
  }

  /** A shell command of the script, by its index, has ended at {@code cycle} with a {@code CommandStatus}. */
  record CommandDone(int index, long cycle, long status) implements ToConsole {
    @Override
    public void fold(StateHash hash) {
      hash.fold(42).fold(index).fold(cycle).fold(status);
    }
  }

  /** Somebody typed line {@code index} of the script at a shell on this CPU. */
  record TypedLine(int index) implements ToCpu {
    @Override
    public void fold(StateHash hash) {
      hash.fold(43).fold(index);
    }
  }

  /** The script is over and the machine has settled: guest threads end after the pass they are in. */
  record StopWork() implements ToCpu {
    @Override
    public void fold(StateHash hash) {
      hash.fold(44);
    }
  }
}
