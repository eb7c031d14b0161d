package stillpoint.machine.coherence;

import stillpoint.machine.time.Message;
import stillpoint.machine.time.StateHash;

/**
 * The talk between L1 data caches, the home directory of a line, and devices: directory MESI in
 * three hops, names as in Sorin, Hill and Wood, chapter 8. The home is the point of order of its
 * lines; an owner sends data straight to who asked. Needed is that messages from one process to
 * another about one line stay in order. {@code line} is a physical line address; {@code data} is
 * never changed after it was sent, and is exactly one line where nothing else is said.
 */
public interface CoherenceProtocol {
  /** L1 or device to home. */
  sealed interface ToHome extends Message {
    long line();
  }

  /** Home or another L1 to L1. */
  sealed interface ToL1 extends Message {
    long line();
  }

  /** Home to a device. */
  sealed interface ToDevice extends Message {
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

  /** Gives back a modified line. */
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

  /** Dropped the shared copy, as the home itself wanted. */
  record InvAckToHome(long line) implements ToHome {
    @Override
    public void fold(StateHash hash) {
      hash.fold(5).fold(line);
    }
  }

  /** The owner's answer to {@link FwdGetS} and {@link Recall}: what memory is to hold. */
  record Copyback(long line, byte[] data) implements ToHome {
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

  /** Wants the only, writable copy for a store conditional, but only if the sender's shared copy is good still. Else it is refused and nobody is disturbed: the store conditional has failed already. */
  record Upgrade(long line) implements ToHome {
    @Override
    public void fold(StateHash hash) {
      hash.fold(9).fold(line);
    }
  }

  /** Gives back a shared copy. */
  record PutS(long line) implements ToHome {
    @Override
    public void fold(StateHash hash) {
      hash.fold(21).fold(line);
    }
  }

  /** Gives back an exclusive line that is as memory has it, or whose changes are to be forgotten. */
  record PutE(long line) implements ToHome {
    @Override
    public void fold(StateHash hash) {
      hash.fold(22).fold(line);
    }
  }

  /** Reads memory past all caches: {@code bytes} bytes from {@code offset} within the line. */
  record UncachedLoad(long line, int offset, int bytes) implements ToHome {
    @Override
    public void fold(StateHash hash) {
      hash.fold(23).fold(line).fold(offset).fold(bytes);
    }
  }

  /** Writes memory past all caches, from {@code offset} within the line. */
  record UncachedStore(long line, int offset, byte[] data) implements ToHome {
    @Override
    public int payloadBytes() {
      return data.length;
    }

    @Override
    public void fold(StateHash hash) {
      hash.fold(24).fold(line).fold(offset).fold(data);
    }
  }

  /** A device reads the line as the CPUs have it. */
  record DmaRead(long line) implements ToHome {
    @Override
    public void fold(StateHash hash) {
      hash.fold(25).fold(line);
    }
  }

  /** A device writes a part of the line, from {@code offset} on, for all CPUs to see. */
  record DmaWrite(long line, int offset, byte[] data) implements ToHome {
    @Override
    public int payloadBytes() {
      return data.length;
    }

    @Override
    public void fold(StateHash hash) {
      hash.fold(26).fold(line).fold(offset).fold(data);
    }
  }

  /** Data to read; others may have it. From the home or from the owner. */
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

  /** Data to read; nobody else has it, a store may follow without asking. From the home. */
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

  /** Data to write, once {@code acks} other CPUs have dropped their copies. From the home, or from the owner, who was the only one. */
  record DataM(long line, byte[] data, int acks) implements ToL1 {
    @Override
    public int payloadBytes() {
      return data.length;
    }

    @Override
    public void fold(StateHash hash) {
      hash.fold(13).fold(line).fold(data).fold(acks);
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

  /** Drop your shared copy, and say so to {@code replyTo}, a CPU that will write or the home. */
  record Inv(long line, int replyTo) implements ToL1 {
    @Override
    public void fold(StateHash hash) {
      hash.fold(15).fold(line).fold(replyTo);
    }
  }

  /** Owner: send the data home and keep a shared copy ({@code keepShared}) or none. */
  record Recall(long line, boolean keepShared) implements ToL1 {
    @Override
    public void fold(StateHash hash) {
      hash.fold(16).fold(line).fold(keepShared);
    }
  }

  /** Your PutS, PutE or PutM is done with. */
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

  /** Another CPU wrote the line before your Upgrade came. */
  record UpgradeRefused(long line) implements ToL1 {
    @Override
    public void fold(StateHash hash) {
      hash.fold(20).fold(line);
    }
  }

  /** Your shared copy is yours to write, once {@code acks} other CPUs have dropped theirs. */
  record AckCount(long line, int acks) implements ToL1 {
    @Override
    public void fold(StateHash hash) {
      hash.fold(27).fold(line).fold(acks);
    }
  }

  /** Owner: send the data to {@code requester} and home, and keep a shared copy. */
  record FwdGetS(long line, int requester) implements ToL1 {
    @Override
    public void fold(StateHash hash) {
      hash.fold(28).fold(line).fold(requester);
    }
  }

  /** Owner: send the data to {@code requester}, who owns the line from now on, and keep nothing. */
  record FwdGetM(long line, int requester) implements ToL1 {
    @Override
    public void fold(StateHash hash) {
      hash.fold(29).fold(line).fold(requester);
    }
  }

  /** Dropped the shared copy: the other L1's answer to an {@link Inv} that you caused. */
  record InvAck(long line) implements ToL1 {
    @Override
    public void fold(StateHash hash) {
      hash.fold(30).fold(line);
    }
  }

  /** What memory held, in memory order; of a store nothing. */
  record UncachedAnswer(long line, byte[] data) implements ToL1 {
    @Override
    public int payloadBytes() {
      return data.length;
    }

    @Override
    public void fold(StateHash hash) {
      hash.fold(31).fold(line).fold(data);
    }
  }

  /** The whole line, as the CPUs have it. */
  record DmaData(long line, byte[] data) implements ToDevice {
    @Override
    public int payloadBytes() {
      return data.length;
    }

    @Override
    public void fold(StateHash hash) {
      hash.fold(32).fold(line).fold(data);
    }
  }

  /** Written. */
  record DmaDone(long line) implements ToDevice {
    @Override
    public void fold(StateHash hash) {
      hash.fold(33).fold(line);
    }
  }
}
