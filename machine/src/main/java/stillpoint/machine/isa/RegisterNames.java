package stillpoint.machine.isa;

/**
 * Names of the general registers in the n64 ABI, as GNU tools print them; any usual spelling is
 * read.
 */
public final class RegisterNames {
  private static final String[] NAMES = {
    "zero", "at", "v0", "v1", "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "t0", "t1", "t2",
    "t3", "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "t8", "t9", "k0", "k1", "gp", "sp", "s8",
    "ra"
  };

  /** Those of the o32 ABI, which 32-bit files use, where they differ: registers 8 to 15. */
  private static final String[] O32_TEMPORARIES = {"t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7"};

  private RegisterNames() {}

  public static String nameOf(int register) {
    return NAMES[register];
  }

  /** The register's name in the o32 ABI. */
  public static String o32NameOf(int register) {
    return register >= 8 && register < 16 ? O32_TEMPORARIES[register - 8] : NAMES[register];
  }

  /** As {@link #numberOf}, with the names of the o32 ABI. */
  public static int o32NumberOf(String text) {
    String name = text.startsWith("$") ? text.substring(1) : text;
    if (name.matches("t[0-7]")) {
      return 8 + name.charAt(1) - '0';
    }
    return name.matches("a[4-7]") ? -1 : numberOf(text);
  }

  /**
   * Number of a register written as {@code a0}, {@code $a0}, {@code $4} or {@code fp}; -1 if it is
   * none.
   */
  public static int numberOf(String text) {
    boolean dollar = text.startsWith("$");
    String name = dollar ? text.substring(1) : text;
    if (name.equals("fp")) {
      return 30;
    }
    for (int i = 0; i < NAMES.length; i++) {
      if (NAMES[i].equals(name)) {
        return i;
      }
    }
    if (dollar && name.matches("[0-9]{1,2}") && Integer.parseInt(name) < 32) {
      return Integer.parseInt(name);
    }
    return -1;
  }
}
