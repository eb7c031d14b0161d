package stillpoint.machine.cpu;

import stillpoint.machine.isa.Assembler;
import stillpoint.machine.l1.CacheGeometry;
import stillpoint.machine.l1.DataCache;
import stillpoint.machine.l1.InstructionCache;

/**
 * A program to measure a core with: a pass over 16 KiB of doublewords that loads each, mixes it
 * with a running value by multiply, shift and exclusive or, calls a leaf function that branches on
 * the result, and stores it back. Some 24 instructions an element, in the proportions of compiled
 * integer code. Both caches are warm.
 */
public final class CoreWorkload {
  /** Doublewords a pass goes over. */
  public static final int ELEMENTS = 2048;

  private static final long CODE = 0xFFFF_FFFF_8010_0000L;
  private static final long DATA = 0xFFFF_FFFF_8011_0000L;
  private static final long PHYSICAL = 0x0010_0000L;

  private static final String SOURCE =
      """
      # s0: first element  s1: running value  s2: passes done  s3: multiplier
              dla   s0, 0xffffffff80110000
              move  s1, zero
              move  s2, zero
              dli   s3, 0x9e3779b97f4a7c15
      pass:   move  t0, s0
              daddiu t1, s0, 0x4000
      element:
              ld    a0, 0(t0)
              dmultu a0, s3
              daddu s1, s1, t0
              mflo  a1
              dsrl  a2, a1, 29
              xor   a1, a1, a2
              jal   mix
              daddu a0, a1, s1
              sd    v0, 0(t0)
              daddu s1, s1, v0
              lw    a3, 4(t0)
              addu  s4, s4, a3
              slt   v1, s4, a3
              beqz  v1, even
              daddiu t0, t0, 8
              xori  s1, s1, 0x5a5a
      even:   bne   t0, t1, element
              drotr s1, s1, 7
              b     pass
              daddiu s2, s2, 1
      mix:    andi  v1, a0, 3
              beqz  v1, fourth
              dsll  a2, a0, 13
              jr    ra
              xor   v0, a0, a2
      fourth: dsubu v0, a2, a0
              jr    ra
              xor   v0, v0, s2
      """;

  private final Core core;
  private final FlatMemory memory;

  public CoreWorkload(boolean bigEndian) {
    CacheGeometry geometry = new CacheGeometry(128, 8, 32);
    core =
        new Core(
            0,
            bigEndian,
            new InstructionCache(geometry, bigEndian),
            new DataCache(geometry, bigEndian),
            CodeWatch.NONE);
    memory = new FlatMemory(PHYSICAL, 0x2_0000, bigEndian);
    memory.putWords(PHYSICAL, Assembler.assemble(SOURCE, CODE));
    for (int i = 0; i < ELEMENTS; i++) {
      memory.putDoubleword((DATA & 0x1FFF_FFFF) + 8L * i, i * 0x0123_4567_89AB_CDEFL);
    }
    core.setPc(CODE);
  }

  /** Executes so many instructions more; the workload never ends and never stops. */
  public void run(long instructions) {
    long until = core.cycle() + instructions;
    Stop stop = memory.run(core, core.cycle(), until);
    if (stop != Stop.REACHED) {
      throw new IllegalStateException("the workload stopped: " + stop + " " + core.trap());
    }
  }

  /** Passes completed, about {@value #ELEMENTS} x 24 instructions each. */
  public long passes() {
    return core.read(18);
  }

  /** The running value, which depends on all that was loaded, computed and stored so far. */
  public long checksum() {
    return core.read(17);
  }

  public long retired() {
    return core.retired();
  }
}
