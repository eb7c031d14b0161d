package stillpoint.machine.cpu;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import stillpoint.machine.cpu.Region.Block;
import stillpoint.machine.cpu.Region.Kind;
import stillpoint.machine.isa.Decoder;
import stillpoint.machine.isa.Instruction;
import stillpoint.machine.l1.InstructionCache;

/**
 * Finds the region of an entry: follows branches, nearest first, over lines that the instruction
 * cache holds, up to a size that the JVM still compiles well. It looks at the cache only, and
 * changes nothing.
 */
final class RegionFinder {
  /**
   * Of all instructions together. Weights are bytes of the JVM's code, about, with what is called
   * put in its place. The JVM's compiler puts in up to 8,000 and calls the rest; from well below
   * that on, more gained nothing.
   */
  private static final int GREATEST_WEIGHT = 4500;

  private static final int WEIGHT = 125;
  private static final int WEIGHT_OF_ACCESS = 370;

  /** Of one block. */
  static final int LONGEST_BLOCK = 40;

  /**
   * What looks at pc or cycle, or may change the mode, translations or the instruction cache; and
   * what does nothing but trap. The interpreter executes them.
   */
  private static final Set<String> NOT_TRANSLATED =
      Set.of(
          "mfc0", "dmfc0", "mtc0", "dmtc0", "di", "ei", "rdpgpr", "wrpgpr", "tlbr", "tlbwi",
          "tlbwr", "tlbp", "eret", "deret", "wait", "rdhwr", "cache", "synci", "syscall", "break",
          "sdbbp");

  private final Core core;
  private final Set<Long> leaders = new LinkedHashSet<>();
  private final Set<Long> lines = new TreeSet<>();
  private final long entry;

  private RegionFinder(Core core, long entry) {
    this.core = core;
    this.entry = entry;
  }

  /** The region that begins at an address, or null if nothing there can be translated. */
  static Region find(Core core, long entry) {
    return new RegionFinder(core, entry).region();
  }

  private Region region() {
    findLeaders();
    if (!leaders.contains(entry)) {
      return null;
    }
    List<Block> blocks = new ArrayList<>();
    for (long leader : leaders) {
      Block block = block(leader, true);
      blocks.add(block);
      for (long at = block.pc(); at < block.end(); at += 4) {
        lines.add(at & ~(long) core.lineMask);
      }
    }
    return new Region(blocks, lines.stream().mapToLong(Long::longValue).toArray());
  }

  private void findLeaders() {
    ArrayDeque<Long> next = new ArrayDeque<>(List.of(entry));
    int weight = 0;
    while (!next.isEmpty()) {
      long pc = next.poll();
      if (leaders.contains(pc)) {
        continue;
      }
      Block block = block(pc, false);
      if (block.length() == 0) {
        continue;
      }
      weight += weight(block);
      if (weight > GREATEST_WEIGHT && !leaders.isEmpty()) {
        return;
      }
      leaders.add(pc);
      if (block.hasTarget()) {
        next.add(block.taken());
      }
      if (block.goesOn()) {
        next.add(block.end());
      }
    }
  }

  private static int weight(Block block) {
    return block.instructions().stream()
        .mapToInt(i -> RegionCode.isAccess(i) ? WEIGHT_OF_ACCESS : WEIGHT)
        .sum();
  }

  /** The block at an address; perhaps empty. */
  private Block block(long pc, boolean untilLeader) {
    List<Instruction> found = new ArrayList<>();
    for (long at = pc; found.size() < LONGEST_BLOCK; at += 4) {
      Instruction instruction = instructionAt(at);
      if (instruction == null || untilLeader && at != pc && leaders.contains(at)) {
        break;
      }
      if (kindOf(instruction) != Kind.NONE) {
        Instruction delaySlot = instructionAt(at + 4);
        if (delaySlot == null || kindOf(delaySlot) != Kind.NONE) {
          break;
        }
        found.add(instruction);
        found.add(delaySlot);
        return ending(pc, found, at, instruction);
      }
      found.add(instruction);
    }
    return new Block(pc, found, Kind.NONE, 0, false);
  }

  private static Block ending(long pc, List<Instruction> found, long at, Instruction branch) {
    Kind kind = kindOf(branch);
    String mnemonic = branch.row().mnemonic();
    boolean call = mnemonic.startsWith("jal") || mnemonic.contains("zal");
    boolean always = mnemonic.equals("beq") && branch.rs() == branch.rt();
    long taken =
        mnemonic.equals("j") || mnemonic.equals("jal")
            ? (at + 4) & ~0x0FFF_FFFFL | (long) branch.index() << 2
            : at + 4 + ((long) branch.imm() << 2);
    return new Block(pc, found, always ? Kind.JUMP : kind, taken, call);
  }

  private static Kind kindOf(Instruction instruction) {
    return switch (instruction.row().mnemonic()) {
      case "beq", "bne", "blez", "bgtz", "bltz", "bgez", "bltzal", "bgezal" -> Kind.CONDITIONAL;
      case "beql", "bnel", "blezl", "bgtzl", "bltzl", "bgezl", "bltzall", "bgezall" -> Kind.LIKELY;
      case "j", "jal" -> Kind.JUMP;
      case "jr", "jalr", "jr.hb", "jalr.hb" -> Kind.INDIRECT;
      default -> Kind.NONE;
    };
  }

  /** Null if it is not in the cache, or not to be translated. */
  private Instruction instructionAt(long address) {
    int slot =
        (address & 3) == 0 && core.fetchedAlike(entry, address)
            ? core.slotFetchedFrom(address)
            : InstructionCache.ABSENT;
    if (slot < 0) {
      return null;
    }
    int word = core.l1i.words(slot)[((int) address & core.lineMask) >> 2];
    Instruction instruction = core.wide ? Decoder.decode(word) : Decoder.decodeNarrow(word);
    boolean translated =
        instruction.row() != null
            && instruction.meaning() == instruction.row().meaning()
            && !NOT_TRANSLATED.contains(instruction.row().mnemonic());
    return translated ? instruction : null;
  }
}
