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
 * k0 and k1, HI, LO, the CP0 registers of {@link HarnessResults}, TLB entries 0 to 7, 512 bytes of data, and
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

  private Harness() {}

  /** The image; {@code details}: print all results instead of their hash. */
  public static byte[] image(List<OracleProgram> programs, boolean bigEndian, boolean details) {
    StringBuilder text = new StringBuilder(HarnessVectors.source()).append(main(details));
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
        + HarnessResults.eachRegister("ld")
        + """
          eret

        finish:
          lui   k0, %hi(result)
          daddiu k0, k0, %lo(result)
        """
        + HarnessResults.eachRegister("sd")
        + """
          sd    zero, 0(k0)
          sd    zero, 26*8(k0)
          sd    zero, 27*8(k0)
          mfhi  t0
          sd    t0, 32*8(k0)
          mflo  t0
          sd    t0, 33*8(k0)
        """
        + HarnessResults.saveCp0()
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
        + (details ? HarnessResults.printAll() : HarnessResults.printHash())
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
            HarnessResults.LOG_AT,
            HarnessResults.END_AT - HarnessResults.LOG_AT,
            HarnessResults.DATA_AT,
            HarnessResults.END_AT);
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
}
