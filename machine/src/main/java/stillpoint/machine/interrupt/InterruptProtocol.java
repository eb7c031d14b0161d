package stillpoint.machine.interrupt;

import stillpoint.machine.time.Message;
import stillpoint.machine.time.StateHash;

/** The talk between CPUs and interrupt controller slices. A sender tells each slice that serves a target once. */
public interface InterruptProtocol {
  /** CPU to controller slice. */
  sealed interface ToController extends Message {}

  /** What a slice acts on when it comes. */
  sealed interface Prompt extends ToController {}

  /** Controller slice to CPU. */
  sealed interface ToCpu extends Message {}

  /** XLR PIC: an IPI with a vector (0 .. 63) to each target; all targets belong to this slice. */
  record SendVector(int vector, CpuSet targets) implements Prompt {
    @Override
    public void fold(StateHash hash) {
      hash.fold(21).fold(vector);
      targets.fold(hash);
    }
  }

  /** Octeon CIU: sets bits in the mailbox word of each target; all targets belong to this slice. */
  record SetMailbox(int bits, CpuSet targets) implements Prompt {
    @Override
    public void fold(StateHash hash) {
      hash.fold(22).fold(bits);
      targets.fold(hash);
    }
  }

  /** Octeon CIU: the sender reads its own mailbox word and clears it, in one step. */
  record ReadAndClearMailbox() implements Prompt {
    @Override
    public void fold(StateHash hash) {
      hash.fold(23);
    }
  }

  /**
   * A fault: the slice sits on a message for {@code byCycles}, at least 1, before it acts on it. What comes meanwhile passes
   * it.
   */
  record Late(long byCycles, Prompt message) implements ToController {
    @Override
    public void fold(StateHash hash) {
      hash.fold(27).fold(byCycles);
      message.fold(hash);
    }
  }

  /** XLR PIC: vector {@code vector} is raised at this CPU; it stays pending there until the CPU takes it. */
  record VectorRaised(int vector) implements ToCpu {
    @Override
    public void fold(StateHash hash) {
      hash.fold(24).fold(vector);
    }
  }

  /** Octeon CIU: this CPU's mailbox word, zero until now, holds a bit: its mailbox interrupt line rises. */
  record MailboxRaised() implements ToCpu {
    @Override
    public void fold(StateHash hash) {
      hash.fold(25);
    }
  }

  /** Octeon CIU: the word that was read and cleared; the line has fallen. */
  record MailboxRead(int bits) implements ToCpu {
    @Override
    public void fold(StateHash hash) {
      hash.fold(26).fold(bits);
    }
  }

  /**
   * GIC: writes of GIC_SH_WEDGE that raise interrupt {@code which} (0 .. 2, {@link GicSlice}) of each
   * target; all targets belong to this slice.
   */
  record WedgeInterrupts(int which, CpuSet targets) implements Prompt {
    @Override
    public void fold(StateHash hash) {
      hash.fold(71).fold(which);
      targets.fold(hash);
    }
  }

  /** GIC: the sender reads which of its inter-processor interrupts are pending and clears these, in one step. */
  record AcknowledgeShared() implements Prompt {
    @Override
    public void fold(StateHash hash) {
      hash.fold(72);
    }
  }

  /** VSMP: raises software interrupt {@code line} (0 or 1) of each target; all targets belong to this slice. */
  record RaiseSoftwareInterrupt(int line, CpuSet targets) implements Prompt {
    @Override
    public void fold(StateHash hash) {
      hash.fold(73).fold(line);
      targets.fold(hash);
    }
  }

  /** A device drives its line to the controller. What it is to whom, the controller's registers say. */
  record DeviceInterrupt(int source, boolean level) implements Prompt {
    @Override
    public void fold(StateHash hash) {
      hash.fold(74).fold(source).fold(level);
    }
  }

  /** GIC: this CPU's pin, low until now, rises. */
  record SharedRaised() implements ToCpu {
    @Override
    public void fold(StateHash hash) {
      hash.fold(75);
    }
  }

  /** GIC: the interrupts that were pending and are cleared, a bit each; the pin has fallen. */
  record SharedRead(int bits) implements ToCpu {
    @Override
    public void fold(StateHash hash) {
      hash.fold(76).fold(bits);
    }
  }

  /** VSMP: software interrupt {@code line} is raised in this CPU's Cause, where the CPU clears it itself. */
  record SoftwareInterruptRaised(int line) implements ToCpu {
    @Override
    public void fold(StateHash hash) {
      hash.fold(77).fold(line);
    }
  }
}
