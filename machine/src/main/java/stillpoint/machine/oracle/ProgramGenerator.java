package stillpoint.machine.oracle;

import java.util.ArrayList;
import java.util.List;
import stillpoint.machine.time.SeededRandom;

/**
 * Generates programs whose every effect the architecture defines. gp, sp and s8 are bases: the
 * middle of the data area in ckseg0, in xkphys, and mapped (all three mapped, in programs that run
 * mapped); k0 and k1 belong to the handlers; the rest is free. What the manual leaves UNPREDICTABLE
 * is not generated; docs/oracle.md names it.
 */
public final class ProgramGenerator {
  static final int MOST_PIECES = 40;

  /** Branches go forward over at most so many pieces. */
  static final int FARTHEST = 4;

  private static final int[] FREE = PlainPieces.FREE;
  private static final int[] BASES = PlainPieces.BASES;

  private static final String[] BRANCHES = {
    "beq", "bne", "blez", "bgtz", "bltz", "bgez", "bltzal", "bgezal", "beql", "bnel", "blezl",
    "bgtzl", "bltzl", "bgezl", "bltzall", "bgezall"
  };

  private static final String[] LOADS = {"lb", "lbu", "lh", "lhu", "lw", "lwu", "ld"};
  private static final String[] STORES = {"sb", "sh", "sw", "sd"};
  private static final String[] PARTS = {"lwl", "lwr", "ldl", "ldr", "swl", "swr", "sdl", "sdr"};
  private static final String[] TRAPS = {"tge", "tgeu", "tlt", "tltu", "teq", "tne"};
  private static final String[] TRAPS_IMMEDIATE = {
    "tgei", "tgeiu", "tlti", "tltiu", "teqi", "tnei"
  };

  /** No access is defined there in any mode that is generated, or it needs a mapping. */
  private static final String[] WILD = {
    "0x0000000000000004", "0x0000000000007ff0", "0x000000007ffff008", "0x0000000080001000",
    "0x0000010000000000", "0x000003fffffff008", "0x0000040000000000", "0x4000000000001000",
    "0x4000040000000000", "0x9801000000000000", "0xc000000000001008", "0xc00003ff00000000",
    "0xc000040000000000", "0xffffffffc0001000", "0xffffffffe0001010", "0xffffffff7ffff000",
    "0x7fffffffffffffff"
  };

  private final SeededRandom random;
  private final OracleProgram.Mode mode;
  private final PlainPieces plain;
  private final MappingPieces mappings;
  private int number;

  private ProgramGenerator(SeededRandom random) {
    this.random = random;
    this.mode = mode();
    this.plain = new PlainPieces(random);
    this.mappings = new MappingPieces(random);
  }

  /** The program of a seed: always the same. */
  public static OracleProgram generate(long seed) {
    return new ProgramGenerator(SeededRandom.ofSeed(seed).fork("oracle")).program(seed);
  }

  private OracleProgram.Mode mode() {
    int wide = random.nextInt(8) << 5; // KX, SX, UX in any combination
    boolean mostly64 = random.nextInt(4) != 0;
    int bits = mostly64 ? 0xE0 : wide;
    int kind = random.nextInt(10);
    if (kind < 5) {
      return new OracleProgram.Mode(bits, false);
    }
    int level = kind < 7 ? 0 : kind < 9 ? 2 : 1;
    bits |= level == 1 ? 0x40 : 0;
    int cu0 = level != 0 && random.nextInt(4) == 0 ? 1 << 28 : 0;
    return new OracleProgram.Mode(bits | level << 3 | cu0, true);
  }

  private boolean privileged() {
    return (mode.status() & 0x18) == 0 || (mode.status() & 1 << 28) != 0;
  }

  /** Whether 64-bit operations are defined in the mode: always in kernel mode, else by SX or UX. */
  private boolean wideOperations() {
    return switch (mode.status() >> 3 & 3) {
      case 0 -> true;
      case 1 -> (mode.status() & 0x40) != 0;
      default -> (mode.status() & 0x20) != 0;
    };
  }

  private OracleProgram program(long seed) {
    List<Long> registers = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      registers.add(value());
    }
    int pieces = 4 + random.nextInt(MOST_PIECES - 4);
    List<OracleProgram.Piece> all = new ArrayList<>();
    for (number = 0; number < pieces; number++) {
      List<String> lines = piece();
      all.add(new OracleProgram.Piece(number, lines));
    }
    return new OracleProgram(seed, mode, registers, all);
  }

  private long value() {
    return switch (random.nextInt(12)) {
      case 0 -> 0;
      case 1 -> -1;
      case 2 -> Integer.MAX_VALUE;
      case 3 -> Integer.MIN_VALUE;
      case 4 -> Long.MAX_VALUE;
      case 5 -> Long.MIN_VALUE;
      case 6 -> random.nextInt(64);
      case 7 -> 1L << random.nextInt(64);
      case 8, 9 -> (int) random.nextLong();
      default -> random.nextLong();
    };
  }

  // pieces

  private List<String> piece() {
    int kind = random.nextInt(100);
    if (kind < 34) {
      return plain.piece();
    }
    if (kind < 50) {
      return List.of(memory());
    }
    if (kind < 56) {
      return List.of(part());
    }
    if (kind < 60) {
      return wild();
    }
    if (kind < 72) {
      return branch();
    }
    if (kind < 76) {
      return jump();
    }
    if (kind < 79) {
      return loop();
    }
    if (kind < 83) {
      return List.of(trap());
    }
    if (kind < 86) {
      return linked();
    }
    if (kind < 88) {
      return List.of(other());
    }
    if (kind < 94) {
      return control();
    }
    if (privileged() && !wideOperations()) {
      return plain
          .piece(); // half of what a mapping needs would be reserved, and entries could overlap
    }
    return mappings.piece(FREE[random.nextInt(FREE.length)], free());
  }

  private String free() {
    return "$" + FREE[random.nextInt(FREE.length)];
  }

  /** A source may be any register: bases and zero too. */
  private String any() {
    int pick = random.nextInt(FREE.length + 2);
    return pick < FREE.length ? "$" + FREE[pick] : pick == FREE.length ? "$0" : base();
  }

  private String base() {
    return "$" + BASES[random.nextInt(BASES.length)];
  }

  /** Within the data area, which reaches 256 bytes to either side of the bases. */
  private int offset(int bytes) {
    int place = random.nextInt(512 / bytes) * bytes - 256;
    boolean odd = random.nextInt(16) == 0;
    return odd ? Math.min(place + random.nextInt(8), 248) : place;
  }

  private String memory() {
    boolean store = random.nextInt(2) == 0;
    String[] names = store ? STORES : LOADS;
    int pick = random.nextInt(names.length);
    int bytes = store ? 1 << pick : new int[] {1, 1, 2, 2, 4, 4, 8}[pick];
    String register = store ? any() : free();
    return names[pick] + " " + register + ", " + offset(bytes) + "(" + base() + ")";
  }

  private String part() {
    String name = PARTS[random.nextInt(PARTS.length)];
    int offset = random.nextInt(496) - 248;
    return name + " " + free() + ", " + offset + "(" + base() + ")";
  }

  private List<String> wild() {
    String address = free();
    String[] names = random.nextInt(3) == 0 ? PARTS : random.nextInt(2) == 0 ? LOADS : STORES;
    String name = names[random.nextInt(names.length)];
    return List.of(
        "dli " + address + ", " + WILD[random.nextInt(WILD.length)],
        name + " " + free() + ", 0(" + address + ")");
  }

  private String target() {
    return "@P" + (number + 1 + random.nextInt(FARTHEST));
  }

  /** Something for a delay slot: one instruction, perhaps one that traps. */
  private String slot() {
    return switch (random.nextInt(6)) {
      case 0 -> memory();
      case 1 -> part();
      case 2 -> trap();
      case 3 -> "nop";
      default -> simple();
    };
  }

  private String simple() {
    return switch (random.nextInt(4)) {
      case 0 -> "daddu " + free() + ", " + any() + ", " + any();
      case 1 -> "daddiu " + free() + ", " + any() + ", " + (random.nextInt(65536) - 32768);
      case 2 -> "dadd " + free() + ", " + any() + ", " + any();
      default -> "xor " + free() + ", " + any() + ", " + any();
    };
  }

  private List<String> branch() {
    String name = BRANCHES[random.nextInt(BRANCHES.length)];
    // never two equal operands: QEMU takes a branch that cannot be taken for none at all
    int first = random.nextInt(FREE.length - 1); // and ra, with a linking branch, is UNPREDICTABLE
    String operands = "$" + FREE[first];
    if (name.startsWith("beq") || name.startsWith("bne")) {
      boolean zero = random.nextInt(4) == 0;
      int second = FREE[(first + 1 + random.nextInt(FREE.length - 1)) % FREE.length];
      operands += ", $" + (zero ? 0 : second);
    }
    return List.of(name + " " + operands + ", " + target(), slot());
  }

  private List<String> jump() {
    String target = target();
    int kind = random.nextInt(3);
    if (kind == 0) {
      return List.of((random.nextInt(2) == 0 ? "j " : "jal ") + target, slot());
    }
    // the address is computed from where the program runs
    String hazard = random.nextInt(2) == 0 ? "" : ".hb";
    String last = kind == 1 ? "jr" + hazard + " $31" : "jalr" + hazard + " $24, $31";
    return List.of("bgezal $0, 1f", "nop", "1: daddiu $31, $31, " + target + " - 1b", last, slot());
  }

  private List<String> loop() {
    String counter = "$" + (8 + random.nextInt(4));
    List<String> lines = new ArrayList<>();
    lines.add("li " + counter + ", " + (1 + random.nextInt(6)));
    lines.add("1: daddiu " + counter + ", " + counter + ", -1");
    lines.add("daddu $" + (16 + random.nextInt(8)) + ", " + any() + ", " + any());
    lines.add("bgtz " + counter + ", 1b");
    lines.add("daddiu $" + (16 + random.nextInt(8)) + ", " + any() + ", 3");
    return lines;
  }

  private String trap() {
    return switch (random.nextInt(3)) {
      case 0 ->
          TRAPS[random.nextInt(TRAPS.length)]
              + " "
              + any()
              + ", "
              + any()
              + ", "
              + random.nextInt(1024);
      case 1 ->
          TRAPS_IMMEDIATE[random.nextInt(TRAPS_IMMEDIATE.length)]
              + " "
              + any()
              + ", "
              + (random.nextInt(65536) - 32768);
      default -> "break " + random.nextInt(1024);
    };
  }

  /** A pair with nothing but arithmetic between, or with an exception, whose eret breaks the link. */
  private List<String> linked() {
    boolean wide = random.nextInt(2) == 0;
    // without KX, xkphys is an address error, which QEMU does not raise for an sc that fails anyway
    String place = offsetAligned(wide ? 8 : 4) + (mode.mapped() ? "($30)" : "($28)");
    String loaded = free();
    String stored = free();
    List<String> lines = new ArrayList<>();
    lines.add((wide ? "lld " : "ll ") + loaded + ", " + place);
    if (random.nextInt(2) == 0) {
      lines.add(simple());
    }
    if (random.nextInt(4) == 0) {
      lines.add("break");
    }
    lines.add((wide ? "scd " : "sc ") + stored + ", " + place);
    return lines;
  }

  private int offsetAligned(int bytes) {
    return random.nextInt(512 / bytes) * bytes - 256;
  }

  /** Absent coprocessors, barriers, hints. */
  private String other() {
    return switch (random.nextInt(6)) {
      case 0 -> ".word 0x46041880 # add.s: CpU 1";
      case 1 -> ".word 0xc4620004 # lwc1: CpU 1";
      case 2 -> "sync";
      case 3 -> "pref " + random.nextInt(8) + ", " + offset(4) + "(" + base() + ")";
      case 4 -> ".word 0x00641001 # movf: CpU 1";
      // QEMU's synci translates nothing: only where that is no error
      default -> "synci " + offset(4) + (mode.mapped() ? "($30)" : "($28)");
    };
  }

  private List<String> control() {
    return new ControlPieces(random, mode, privileged()).piece(free(), free());
  }
}
