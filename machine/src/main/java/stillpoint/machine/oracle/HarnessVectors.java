package stillpoint.machine.oracle;

import java.util.Locale;

/** The exception vectors of the {@link Harness}, and the handler that logs and skips. */
final class HarnessVectors {
  private HarnessVectors() {}

  /** What is copied to the vectors, and the handler. k0 and k1 are theirs. */
  static String source() {
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
}
