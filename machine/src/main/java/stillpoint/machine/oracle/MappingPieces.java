package stillpoint.machine.oracle;

import java.util.ArrayList;
import java.util.List;
import stillpoint.machine.time.SeededRandom;

/**
 * Pieces that write, probe and read the TLB and then use the page. Each entry has its own 512 MiB of
 * virtual addresses, so that no two ever match the same one (UNPREDICTABLE, or a machine check). All
 * pages lead to the data area, cached; the handlers skip what faults.
 */
final class MappingPieces {
  private static final int ENTRIES = 8;

  private final SeededRandom random;

  MappingPieces(SeededRandom random) {
    this.random = random;
  }

  List<String> piece(int registerNumber, String other) {
    String register = "$" + registerNumber;
    boolean randomEntry = random.nextInt(6) == 0;
    int entry = randomEntry ? ENTRIES : random.nextInt(ENTRIES);
    long virtual = entry + 3L << 29;
    int pageBits = 12 + 2 * random.nextInt(9);
    long pageBytes = 1L << pageBits;
    long pair = Harness.DATA_PHYSICAL & -(2 * pageBytes);
    long asid = random.nextInt(3);
    List<String> lines = new ArrayList<>();
    if (random.nextInt(4) != 0) {
      set(lines, register, "$5", 2 * pageBytes - 0x2000);
      set(lines, register, "$10", virtual | asid);
      set(lines, register, "$2", lo(pair));
      set(lines, register, "$3", lo(pair + pageBytes));
      if (!randomEntry) {
        set(lines, register, "$0", entry);
      }
      lines.add(randomEntry ? "tlbwr" : "tlbwi");
      lines.add("ehb");
    }
    set(lines, register, "$10", virtual | (random.nextInt(3) == 0 ? random.nextInt(3) : asid));
    if (random.nextInt(3) == 0) {
      lines.add("tlbp");
      lines.add("ehb");
      lines.add("mfc0 " + other + ", $0");
      // a failed probe leaves more of Index than its sign open
      lines.add("dsra32 " + other + ", " + other + ", 31");
      set(lines, register, "$0", 1);
    }
    if (random.nextInt(4) == 0) {
      set(lines, register, "$0", random.nextInt(ENTRIES));
      lines.add("tlbr");
      lines.add("ehb");
      lines.add("dmfc0 " + other + ", $" + new int[] {2, 3, 5}[random.nextInt(3)]);
      // an entry's EntryHi may keep address bits within its page, or lose them
      lines.add("dmtc0 $0, $10");
    }
    long offset = Harness.DATA_PHYSICAL & 2 * pageBytes - 1;
    lines.add("dli " + register + ", " + (virtual + offset));
    String use = new String[] {"lw", "sw", "ld", "sd", "lb", "sb", "lwl", "sdr"}[random.nextInt(8)];
    int distance = random.nextInt(64) * 8 - 256;
    lines.add(use + " " + other + ", " + distance + "(" + register + ")");
    return lines;
  }

  private static void set(List<String> lines, String register, String cp0, long value) {
    lines.add("dli " + register + ", " + value);
    lines.add("dmtc0 " + register + ", " + cp0);
    lines.add("ehb");
  }

  /** An EntryLo of a page: valid mostly, dirty often, global sometimes, cached. */
  private long lo(long physical) {
    long flags = (random.nextInt(5) != 0 ? 2 : 0) | (random.nextInt(3) != 0 ? 4 : 0) | globalBit();
    return physical >> 12 << 6 | 3 << 3 | flags;
  }

  private int globalBit() {
    return random.nextInt(4) == 0 ? 1 : 0;
  }
}
