package stillpoint.actors.checkpoint;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import stillpoint.machine.time.BrokenInvariant;

/** SHA-256 sums, in hexadecimal digits. */
final class Sha256 {
  private Sha256() {}

  static MessageDigest start() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new BrokenInvariant("this JVM lacks SHA-256, which every JVM has", impossible);
    }
  }

  static String of(byte[] bytes) {
    return print(start().digest(bytes));
  }

  static String print(byte[] digest) {
    return HexFormat.of().formatHex(digest);
  }
}
