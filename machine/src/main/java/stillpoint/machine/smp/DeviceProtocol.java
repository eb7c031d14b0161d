package stillpoint.machine.smp;

import stillpoint.machine.time.Message;
import stillpoint.machine.time.StateHash;

/**
 * The talk between CPUs and devices that sit at physical addresses. Accesses are done one at a time
 * and in program order: a CPU waits for the answer, of stores too. Addresses and values are as the
 * CPU's load or store has them, values in the CPU's byte order.
 */
public interface DeviceProtocol {
  /** CPU to the device that the address belongs to. */
  sealed interface ToDevice extends Message {
    long physical();

    int bytes();
  }

  /** Device to CPU. */
  sealed interface ToCpu extends Message {}

  /** A load of 1 .. 8 bytes. */
  record DeviceLoad(long physical, int bytes) implements ToDevice {
    @Override
    public void fold(StateHash hash) {
      hash.fold(61).fold(physical).fold(bytes);
    }
  }

  /** A store of the low 1 .. 8 bytes of {@code value}. */
  record DeviceStore(long physical, int bytes, long value) implements ToDevice {
    @Override
    public void fold(StateHash hash) {
      hash.fold(62).fold(physical).fold(bytes).fold(value);
    }

    @Override
    public int payloadBytes() {
      return bytes;
    }
  }

  /** The access is done; {@code value} is what was loaded, of stores nothing. */
  record DeviceAnswer(long value) implements ToCpu {
    @Override
    public void fold(StateHash hash) {
      hash.fold(63).fold(value);
    }
  }

  /**
   * The levels of the CPU's six interrupt lines from outside have changed: bit 0 = IP2 .. bit 5 =
   * IP7. For interrupt controllers to send.
   */
  record InterruptLines(int levels) implements ToCpu {
    @Override
    public void fold(StateHash hash) {
      hash.fold(64).fold(levels);
    }
  }
}
