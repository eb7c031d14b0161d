package stillpoint.kernel.stop;

import stillpoint.kernel.mm.KernelMemory;
import stillpoint.kernel.mm.ProtocolMemory;

/**
 * One call of stop_machine() or stop_two_cpus(), as the works that it queues on stoppers name it.
 *
 * @param word {@link StopWork#pointer}, and from bit 8 on the caller's CPU plus 1 for stop_two_cpus(), 0 for
 *     stop_machine(), of which there is one at a time; never 0, below 2^32
 */
public record StopCall(long word) {
  private static final int CALLER_SHIFT = 8;

  static StopCall ofMachine(StopWork work) {
    return new StopCall(work.pointer());
  }

  static StopCall ofTwo(StopWork work, int caller) {
    return new StopCall(work.pointer() | caller + 1L << CALLER_SHIFT);
  }

  StopWork work() {
    return StopWork.at(word & (1 << CALLER_SHIFT) - 1);
  }

  public boolean isOfTwo() {
    return word >>> CALLER_SHIFT != 0;
  }

  /** CPU that called stop_two_cpus(). */
  int caller() {
    return (int) (word >>> CALLER_SHIFT) - 1;
  }

  /** {@code multi_stop_data.state}. */
  long state(KernelMemory memory) {
    return isOfTwo()
        ? ProtocolMemory.of(memory).pairStop(caller()) + ProtocolMemory.PAIR_STATE
        : memory.stopState();
  }

  /** {@code multi_stop_data.thread_ack}. */
  long ack(KernelMemory memory) {
    return isOfTwo()
        ? ProtocolMemory.of(memory).pairStop(caller()) + ProtocolMemory.PAIR_ACK
        : memory.stopAck();
  }

  /** Works not yet done. */
  long todo(KernelMemory memory) {
    return isOfTwo() ? ProtocolMemory.of(memory).pairDone(caller()) : memory.stopTodo();
  }

  /** The completion on which the caller sleeps. */
  long done(KernelMemory memory) {
    return isOfTwo()
        ? ProtocolMemory.of(memory).pairDone(caller()) + Long.BYTES
        : memory.stopDone();
  }
}
