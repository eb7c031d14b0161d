package stillpoint.machine.oracle;

import java.util.List;
import java.util.Locale;
import stillpoint.machine.elf.ElfWriter;
import stillpoint.machine.isa.AssembledProgram;
import stillpoint.machine.isa.Assembler;

/**
 * A bare-metal image that runs programs one after the other and prints for each a line: a hash over
 * all that it left behind, or, when asked for details, every doubleword of it. The same image runs
 * on this machine and on another implementation of a Malta board, so the two texts must be equal.
 *
 * <p>Every exception is logged and skipped (a branch together with its delay slot); a syscall ends a
 * program, and so does the {@value #MOST_TRAPS}th exception. What is compared: general registers but
 * k0 and k1, HI, LO, the CP0 registers of {@link #CP0}, TLB entries 0 to 7, 512 bytes of data, and
 * the log: vector, Cause (BD, CE, ExcCode), EPC, Status, and, where the exception defines them,
 * BadVAddr, Context, XContext and EntryHi.
 */
public final class Harness {
  /** Physical address of the middle of the data area. */
  static final long DATA_PHYSICAL = 0x0061_1000;

  static final int MOST_TRAPS = 40;

  public static final long UART = 0x1800_03F8;
  public static final long EXIT = 0x1F00_0500;

  private static final long DATA_MAPPED = 0x0001_1000;
  private static final long CODE_MAPPED = 0x4000_0000;
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

  private static final int CP0_AT = 34 * 8;
  private static final int TLB_AT = CP0_AT + CP0.length * 8;
  private static final int DATA_AT = TLB_AT + 32 * 8;
  private static final int LOG_AT = DATA_AT + 64 * 8;
  private static final int END_AT = LOG_AT + MOST_TRAPS * LOG_DOUBLEWORDS * 8;

  /** Doublewords printed for a program when details are asked for. */
  public static final int RESULT_DOUBLEWORDS = END_AT / 8;

  private Harness() {}

  /** The image; {@code details}: print all results instead of their hash. */
  public static byte[] image(List<OracleProgram> programs, boolean bigEndian, boolean details) {
    StringBuilder text = new StringBuilder(vectors()).append(main(details));
    StringBuilder data = new StringBuilder(".data\n.align 3\nprograms:\n");
    StringBuilder code = new StringBuilder(".section .text.programs\n");
    for (int i = 0; i < programs.size(); i++) {
      OracleProgram program = programs.get(i);
      code.append(program.source("p" + i + "_"));
      data.append(entry(program, "p" + i + "_start"));
    }
    data.append(".dword 0\n");
    AssembledProgram assembled =
        Assembler.program(
            text.append(code).append(data).toString(),
            new Assembler.Settings(
                bigEndian, true, 0xFFFF_FFFF_8010_0000L, 0xFFFF_FFFF_8080_0000L));
    return ElfWriter.write(assembled, assembled.label("main"));
  }

  /** A program in the table: start, Status, seed of its data, initial registers. */
  private static String entry(OracleProgram program, String start) {
    OracleProgram.Mode mode = program.mode();
    String address = mode.mapped() ? "(" + start + " & 0x1fffffff) + " + CODE_MAPPED : start;
    StringBuilder text = new StringBuilder();
    text.append(".dword ").append(address).append(", ").append(mode.status());
    text.append(", ").append(program.seed()).append('\n');
    for (int i = 0; i < 32; i++) {
      long value = program.registers().get(i);
      if (i == 28) {
        value = mode.mapped() ? DATA_MAPPED : 0xFFFF_FFFF_8000_0000L + DATA_PHYSICAL;
      } else if (i == 29) {
        value = mode.mapped() ? DATA_MAPPED : 0x9800_0000_0000_0000L + DATA_PHYSICAL;
      } else if (i == 30) {
        value = DATA_MAPPED;
      }
      text.append(".dword ").append(value).append('\n');
    }
    return text.toString();
  }

  /** What is copied to the vectors, and the handler. k0 and k1 are theirs. */
  private static String vectors() {
    StringBuilder text = new StringBuilder(".text\nvectors:\n");
    int[] offsets = {0x000, 0x080, 0x100, 0x180, 0x200};
    for (int i = 0; i < offsets.length; i++) {
      text.append(String.format(Locale.ROOT, ".org 0x%x\n j handler\n li k1, %d\n", offsets[i], i));
    }
    return text.append(
            """
            .org 0x400
            handler:
              lui   k0, %hi(saved)
              daddiu k0, k0, %lo(saved)
              sd    at, 0(k0)
              sd    v0, 8(k0)
              sd    v1, 16(k0)
              ld    at, 24(k0)        # where the log goes on
              sd    k1, 0(at)
              mfc0  v0, $13
              andi  v1, v0, 0x7c
              addiu v1, v1, -44       # CpU, which alone defines CE
              beqz  v1, 1f
              lui   v1, 0xb000        # BD, CE
              lui   v1, 0x8000
            1: ori  v1, v1, 0x7c      # ExcCode
              and   v0, v0, v1
              sd    v0, 8(at)
              dmfc0 v1, $14
              sd    v1, 16(at)
              mfc0  v1, $12
              sd    v1, 24(at)
              andi  v0, v0, 0x7c
              sd    zero, 32(at)
              sd    zero, 40(at)
              sd    zero, 48(at)
              sd    zero, 56(at)
              addiu v1, v0, -4        # Mod, TLBL, TLBS, AdEL, AdES have an address
              sltiu v1, v1, 20
              beqz  v1, 1f
              nop
              dmfc0 v1, $8
              sd    v1, 32(at)
              addiu v1, v0, -4        # Mod, TLBL, TLBS tell the page too
              sltiu v1, v1, 12
              bnez  v1, 4f
              nop
              dmtc0 zero, $10         # which the others leave UNPREDICTABLE
              b     1f
              nop
            4:
              dmfc0 v1, $4
              sd    v1, 40(at)
              dmfc0 v1, $20
              sd    v1, 48(at)
              dmfc0 v1, $10
              sd    v1, 56(at)
            1: daddiu at, at, 64
              sd    at, 24(k0)
              ld    v1, 32(k0)        # end of the log
              beq   at, v1, finish_later
              addiu v1, v0, -32       # syscall
              beqz  v1, finish_later
              nop
              beqz  v0, 2f            # interrupt: goes on where it was, its cause cleared
              nop
              mfc0  v1, $13
              dmfc0 v0, $14
              bgez  v1, 1f
              daddiu v0, v0, 4
              daddiu v0, v0, 4
            1: dmtc0 v0, $14
              b     3f
              nop
            2: mtc0 zero, $13
            3: ehb
              ld    v0, 8(k0)
              ld    v1, 16(k0)
              ld    at, 0(k0)
              eret
            finish_later:
              lui   v0, %hi(finish)
              daddiu v0, v0, %lo(finish)
              dmtc0 v0, $14
              li    v0, 0xe2
              mtc0  v0, $12
              b     3b
              nop
            """)
        .toString();
  }

  private static String main(boolean details) {
    return """
    main:
      li    t0, 0xe0
      mtc0  t0, $12
      ehb
      mtc0  zero, $13
      lui   t0, 0x8000
      dla   t1, vectors
      daddiu t2, t1, 0x240
    1: ld   t3, 0(t1)
      sd    t3, 0(t0)
      synci 0(t0)
      daddiu t1, t1, 8
      bne   t1, t2, 1b
      daddiu t0, t0, 8
      sync
      # entries that no program uses match nothing either
      mtc0  zero, $5
      dmtc0 zero, $2
      dmtc0 zero, $3
      li    t0, 62
      dli   t1, 0xffffffff80100000
    1: dmtc0 t1, $10
      mtc0  t0, $0
      ehb
      tlbwi
      daddiu t1, t1, 0x2000
      bgtz  t0, 1b
      daddiu t0, t0, -1
      dla   s0, programs
    next:
      ld    t0, 0(s0)
      beqz  t0, over
      nop
      dla   t1, table
      sd    s0, 0(t1)
    """
        + clearTlb()
        + """
          # the data area
          dli   t0, DATA - 256
          dli   t1, 0x9e3779b97f4a7c15
          ld    t2, 16(s0)
          li    t3, 64
        1: dmultu t2, t1
          mflo  t2
          daddiu t2, t2, 12345
          drotr t8, t2, 23
          sd    t8, 0(t0)
          daddiu t3, t3, -1
          bgtz  t3, 1b
          daddiu t0, t0, 8
          # the log
          dla   t0, saved
          dla   t1, result + LOG_AT
          sd    t1, 24(t0)
          daddiu t2, t1, LOG_BYTES
          sd    t2, 32(t0)
        1: sd   zero, 0(t1)
          daddiu t1, t1, 8
          bne   t1, t2, 1b
          nop
          # CP0
          dmtc0 zero, $0
          dmtc0 zero, $2
          dmtc0 zero, $3
          dmtc0 zero, $4
          dmtc0 zero, $5
          dmtc0 zero, $10
          dmtc0 zero, $30
          dmtc0 zero, $20
          mtc0  zero, $7
          mtc0  zero, $13
          li    t0, 63
          mtc0  t0, $6
          ld    t0, 8(s0)
          ori   t0, t0, 2
          mtc0  t0, $12
          ld    t0, 0(s0)
          dmtc0 t0, $14
          ehb
          daddiu k0, s0, 24
          ld    t0, 0(k0)
          mthi  t0
          ld    t0, 26*8(k0)
          mtlo  t0
        """
        + eachRegister("ld")
        + """
          eret

        finish:
          lui   k0, %hi(result)
          daddiu k0, k0, %lo(result)
        """
        + eachRegister("sd")
        + """
          sd    zero, 0(k0)
          sd    zero, 26*8(k0)
          sd    zero, 27*8(k0)
          mfhi  t0
          sd    t0, 32*8(k0)
          mflo  t0
          sd    t0, 33*8(k0)
        """
        + saveCp0()
        + """
          dli   t0, DATA - 256
          daddiu t1, k0, DATA_AT
          daddiu t2, t1, 512
        1: ld   t3, 0(t0)
          sd    t3, 0(t1)
          daddiu t1, t1, 8
          bne   t1, t2, 1b
          daddiu t0, t0, 8
        """
        + (details ? printAll() : printHash())
        + """
          dla   s0, table
          ld    s0, 0(s0)
          b     next
          daddiu s0, s0, 24 + 256

        # prints a0 as 16 digits and a line feed; uses t0 to t3
        print:
          dli   t0, UART
          li    t1, 60
        1: dsrlv t2, a0, t1
          andi  t2, t2, 15
          sltiu t3, t2, 10
          bnez  t3, 2f
          addiu t2, t2, '0'
          addiu t2, t2, 'a' - '0' - 10
        2: lbu  t3, 5(t0)
          andi  t3, t3, 0x20
          beqz  t3, 2b
          nop
          sb    t2, 0(t0)
          bgtz  t1, 1b
          addiu t1, t1, -4
        3: lbu  t3, 5(t0)
          andi  t3, t3, 0x20
          beqz  t3, 3b
          li    t2, 10
          jr    ra
          sb    t2, 0(t0)

        over:
          dli   t0, EXIT
          li    t1, 0x42
          sw    t1, 0(t0)
        1: b    1b
          nop
        """
        + String.format(
            Locale.ROOT,
            """
            DATA = 0x%x
            UART = 0x%x
            EXIT = 0x%x
            LOG_AT = %d
            LOG_BYTES = %d
            DATA_AT = %d
            .bss
            saved: .space 64
            table: .space 8
            result: .space %d
            """,
            0xFFFF_FFFF_8000_0000L + DATA_PHYSICAL,
            0xFFFF_FFFF_A000_0000L + UART,
            0xFFFF_FFFF_A000_0000L + EXIT,
            LOG_AT,
            END_AT - LOG_AT,
            DATA_AT,
            END_AT);
  }

  /** Entries 0 to 7 and 63 match nothing; 8 maps the data, 9 the code. */
  private static String clearTlb() {
    return """
      mtc0  zero, $5
      dmtc0 zero, $2
      dmtc0 zero, $3
      li    t0, 7
      dli   t1, 0xffffffff80000000
    1: dmtc0 t1, $10
      mtc0  t0, $0
      ehb
      tlbwi
      daddiu t1, t1, 0x2000
      bgtz  t0, 1b
      daddiu t0, t0, -1
      dmtc0 t1, $10
      li    t0, 63
      mtc0  t0, $0
      ehb
      tlbwi
    """
        + wired(8, DATA_MAPPED & -0x2000, 0, DATA_PHYSICAL & -0x2000, 0x1000)
        + wired(9, CODE_MAPPED, 0x1FF_E000, 0, 0x100_0000);
  }

  private static String wired(int entry, long virtual, long mask, long physical, long pageBytes) {
    return String.format(
        Locale.ROOT,
        """
          dli   t0, %d
          dmtc0 t0, $10
          dli   t0, %d
          mtc0  t0, $5
          dli   t0, %d
          dmtc0 t0, $2
          dli   t0, %d
          dmtc0 t0, $3
          li    t0, %d
          mtc0  t0, $0
          ehb
          tlbwi
        """,
        virtual,
        mask,
        physical >> 12 << 6 | 0x1F,
        physical + pageBytes >> 12 << 6 | 0x1F,
        entry);
  }

  private static String eachRegister(String move) {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i < 32; i++) {
      if (i != 26 && i != 27) {
        text.append(String.format(Locale.ROOT, "  %s $%d, %d(k0)\n", move, i, 8 * i));
      }
    }
    return text.toString();
  }

  private static String saveCp0() {
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

  private static String printHash() {
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

  private static String printAll() {
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
