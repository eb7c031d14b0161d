package stillpoint.machine.oracle;

import java.util.Locale;

/**
 * What a program of the {@link Harness} leaves behind to be compared: where it is stored, the code
 * that stores and prints it, and its names.
 */
public final class HarnessResults {
  private static final int LOG_DOUBLEWORDS = 8;

  /** CP0 registers that are compared at the end, name and the bits that count. */
  private static final String[][] CP0 = {
    {"$0", "-1"},
    {"$2", "-1"},
    {"$3", "-1"},
    {"$5", "-1"},
    {"$6", "-1"},
    {"$7", "-1"},
    {"$10", "-1"},
    {"$30", "-1"}
  };

  static final int CP0_AT = 34 * 8;
  static final int TLB_AT = CP0_AT + CP0.length * 8;
  static final int DATA_AT = TLB_AT + 32 * 8;
  static final int LOG_AT = DATA_AT + 64 * 8;
  static final int END_AT = LOG_AT + Harness.MOST_TRAPS * LOG_DOUBLEWORDS * 8;

  /** Doublewords printed for a program when details are asked for. */
  public static final int RESULT_DOUBLEWORDS = END_AT / 8;

  private HarnessResults() {}

  /** Loads or stores all registers but zero, k0 and k1; k0 is the base. */
  static String eachRegister(String move) {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i < 32; i++) {
      if (i != 26 && i != 27) {
        text.append(String.format(Locale.ROOT, "  %s $%d, %d(k0)\n", move, i, 8 * i));
      }
    }
    return text.toString();
  }

  /** Stores CP0 and the TLB's first entries behind k0. */
  static String saveCp0() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < CP0.length; i++) {
      text.append("  dmfc0 t0, ").append(CP0[i][0]).append('\n');
      text.append("  dli t1, ").append(CP0[i][1]).append("\n  and t0, t0, t1\n");
      text.append("  sd t0, ").append(CP0_AT + 8 * i).append("(k0)\n");
    }
    for (int i = 0; i < 8; i++) {
      text.append("  li t0, ").append(i).append("\n  mtc0 t0, $0\n  ehb\n  tlbr\n  ehb\n");
      String[] registers = {"$10", "$2", "$3", "$5"};
      for (int j = 0; j < registers.length; j++) {
        text.append("  dmfc0 t0, ").append(registers[j]).append('\n');
        if (j == 0) { // address bits within the page may be kept or not
          text.append("  dmfc0 t1, $5\n  nor t1, t1, zero\n  and t0, t0, t1\n");
        }
        text.append("  sd t0, ").append(TLB_AT + 32 * i + 8 * j).append("(k0)\n");
      }
    }
    return text.toString();
  }

  /** One line for all of the results. */
  static String printHash() {
    return String.format(
        Locale.ROOT,
        """
          move  t0, k0
          dli   t1, %d
          daddu t1, t1, t0
          dli   t2, 0x9e3779b97f4a7c15
          move  a0, zero
        1: ld   t3, 0(t0)
          xor   a0, a0, t3
          dmultu a0, t2
          mflo  a0
          drotr a0, a0, 29
          daddiu t0, t0, 8
          bne   t0, t1, 1b
          nop
          jal   print
          nop
        """,
        END_AT);
  }

  /** A line for each doubleword. */
  static String printAll() {
    return String.format(
        Locale.ROOT,
        """
          move  s1, k0
          dli   s2, %d
          daddu s2, s2, s1
        1: jal  print
          ld    a0, 0(s1)
          daddiu s1, s1, 8
          bne   s1, s2, 1b
          nop
        """,
        END_AT);
  }

  /** What a doubleword of the details is, for people. */
  public static String nameOf(int index) {
    int at = 8 * index;
    if (at < CP0_AT) {
      return index < 32 ? "register " + index : index == 32 ? "HI" : "LO";
    }
    if (at < TLB_AT) {
      return "CP0 register " + CP0[(at - CP0_AT) / 8][0];
    }
    if (at < DATA_AT) {
      String[] parts = {"EntryHi", "EntryLo0", "EntryLo1", "PageMask"};
      return "TLB entry " + (at - TLB_AT) / 32 + " " + parts[(at - TLB_AT) / 8 % 4];
    }
    if (at < LOG_AT) {
      return "data at " + (at - DATA_AT - 256);
    }
    String[] parts = {
      "vector", "Cause", "EPC", "Status", "BadVAddr", "Context", "XContext", "EntryHi"
    };
    int entry = (at - LOG_AT) / 8;
    return "exception " + entry / LOG_DOUBLEWORDS + " " + parts[entry % LOG_DOUBLEWORDS];
  }
}
