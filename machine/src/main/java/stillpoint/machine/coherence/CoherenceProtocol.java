package stillpoint.machine.coherence;

import stillpoint.machine.time.Message;
import stillpoint.machine.time.StateHash;

/**
 * The talk between an L1 data cache and the home directory of a line. MESI with a blocking home through which everything
 * passes: a miss costs up to four hops, and the home is the point of order of its lines. Links between a CPU and a home
 * are FIFO, and the protocol leans on that. {@code line} is a physical line address; {@code data} is exactly one line
 * and is never changed after it was sent.
 */
public interface CoherenceProtocol {
  /** L1 to home. */
  sealed interface ToHome extends Message {
    long line();
  }

  /** Home to L1. */
  sealed interface ToL1 extends Message {
    long line();
  }

  /** Wants a readable copy. */
  record GetS(long line) implements ToHome {
    @Override
    public void fold(StateHash hash) {
      hash.fold(1).fold(line);
    }
  }

  /** Wants the only, writable copy. */
  record GetM(long line) implements ToHome {
    @Override
    public void fold(StateHash hash) {
      hash.fold(2).fold(line);
    }
  }

  /** Wants the words for an instruction cache: a snapshot that the directory does not remember. */
  record GetI(long line) implements ToHome {
    @Override
    public void fold(StateHash hash) {
      hash.fold(3).fold(line);
    }
  }

  /** Gives back an exclusive or modified line. */
  record PutM(long line, byte[] data) implements ToHome {
    @Override
    public int payloadBytes() {
      return data.length;
    }

    @Override
    public void fold(StateHash hash) {
      hash.fold(4).fold(line).fold(data);
    }
  }

  /** Dropped the line, which was clean or not there. */
  record InvAck(long line) implements ToHome {
    @Override
    public void fold(StateHash hash) {
      hash.fold(5).fold(line);
    }
  }

  /** Answers a recall with the data; the L1 keeps a shared copy or none, as the recall said. */
  record RecallAck(long line, byte[] data) implements ToHome {
    @Override
    public int payloadBytes() {
      return data.length;
    }

    @Override
    public void fold(StateHash hash) {
      hash.fold(6).fold(line).fold(data);
    }
  }

  /** Wants the line gone from every instruction cache of the machine (a coherence manager's global hit operation). */
  record GlobalInvalidateI(long line) implements ToHome {
    @Override
    public void fold(StateHash hash) {
      hash.fold(7).fold(line);
    }
  }

  /** Dropped the line from its instruction cache. */
  record InvalidateIAck(long line) implements ToHome {
    @Override
    public void fold(StateHash hash) {
      hash.fold(8).fold(line);
    }
  }

  /**
   * Wants the only, writable copy for a store conditional, but only if the sender's shared copy is good still. Else it is
   * refused and nobody is disturbed: the store conditional has failed already.
   */
  record Upgrade(long line) implements ToHome {
    @Override
    public void fold(StateHash hash) {
      hash.fold(9).fold(line);
    }
  }

  /** Data to read; others may have it. */
  record DataS(long line, byte[] data) implements ToL1 {
    @Override
    public int payloadBytes() {
      return data.length;
    }

    @Override
    public void fold(StateHash hash) {
      hash.fold(11).fold(line).fold(data);
    }
  }

  /** Data to read; nobody else has it, a store may follow without asking. */
  record DataE(long line, byte[] data) implements ToL1 {
    @Override
    public int payloadBytes() {
      return data.length;
    }

    @Override
    public void fold(StateHash hash) {
      hash.fold(12).fold(line).fold(data);
    }
  }

  /** Data to write. */
  record DataM(long line, byte[] data) implements ToL1 {
    @Override
    public int payloadBytes() {
      return data.length;
    }

    @Override
    public void fold(StateHash hash) {
      hash.fold(13).fold(line).fold(data);
    }
  }

  /** Words for the instruction cache. */
  record DataI(long line, byte[] data) implements ToL1 {
    @Override
    public int payloadBytes() {
      return data.length;
    }

    @Override
    public void fold(StateHash hash) {
      hash.fold(14).fold(line).fold(data);
    }
  }

  /** Drop your shared copy. */
  record Inv(long line) implements ToL1 {
    @Override
    public void fold(StateHash hash) {
      hash.fold(15).fold(line);
    }
  }

  /** Owner: send the data home and keep a shared copy ({@code keepShared}) or none. */
  record Recall(long line, boolean keepShared) implements ToL1 {
    @Override
    public void fold(StateHash hash) {
      hash.fold(16).fold(line).fold(keepShared);
    }
  }

  /** Another CPU wrote the line before your Upgrade came. */
  record UpgradeRefused(long line) implements ToL1 {
    @Override
    public void fold(StateHash hash) {
      hash.fold(20).fold(line);
    }
  }

  /** Your PutM is done with. */
  record PutAck(long line) implements ToL1 {
    @Override
    public void fold(StateHash hash) {
      hash.fold(17).fold(line);
    }
  }

  /** Drop this line from your instruction cache. */
  record InvalidateI(long line) implements ToL1 {
    @Override
    public void fold(StateHash hash) {
      hash.fold(18).fold(line);
    }
  }

  /** Every instruction cache has dropped it. */
  record GlobalInvalidateIDone(long line) implements ToL1 {
    @Override
    public void fold(StateHash hash) {
      hash.fold(19).fold(line);
    }
  }
}
