package stillpoint.machine.oracle;

import java.util.ArrayList;
import java.util.List;
import stillpoint.machine.time.SeededRandom;

/** Pieces that read and write CP0, with values that leave nothing to the implementation. */
final class ControlPieces {
  /** Registers that read the same on every implementation of Release 2, or are storage. */
  private static final String[] READ = {
    "$0", "$2", "$3", "$5", "$6", "$7", "$10", "$11", "$14", "$30", "$15,1"
  };

  /** Interrupts stay off, IM for software interrupts only; the mode stays. */
  private static final int STATUS_FREE = 0xE300;

  private static final String[] PAGE_MASKS = {
    "0",
    "0x6000",
    "0x1e000",
    "0x7e000",
    "0x1fe000",
    "0x7fe000",
    "0x1ffe000",
    "0x7ffe000",
    "0x1fffe000"
  };

  private final SeededRandom random;
  private final OracleProgram.Mode mode;
  private final boolean privileged;

  ControlPieces(SeededRandom random, OracleProgram.Mode mode, boolean privileged) {
    this.random = random;
    this.mode = mode;
    this.privileged = privileged;
  }

  List<String> piece(String value, String result) {
    if (!privileged && random.nextInt(3) != 0) {
      return List.of("mfc0 " + result + ", $12"); // coprocessor unusable
    }
    return switch (random.nextInt(9)) {
      case 0 -> read(result);
      case 1 -> write(value, result, "$14", Long.toString(random.nextLong()));
      case 2 -> write(value, result, "$30", Long.toString(random.nextLong()));
      case 3 -> write(value, result, "$5", PAGE_MASKS[random.nextInt(PAGE_MASKS.length)]);
      case 4 -> write(value, result, "$2", Long.toString(random.nextLong() & 0x3FFF_FFFFL));
      case 5 -> write(value, result, "$7", Integer.toString(random.nextInt(16)));
      case 6 -> status(value, result);
      case 7 -> software(value);
      default -> List.of("rdhwr " + result + ", $" + new int[] {0, 4, 5, 30}[random.nextInt(4)]);
    };
  }

  private List<String> read(String result) {
    String move = random.nextInt(2) == 0 ? "mfc0 " : "dmfc0 ";
    return List.of(move + result + ", " + READ[random.nextInt(READ.length)]);
  }

  private List<String> write(String value, String result, String register, String number) {
    boolean wide = random.nextInt(2) == 0;
    return List.of(
        "dli " + value + ", " + number,
        (wide ? "dmtc0 " : "mtc0 ") + value + ", " + register,
        "ehb",
        (wide ? "dmfc0 " : "mfc0 ") + result + ", " + register);
  }

  /** Other interrupt masks, and now and then EXL for a while. */
  private List<String> status(String value, String result) {
    int fresh = mode.status() | random.nextInt(0x10000) & STATUS_FREE & 0xFF00 & ~0xFC00;
    List<String> lines = new ArrayList<>();
    lines.add("li " + value + ", " + fresh);
    lines.add("mtc0 " + value + ", $12");
    lines.add("ehb");
    lines.add("mfc0 " + result + ", $12");
    if (random.nextInt(3) == 0) {
      lines.add((random.nextInt(2) == 0 ? "di " : "di ") + result);
    }
    return lines;
  }

  /** A software interrupt, taken once it is unmasked and enabled, or not at all. */
  private List<String> software(String value) {
    int line = random.nextInt(2);
    List<String> lines = new ArrayList<>();
    lines.add("li " + value + ", " + (1 << 8 + line | random.nextInt(2) << 23));
    lines.add("mtc0 " + value + ", $13");
    lines.add("ehb");
    lines.add("li " + value + ", " + (mode.status() | random.nextInt(4) << 8 | 1));
    lines.add("mtc0 " + value + ", $12");
    lines.add("ehb");
    lines.add("nop");
    lines.add("nop");
    lines.add("li " + value + ", " + mode.status());
    lines.add("mtc0 " + value + ", $12");
    lines.add("ehb");
    lines.add("mtc0 $0, $13");
    return lines;
  }
}
