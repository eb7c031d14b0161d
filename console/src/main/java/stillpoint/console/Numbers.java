package stillpoint.console;

import java.math.BigInteger;
import java.util.Locale;

/** Numbers of the command line. */
final class Numbers {
  private static final BigInteger MAX = BigInteger.ONE.shiftLeft(64);

  private Numbers() {}

  /** 64 bits in hexadecimal, with or without 0x. */
  static long hex(String option, String text) {
    String digits = text.replaceFirst("^0[xX]", "").replace("_", "");
    if (!digits.matches("[0-9a-fA-F]{1,16}")) {
      throw new UserError(
          option + " " + text + " is not a hexadecimal number of 64 bits, such as 0x80100000");
    }
    return Long.parseUnsignedLong(digits, 16);
  }

  /**
   * An address: eight digits from 80000000 on are one of the 32-bit segments, sign-extended. Longer
   * numbers are taken as they are.
   */
  static long address(String option, String text) {
    long value = hex(option, text);
    boolean eightDigits = text.replaceFirst("^0[xX]", "").replace("_", "").length() == 8;
    return eightDigits ? (int) value : value;
  }

  /** 32 bits in hexadecimal; sign-extended ones are accepted too. */
  static int hexWord(String option, String text) {
    long value = hex(option, text);
    if (value != (int) value && value >>> 32 != 0) {
      throw new UserError(option + " " + text + " does not fit 32 bits");
    }
    return (int) value;
  }

  /** A number of bytes: decimal or 0x, with K, M, G or T for powers of 1024. */
  static long size(String option, String text, long least, long most) {
    String upper = text.toUpperCase(Locale.ROOT).replaceFirst("I?B$", "");
    int unit = upper.isEmpty() ? -1 : "KMGT".indexOf(upper.charAt(upper.length() - 1));
    String digits = unit < 0 ? upper : upper.substring(0, upper.length() - 1);
    boolean hex = digits.matches("0X[0-9A-F]{1,16}");
    if (!hex && !digits.matches("[0-9]{1,19}")) {
      throw new UserError(option + " " + text + " is not a size, such as 64M");
    }
    BigInteger value = hex ? new BigInteger(digits.substring(2), 16) : new BigInteger(digits);
    BigInteger bytes = value.shiftLeft(10 * (unit + 1));
    boolean within =
        bytes.compareTo(MAX) < 0
            && bytes.compareTo(BigInteger.valueOf(least)) >= 0
            && bytes.compareTo(BigInteger.valueOf(most)) <= 0;
    if (!within) {
      throw new UserError(
          option + " " + text + " is not within " + shown(least) + " .. " + shown(most));
    }
    return bytes.longValue();
  }

  private static String shown(long bytes) {
    int unit = 0;
    long value = bytes;
    while (unit < 4 && value >= 1024 && value % 1024 == 0) {
      value /= 1024;
      unit++;
    }
    return value + " KMGT".substring(unit, unit + 1).strip();
  }
}
