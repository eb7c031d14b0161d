package stillpoint.machine.isa;

import static java.lang.Long.compareUnsigned;
import static java.lang.Math.multiplyHigh;
import static java.lang.Math.unsignedMultiplyHigh;
import static stillpoint.machine.isa.Outcome.RETIRED;
import static stillpoint.machine.isa.Row.row;

import java.util.List;

/**
 * The integer instructions of MIPS64 Release 2 (MIPS Architecture for Programmers, volume II). To
 * add one: one row here, one program in the tests. Nothing else: the row decodes, disassembles,
 * assembles and executes.
 *
 * <p>Words of absent coprocessors are no rows; {@link Decoder} knows them by opcode. Lines are as
 * long as they must be.
 */
public final class InstructionTable {
  private static final boolean SIGNED = true;
  private static final boolean UNSIGNED = false;

  private InstructionTable() {}

  // spotless:off
  /** All rows, in the manual's order of topics. */
  public static final List<Row> ROWS =
      List.of(
          // mnemonic, operands, pattern: opcode, fields, function; meaning
          // Addition and subtraction. The trapping forms leave rd as it was.
          row("add",     "rd, rs, rt",           "000000 sssss ttttt ddddd 00000 100000",     (c, f) -> c.writeIfWord(f.rd(), (long) c.word(f.rs()) + c.word(f.rt()))),
          row("addu",    "rd, rs, rt",           "000000 sssss ttttt ddddd 00000 100001",     (c, f) -> c.write(f.rd(), c.word(f.rs()) + c.word(f.rt()))),
          row("sub",     "rd, rs, rt",           "000000 sssss ttttt ddddd 00000 100010",     (c, f) -> c.writeIfWord(f.rd(), (long) c.word(f.rs()) - c.word(f.rt()))),
          row("subu",    "rd, rs, rt",           "000000 sssss ttttt ddddd 00000 100011",     (c, f) -> c.write(f.rd(), c.word(f.rs()) - c.word(f.rt()))),
          row("dadd",    "rd, rs, rt",           "000000 sssss ttttt ddddd 00000 101100",     (c, f) -> c.addTrapping(f.rd(), c.read(f.rs()), c.read(f.rt()))),
          row("daddu",   "rd, rs, rt",           "000000 sssss ttttt ddddd 00000 101101",     (c, f) -> c.write(f.rd(), c.read(f.rs()) + c.read(f.rt()))),
          row("dsub",    "rd, rs, rt",           "000000 sssss ttttt ddddd 00000 101110",     (c, f) -> c.subtractTrapping(f.rd(), c.read(f.rs()), c.read(f.rt()))),
          row("dsubu",   "rd, rs, rt",           "000000 sssss ttttt ddddd 00000 101111",     (c, f) -> c.write(f.rd(), c.read(f.rs()) - c.read(f.rt()))),
          row("addi",    "rt, rs, imm",          "001000 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.writeIfWord(f.rt(), (long) c.word(f.rs()) + f.imm())),
          row("addiu",   "rt, rs, imm",          "001001 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.write(f.rt(), c.word(f.rs()) + f.imm())),
          row("daddi",   "rt, rs, imm",          "011000 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.addTrapping(f.rt(), c.read(f.rs()), f.imm())),
          row("daddiu",  "rt, rs, imm",          "011001 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.write(f.rt(), c.read(f.rs()) + f.imm())),

          // Logic and comparison.
          row("and",     "rd, rs, rt",           "000000 sssss ttttt ddddd 00000 100100",     (c, f) -> c.write(f.rd(), c.read(f.rs()) & c.read(f.rt()))),
          row("or",      "rd, rs, rt",           "000000 sssss ttttt ddddd 00000 100101",     (c, f) -> c.write(f.rd(), c.read(f.rs()) | c.read(f.rt()))),
          row("xor",     "rd, rs, rt",           "000000 sssss ttttt ddddd 00000 100110",     (c, f) -> c.write(f.rd(), c.read(f.rs()) ^ c.read(f.rt()))),
          row("nor",     "rd, rs, rt",           "000000 sssss ttttt ddddd 00000 100111",     (c, f) -> c.write(f.rd(), ~(c.read(f.rs()) | c.read(f.rt())))),
          row("andi",    "rt, rs, uimm",         "001100 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.write(f.rt(), c.read(f.rs()) & f.uimm())),
          row("ori",     "rt, rs, uimm",         "001101 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.write(f.rt(), c.read(f.rs()) | f.uimm())),
          row("xori",    "rt, rs, uimm",         "001110 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.write(f.rt(), c.read(f.rs()) ^ f.uimm())),
          row("lui",     "rt, uimm",             "001111 00000 ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.write(f.rt(), f.imm() << 16)),
          row("slt",     "rd, rs, rt",           "000000 sssss ttttt ddddd 00000 101010",     (c, f) -> c.writeFlag(f.rd(), c.read(f.rs()) < c.read(f.rt()))),
          row("sltu",    "rd, rs, rt",           "000000 sssss ttttt ddddd 00000 101011",     (c, f) -> c.writeFlag(f.rd(), compareUnsigned(c.read(f.rs()), c.read(f.rt())) < 0)),
          row("slti",    "rt, rs, imm",          "001010 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.writeFlag(f.rt(), c.read(f.rs()) < f.imm())),
          row("sltiu",   "rt, rs, imm",          "001011 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.writeFlag(f.rt(), compareUnsigned(c.read(f.rs()), f.imm()) < 0)),
          row("movz",    "rd, rs, rt",           "000000 sssss ttttt ddddd 00000 001010",     (c, f) -> c.writeIf(c.read(f.rt()) == 0, f.rd(), c.read(f.rs()))),
          row("movn",    "rd, rs, rt",           "000000 sssss ttttt ddddd 00000 001011",     (c, f) -> c.writeIf(c.read(f.rt()) != 0, f.rd(), c.read(f.rs()))),

          // Shifts and rotations. Java, as MIPS, uses the low 5 or 6 bits of the amount.
          row("sll",     "rd, rt, sa",           "000000 00000 ttttt ddddd aaaaa 000000",     (c, f) -> c.write(f.rd(), c.word(f.rt()) << f.sa())),
          row("srl",     "rd, rt, sa",           "000000 00000 ttttt ddddd aaaaa 000010",     (c, f) -> c.write(f.rd(), c.word(f.rt()) >>> f.sa())),
          row("sra",     "rd, rt, sa",           "000000 00000 ttttt ddddd aaaaa 000011",     (c, f) -> c.write(f.rd(), c.word(f.rt()) >> f.sa())),
          row("ror",     "rd, rt, sa",           "000000 00001 ttttt ddddd aaaaa 000010",     (c, f) -> c.write(f.rd(), Integer.rotateRight(c.word(f.rt()), f.sa()))),
          row("sllv",    "rd, rt, rs",           "000000 sssss ttttt ddddd 00000 000100",     (c, f) -> c.write(f.rd(), c.word(f.rt()) << c.word(f.rs()))),
          row("srlv",    "rd, rt, rs",           "000000 sssss ttttt ddddd 00000 000110",     (c, f) -> c.write(f.rd(), c.word(f.rt()) >>> c.word(f.rs()))),
          row("srav",    "rd, rt, rs",           "000000 sssss ttttt ddddd 00000 000111",     (c, f) -> c.write(f.rd(), c.word(f.rt()) >> c.word(f.rs()))),
          row("rorv",    "rd, rt, rs",           "000000 sssss ttttt ddddd 00001 000110",     (c, f) -> c.write(f.rd(), Integer.rotateRight(c.word(f.rt()), c.word(f.rs())))),
          row("dsll",    "rd, rt, sa",           "000000 00000 ttttt ddddd aaaaa 111000",     (c, f) -> c.write(f.rd(), c.read(f.rt()) << f.sa())),
          row("dsrl",    "rd, rt, sa",           "000000 00000 ttttt ddddd aaaaa 111010",     (c, f) -> c.write(f.rd(), c.read(f.rt()) >>> f.sa())),
          row("dsra",    "rd, rt, sa",           "000000 00000 ttttt ddddd aaaaa 111011",     (c, f) -> c.write(f.rd(), c.read(f.rt()) >> f.sa())),
          row("dror",    "rd, rt, sa",           "000000 00001 ttttt ddddd aaaaa 111010",     (c, f) -> c.write(f.rd(), Long.rotateRight(c.read(f.rt()), f.sa()))),
          row("dsll32",  "rd, rt, sa",           "000000 00000 ttttt ddddd aaaaa 111100",     (c, f) -> c.write(f.rd(), c.read(f.rt()) << f.sa() + 32)),
          row("dsrl32",  "rd, rt, sa",           "000000 00000 ttttt ddddd aaaaa 111110",     (c, f) -> c.write(f.rd(), c.read(f.rt()) >>> f.sa() + 32)),
          row("dsra32",  "rd, rt, sa",           "000000 00000 ttttt ddddd aaaaa 111111",     (c, f) -> c.write(f.rd(), c.read(f.rt()) >> f.sa() + 32)),
          row("dror32",  "rd, rt, sa",           "000000 00001 ttttt ddddd aaaaa 111110",     (c, f) -> c.write(f.rd(), Long.rotateRight(c.read(f.rt()), f.sa() + 32))),
          row("dsllv",   "rd, rt, rs",           "000000 sssss ttttt ddddd 00000 010100",     (c, f) -> c.write(f.rd(), c.read(f.rt()) << c.word(f.rs()))),
          row("dsrlv",   "rd, rt, rs",           "000000 sssss ttttt ddddd 00000 010110",     (c, f) -> c.write(f.rd(), c.read(f.rt()) >>> c.word(f.rs()))),
          row("dsrav",   "rd, rt, rs",           "000000 sssss ttttt ddddd 00000 010111",     (c, f) -> c.write(f.rd(), c.read(f.rt()) >> c.word(f.rs()))),
          row("drorv",   "rd, rt, rs",           "000000 sssss ttttt ddddd 00001 010110",     (c, f) -> c.write(f.rd(), Long.rotateRight(c.read(f.rt()), c.word(f.rs())))),

          // Multiplication and division. mul leaves HI and LO alone (UNPREDICTABLE in the manual).
          row("mult",    "rs, rt",               "000000 sssss ttttt 00000 00000 011000",     (c, f) -> c.setHiLoWords((long) c.word(f.rs()) * c.word(f.rt()))),
          row("multu",   "rs, rt",               "000000 sssss ttttt 00000 00000 011001",     (c, f) -> c.setHiLoWords(c.unsignedWord(f.rs()) * c.unsignedWord(f.rt()))),
          row("div",     "rs, rt",               "000000 sssss ttttt 00000 00000 011010",     (c, f) -> c.divideWords(c.word(f.rs()), c.word(f.rt()))),
          row("divu",    "rs, rt",               "000000 sssss ttttt 00000 00000 011011",     (c, f) -> c.divideWordsUnsigned(c.word(f.rs()), c.word(f.rt()))),
          row("dmult",   "rs, rt",               "000000 sssss ttttt 00000 00000 011100",     (c, f) -> c.setHiLo(multiplyHigh(c.read(f.rs()), c.read(f.rt())), c.read(f.rs()) * c.read(f.rt()))),
          row("dmultu",  "rs, rt",               "000000 sssss ttttt 00000 00000 011101",     (c, f) -> c.setHiLo(unsignedMultiplyHigh(c.read(f.rs()), c.read(f.rt())), c.read(f.rs()) * c.read(f.rt()))),
          row("ddiv",    "rs, rt",               "000000 sssss ttttt 00000 00000 011110",     (c, f) -> c.divide(c.read(f.rs()), c.read(f.rt()))),
          row("ddivu",   "rs, rt",               "000000 sssss ttttt 00000 00000 011111",     (c, f) -> c.divideUnsigned(c.read(f.rs()), c.read(f.rt()))),
          row("madd",    "rs, rt",               "011100 sssss ttttt 00000 00000 000000",     (c, f) -> c.setHiLoWords(c.hiLoWords() + (long) c.word(f.rs()) * c.word(f.rt()))),
          row("maddu",   "rs, rt",               "011100 sssss ttttt 00000 00000 000001",     (c, f) -> c.setHiLoWords(c.hiLoWords() + c.unsignedWord(f.rs()) * c.unsignedWord(f.rt()))),
          row("msub",    "rs, rt",               "011100 sssss ttttt 00000 00000 000100",     (c, f) -> c.setHiLoWords(c.hiLoWords() - (long) c.word(f.rs()) * c.word(f.rt()))),
          row("msubu",   "rs, rt",               "011100 sssss ttttt 00000 00000 000101",     (c, f) -> c.setHiLoWords(c.hiLoWords() - c.unsignedWord(f.rs()) * c.unsignedWord(f.rt()))),
          row("mul",     "rd, rs, rt",           "011100 sssss ttttt ddddd 00000 000010",     (c, f) -> c.write(f.rd(), c.word(f.rs()) * c.word(f.rt()))),
          row("mfhi",    "rd",                   "000000 00000 00000 ddddd 00000 010000",     (c, f) -> c.write(f.rd(), c.hi())),
          row("mthi",    "rs",                   "000000 sssss 00000 00000 00000 010001",     (c, f) -> c.setHi(c.read(f.rs()))),
          row("mflo",    "rd",                   "000000 00000 00000 ddddd 00000 010010",     (c, f) -> c.write(f.rd(), c.lo())),
          row("mtlo",    "rs",                   "000000 sssss 00000 00000 00000 010011",     (c, f) -> c.setLo(c.read(f.rs()))),

          // Counting and rearranging bits. The counts want their destination in two fields; words
          // where they differ are reserved.
          row("clz",     "rd, rs",               "011100 sssss ddddd ddddd 00000 100000",     (c, f) -> c.write(f.rd(), Integer.numberOfLeadingZeros(c.word(f.rs())))),
          row("clo",     "rd, rs",               "011100 sssss ddddd ddddd 00000 100001",     (c, f) -> c.write(f.rd(), Integer.numberOfLeadingZeros(~c.word(f.rs())))),
          row("dclz",    "rd, rs",               "011100 sssss ddddd ddddd 00000 100100",     (c, f) -> c.write(f.rd(), Long.numberOfLeadingZeros(c.read(f.rs())))),
          row("dclo",    "rd, rs",               "011100 sssss ddddd ddddd 00000 100101",     (c, f) -> c.write(f.rd(), Long.numberOfLeadingZeros(~c.read(f.rs())))),
          row("ext",     "rt, rs, pos, size",    "011111 sssss ttttt ddddd aaaaa 000000",     (c, f) -> c.write(f.rt(), (int) extract(c.unsignedWord(f.rs()), f.sa(), f.rd()))),
          row("dext",    "rt, rs, pos, size",    "011111 sssss ttttt ddddd aaaaa 000011",     (c, f) -> c.write(f.rt(), extract(c.read(f.rs()), f.sa(), f.rd()))),
          row("dextm",   "rt, rs, pos, size+32", "011111 sssss ttttt ddddd aaaaa 000001",     (c, f) -> c.write(f.rt(), extract(c.read(f.rs()), f.sa(), f.rd() + 32))),
          row("dextu",   "rt, rs, pos+32, size", "011111 sssss ttttt ddddd aaaaa 000010",     (c, f) -> c.write(f.rt(), extract(c.read(f.rs()), f.sa() + 32, f.rd()))),
          row("ins",     "rt, rs, pos, msb",     "011111 sssss ttttt ddddd aaaaa 000100",     (c, f) -> c.write(f.rt(), (int) insert(c.read(f.rt()), c.read(f.rs()), f.sa(), f.rd()))),
          row("dins",    "rt, rs, pos, msb",     "011111 sssss ttttt ddddd aaaaa 000111",     (c, f) -> c.write(f.rt(), insert(c.read(f.rt()), c.read(f.rs()), f.sa(), f.rd()))),
          row("dinsm",   "rt, rs, pos, msb+32",  "011111 sssss ttttt ddddd aaaaa 000101",     (c, f) -> c.write(f.rt(), insert(c.read(f.rt()), c.read(f.rs()), f.sa(), f.rd() + 32))),
          row("dinsu",   "rt, rs, pos+32, msb",  "011111 sssss ttttt ddddd aaaaa 000110",     (c, f) -> c.write(f.rt(), insert(c.read(f.rt()), c.read(f.rs()), f.sa() + 32, f.rd() + 32))),
          row("wsbh",    "rd, rt",               "011111 00000 ttttt ddddd 00010 100000",     (c, f) -> c.write(f.rd(), (int) swapBytesInHalves(c.word(f.rt())))),
          row("dsbh",    "rd, rt",               "011111 00000 ttttt ddddd 00010 100100",     (c, f) -> c.write(f.rd(), swapBytesInHalves(c.read(f.rt())))),
          row("dshd",    "rd, rt",               "011111 00000 ttttt ddddd 00101 100100",     (c, f) -> c.write(f.rd(), Long.reverseBytes(swapBytesInHalves(c.read(f.rt()))))),
          row("seb",     "rd, rt",               "011111 00000 ttttt ddddd 10000 100000",     (c, f) -> c.write(f.rd(), (byte) c.word(f.rt()))),
          row("seh",     "rd, rt",               "011111 00000 ttttt ddddd 11000 100000",     (c, f) -> c.write(f.rd(), (short) c.word(f.rt()))),

          // Branches and jumps, each with a delay slot. A branch in a delay slot is UNPREDICTABLE;
          // here it simply takes over.
          row("beq",     "rs, rt, off",          "000100 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.branchIf(c.read(f.rs()) == c.read(f.rt()), f)),
          row("bne",     "rs, rt, off",          "000101 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.branchIf(c.read(f.rs()) != c.read(f.rt()), f)),
          row("blez",    "rs, off",              "000110 sssss 00000 iiiiiiiiiiiiiiii",       (c, f) -> c.branchIf(c.read(f.rs()) <= 0, f)),
          row("bgtz",    "rs, off",              "000111 sssss 00000 iiiiiiiiiiiiiiii",       (c, f) -> c.branchIf(c.read(f.rs()) > 0, f)),
          row("bltz",    "rs, off",              "000001 sssss 00000 iiiiiiiiiiiiiiii",       (c, f) -> c.branchIf(c.read(f.rs()) < 0, f)),
          row("bgez",    "rs, off",              "000001 sssss 00001 iiiiiiiiiiiiiiii",       (c, f) -> c.branchIf(c.read(f.rs()) >= 0, f)),
          row("beql",    "rs, rt, off",          "010100 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.branchLikelyIf(c.read(f.rs()) == c.read(f.rt()), f)),
          row("bnel",    "rs, rt, off",          "010101 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.branchLikelyIf(c.read(f.rs()) != c.read(f.rt()), f)),
          row("blezl",   "rs, off",              "010110 sssss 00000 iiiiiiiiiiiiiiii",       (c, f) -> c.branchLikelyIf(c.read(f.rs()) <= 0, f)),
          row("bgtzl",   "rs, off",              "010111 sssss 00000 iiiiiiiiiiiiiiii",       (c, f) -> c.branchLikelyIf(c.read(f.rs()) > 0, f)),
          row("bltzl",   "rs, off",              "000001 sssss 00010 iiiiiiiiiiiiiiii",       (c, f) -> c.branchLikelyIf(c.read(f.rs()) < 0, f)),
          row("bgezl",   "rs, off",              "000001 sssss 00011 iiiiiiiiiiiiiiii",       (c, f) -> c.branchLikelyIf(c.read(f.rs()) >= 0, f)),
          row("bltzal",  "rs, off",              "000001 sssss 10000 iiiiiiiiiiiiiiii",       (c, f) -> c.linkAndBranchIf(c.read(f.rs()) < 0, f)),
          row("bgezal",  "rs, off",              "000001 sssss 10001 iiiiiiiiiiiiiiii",       (c, f) -> c.linkAndBranchIf(c.read(f.rs()) >= 0, f)),
          row("bltzall", "rs, off",              "000001 sssss 10010 iiiiiiiiiiiiiiii",       (c, f) -> c.linkAndBranchLikelyIf(c.read(f.rs()) < 0, f)),
          row("bgezall", "rs, off",              "000001 sssss 10011 iiiiiiiiiiiiiiii",       (c, f) -> c.linkAndBranchLikelyIf(c.read(f.rs()) >= 0, f)),
          row("j",       "target",               "000010 jjjjjjjjjjjjjjjjjjjjjjjjjj",         (c, f) -> c.jump(c.region(f))),
          row("jal",     "target",               "000011 jjjjjjjjjjjjjjjjjjjjjjjjjj",         (c, f) -> c.jumpAndLink(Processor.RA, c.region(f))),
          row("jr",      "rs",                   "000000 sssss 00000 00000 00000 001000",     (c, f) -> c.jump(c.read(f.rs()))),
          row("jalr",    "link, rs",             "000000 sssss 00000 ddddd 00000 001001",     (c, f) -> c.jumpAndLink(f.rd(), c.read(f.rs()))),
          row("jr.hb",   "rs",                   "000000 sssss 00000 00000 10000 001000",     (c, f) -> c.jump(c.read(f.rs()))),
          row("jalr.hb", "link, rs",             "000000 sssss 00000 ddddd 10000 001001",     (c, f) -> c.jumpAndLink(f.rd(), c.read(f.rs()))),

          // Loads and stores.
          row("lb",      "rt, off(rs)",          "100000 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.load(f, 1, SIGNED)),
          row("lbu",     "rt, off(rs)",          "100100 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.load(f, 1, UNSIGNED)),
          row("lh",      "rt, off(rs)",          "100001 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.load(f, 2, SIGNED)),
          row("lhu",     "rt, off(rs)",          "100101 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.load(f, 2, UNSIGNED)),
          row("lw",      "rt, off(rs)",          "100011 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.load(f, 4, SIGNED)),
          row("lwu",     "rt, off(rs)",          "100111 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.load(f, 4, UNSIGNED)),
          row("ld",      "rt, off(rs)",          "110111 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.load(f, 8, SIGNED)),
          row("sb",      "rt, off(rs)",          "101000 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.store(f, 1)),
          row("sh",      "rt, off(rs)",          "101001 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.store(f, 2)),
          row("sw",      "rt, off(rs)",          "101011 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.store(f, 4)),
          row("sd",      "rt, off(rs)",          "111111 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.store(f, 8)),
          row("lwl",     "rt, off(rs)",          "100010 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.loadLeft(f, 4)),
          row("lwr",     "rt, off(rs)",          "100110 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.loadRight(f, 4)),
          row("ldl",     "rt, off(rs)",          "011010 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.loadLeft(f, 8)),
          row("ldr",     "rt, off(rs)",          "011011 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.loadRight(f, 8)),
          row("swl",     "rt, off(rs)",          "101010 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.storeLeft(f, 4)),
          row("swr",     "rt, off(rs)",          "101110 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.storeRight(f, 4)),
          row("sdl",     "rt, off(rs)",          "101100 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.storeLeft(f, 8)),
          row("sdr",     "rt, off(rs)",          "101101 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.storeRight(f, 8)),
          row("ll",      "rt, off(rs)",          "110000 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.loadLinked(f, 4)),
          row("lld",     "rt, off(rs)",          "110100 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.loadLinked(f, 8)),
          row("sc",      "rt, off(rs)",          "111000 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.storeConditional(f, 4)),
          row("scd",     "rt, off(rs)",          "111100 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.storeConditional(f, 8)),
          row("pref",    "op, off(rs)",          "110011 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> RETIRED),
          row("cache",   "op, off(rs)",          "101111 sssss ttttt iiiiiiiiiiiiiiii",       (c, f) -> c.cacheOperation(f)),
          row("synci",   "off(rs)",              "000001 sssss 11111 iiiiiiiiiiiiiiii",       (c, f) -> c.synchronizeCaches(f)),

          // sync: whatever its stype, earlier stores are in the cache before the next instruction.
          row("sync",    "stype",                "000000 00000 00000 00000 aaaaa 001111",     (c, f) -> c.synchronizeMemory()),

          // Traps.
          row("tge",     "rs, rt, code",         "000000 sssss ttttt cccccccccc 110000",      (c, f) -> c.trapIf(c.read(f.rs()) >= c.read(f.rt()), f)),
          row("tgeu",    "rs, rt, code",         "000000 sssss ttttt cccccccccc 110001",      (c, f) -> c.trapIf(compareUnsigned(c.read(f.rs()), c.read(f.rt())) >= 0, f)),
          row("tlt",     "rs, rt, code",         "000000 sssss ttttt cccccccccc 110010",      (c, f) -> c.trapIf(c.read(f.rs()) < c.read(f.rt()), f)),
          row("tltu",    "rs, rt, code",         "000000 sssss ttttt cccccccccc 110011",      (c, f) -> c.trapIf(compareUnsigned(c.read(f.rs()), c.read(f.rt())) < 0, f)),
          row("teq",     "rs, rt, code",         "000000 sssss ttttt cccccccccc 110100",      (c, f) -> c.trapIf(c.read(f.rs()) == c.read(f.rt()), f)),
          row("tne",     "rs, rt, code",         "000000 sssss ttttt cccccccccc 110110",      (c, f) -> c.trapIf(c.read(f.rs()) != c.read(f.rt()), f)),
          row("tgei",    "rs, imm",              "000001 sssss 01000 iiiiiiiiiiiiiiii",       (c, f) -> c.trapIf(c.read(f.rs()) >= f.imm(), f)),
          row("tgeiu",   "rs, imm",              "000001 sssss 01001 iiiiiiiiiiiiiiii",       (c, f) -> c.trapIf(compareUnsigned(c.read(f.rs()), f.imm()) >= 0, f)),
          row("tlti",    "rs, imm",              "000001 sssss 01010 iiiiiiiiiiiiiiii",       (c, f) -> c.trapIf(c.read(f.rs()) < f.imm(), f)),
          row("tltiu",   "rs, imm",              "000001 sssss 01011 iiiiiiiiiiiiiiii",       (c, f) -> c.trapIf(compareUnsigned(c.read(f.rs()), f.imm()) < 0, f)),
          row("teqi",    "rs, imm",              "000001 sssss 01100 iiiiiiiiiiiiiiii",       (c, f) -> c.trapIf(c.read(f.rs()) == f.imm(), f)),
          row("tnei",    "rs, imm",              "000001 sssss 01110 iiiiiiiiiiiiiiii",       (c, f) -> c.trapIf(c.read(f.rs()) != f.imm(), f)),
          row("syscall", "code",                 "000000 cccccccccccccccccccc 001100",        (c, f) -> c.raise(ExcCode.Sys, f.code())),
          row("break",   "break",                "000000 cccccccccccccccccccc 001101",        (c, f) -> c.raise(ExcCode.Bp, f.code())),

          // There is no EJTAG: a debug breakpoint is reserved, and so is the return from one.
          row("sdbbp",   "code",                 "011100 cccccccccccccccccccc 111111",        (c, f) -> c.raise(ExcCode.RI)),

          // Coprocessor 0 and the hardware registers.
          row("mfc0",    "rt, c0",               "010000 00000 ttttt ddddd 00000000 lll",     (c, f) -> c.moveFromCp0(f, false)),
          row("dmfc0",   "rt, c0",               "010000 00001 ttttt ddddd 00000000 lll",     (c, f) -> c.moveFromCp0(f, true)),
          row("mtc0",    "rt, c0",               "010000 00100 ttttt ddddd 00000000 lll",     (c, f) -> c.moveToCp0(f)),
          row("dmtc0",   "rt, c0",               "010000 00101 ttttt ddddd 00000000 lll",     (c, f) -> c.moveToCp0(f)),
          row("di",      "old",                  "010000 01011 ttttt 01100 00000 000000",     (c, f) -> c.setInterruptEnable(f, false)),
          row("ei",      "old",                  "010000 01011 ttttt 01100 00000 100000",     (c, f) -> c.setInterruptEnable(f, true)),
          row("rdpgpr",  "rd, rt",               "010000 01010 ttttt ddddd 00000 000000",     (c, f) -> c.moveBetweenShadows(f)),
          row("wrpgpr",  "rd, rt",               "010000 01110 ttttt ddddd 00000 000000",     (c, f) -> c.moveBetweenShadows(f)),
          row("tlbr",    "",                     "010000 1 0000000000000000000 000001",       (c, f) -> c.tlbRead()),
          row("tlbwi",   "",                     "010000 1 0000000000000000000 000010",       (c, f) -> c.tlbWriteIndexed()),
          row("tlbwr",   "",                     "010000 1 0000000000000000000 000110",       (c, f) -> c.tlbWriteRandom()),
          row("tlbp",    "",                     "010000 1 0000000000000000000 001000",       (c, f) -> c.tlbProbe()),
          row("eret",    "",                     "010000 1 0000000000000000000 011000",       (c, f) -> c.exceptionReturn()),
          row("deret",   "",                     "010000 1 0000000000000000000 011111",       (c, f) -> c.debugReturn()),
          row("wait",    "code",                 "010000 1 ccccccccccccccccccc 100000",       (c, f) -> c.waitForInterrupt()),
          row("rdhwr",   "rt, hwr",              "011111 00000 ttttt ddddd 00000 111011",     (c, f) -> c.readHardwareRegister(f)));
  // spotless:on

  /** Bits {@code lsb + msbd .. lsb}; what lies beyond bit 63 (UNPREDICTABLE) reads as 0. */
  private static long extract(long from, int lsb, int msbd) {
    return from >>> lsb & -1L >>> 63 - msbd;
  }

  /** {@code into} with bits {@code msb .. lsb} replaced; unchanged if msb < lsb (UNPREDICTABLE). */
  private static long insert(long into, long from, int lsb, int msb) {
    if (msb < lsb) {
      return into;
    }
    long mask = -1L >>> 63 - (msb - lsb) << lsb;
    return into & ~mask | from << lsb & mask;
  }

  private static long swapBytesInHalves(long value) {
    return (value & 0x00FF_00FF_00FF_00FFL) << 8 | value >>> 8 & 0x00FF_00FF_00FF_00FFL;
  }
}
