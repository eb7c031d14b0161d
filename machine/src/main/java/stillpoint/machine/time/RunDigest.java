package stillpoint.machine.time;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The fingerprint of a run: SHA-256 over each process's hash of events and hash of final state,
 * both as eight bytes, most significant first, in id order. One scenario and one seed give one
 * digest, wherever and on however many threads it ran.
 */
public final class RunDigest {
  private static final String PREFIX = "sha256:";

  private final MessageDigest sha256;
  private int nextId;

  public RunDigest() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new BrokenInvariant("this JVM lacks SHA-256, which every JVM has", impossible);
    }
  }

  /** Adds process {@code id}; ids come as 0, 1, 2, ... */
  public RunDigest add(int id, long eventHash, long stateHash) {
    if (id != nextId) {
      throw new BrokenInvariant(
          "the digest wants process %d and gets process %d".formatted(nextId, id));
    }
    nextId++;
    putLong(eventHash);
    putLong(stateHash);
    return this;
  }

  private void putLong(long number) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      sha256.update((byte) (number >>> shift));
    }
  }

  /** {@code sha256:} and 64 hexadecimal digits. Ends this digest. */
  public String print() {
    return PREFIX + HexFormat.of().formatHex(sha256.digest());
  }
}
