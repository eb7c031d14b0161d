package stillpoint.machine.isa;

/**
 * The instructions that compiled programs consist of, numbered, so that an interpreter can have a
 * case for each. Its compiler then sees each meaning as a constant and puts it in place; calling
 * meanings through their interface costs twice the time. What they do is still said in one place,
 * the row of {@link InstructionTable}: here are only references to it.
 */
public final class Frequent {
  /** Every other instruction. */
  public static final int NONE = 0;

  public static final int ADDU = 1;
  public static final int SUBU = 2;
  public static final int DADDU = 3;
  public static final int DSUBU = 4;
  public static final int ADDIU = 5;
  public static final int DADDIU = 6;
  public static final int AND = 7;
  public static final int OR = 8;
  public static final int XOR = 9;
  public static final int NOR = 10;
  public static final int ANDI = 11;
  public static final int ORI = 12;
  public static final int XORI = 13;
  public static final int LUI = 14;
  public static final int SLT = 15;
  public static final int SLTU = 16;
  public static final int SLTI = 17;
  public static final int SLTIU = 18;
  public static final int MOVZ = 19;
  public static final int MOVN = 20;
  public static final int SLL = 21;
  public static final int SRL = 22;
  public static final int SRA = 23;
  public static final int ROR = 24;
  public static final int SLLV = 25;
  public static final int SRLV = 26;
  public static final int SRAV = 27;
  public static final int DSLL = 28;
  public static final int DSRL = 29;
  public static final int DSRA = 30;
  public static final int DSLL32 = 31;
  public static final int DSRL32 = 32;
  public static final int DSRA32 = 33;
  public static final int DSLLV = 34;
  public static final int DSRLV = 35;
  public static final int DROR = 36;
  public static final int MULT = 37;
  public static final int MULTU = 38;
  public static final int DMULT = 39;
  public static final int DMULTU = 40;
  public static final int MFLO = 41;
  public static final int MFHI = 42;
  public static final int MUL = 43;
  public static final int EXT = 44;
  public static final int DEXT = 45;
  public static final int INS = 46;
  public static final int SEB = 47;
  public static final int SEH = 48;
  public static final int LB = 49;
  public static final int LBU = 50;
  public static final int LH = 51;
  public static final int LHU = 52;
  public static final int LW = 53;
  public static final int LWU = 54;
  public static final int LD = 55;
  public static final int SB = 56;
  public static final int SH = 57;
  public static final int SW = 58;
  public static final int SD = 59;
  public static final int BEQ = 60;
  public static final int BNE = 61;
  public static final int BLEZ = 62;
  public static final int BGTZ = 63;
  public static final int BLTZ = 64;
  public static final int BGEZ = 65;
  public static final int J = 66;
  public static final int JAL = 67;
  public static final int JR = 68;
  public static final int JALR = 69;

  private Frequent() {}

  /** Number of an instruction, or NONE. */
  static int numberOf(Row row) {
    return switch (row.mnemonic()) {
      case "addu" -> ADDU;
      case "subu" -> SUBU;
      case "daddu" -> DADDU;
      case "dsubu" -> DSUBU;
      case "addiu" -> ADDIU;
      case "daddiu" -> DADDIU;
      case "and" -> AND;
      case "or" -> OR;
      case "xor" -> XOR;
      case "nor" -> NOR;
      case "andi" -> ANDI;
      case "ori" -> ORI;
      case "xori" -> XORI;
      case "lui" -> LUI;
      case "slt" -> SLT;
      case "sltu" -> SLTU;
      case "slti" -> SLTI;
      case "sltiu" -> SLTIU;
      case "movz" -> MOVZ;
      case "movn" -> MOVN;
      case "sll" -> SLL;
      case "srl" -> SRL;
      case "sra" -> SRA;
      case "ror" -> ROR;
      case "sllv" -> SLLV;
      case "srlv" -> SRLV;
      case "srav" -> SRAV;
      case "dsll" -> DSLL;
      case "dsrl" -> DSRL;
      case "dsra" -> DSRA;
      case "dsll32" -> DSLL32;
      case "dsrl32" -> DSRL32;
      case "dsra32" -> DSRA32;
      case "dsllv" -> DSLLV;
      case "dsrlv" -> DSRLV;
      case "dror" -> DROR;
      case "mult" -> MULT;
      case "multu" -> MULTU;
      case "dmult" -> DMULT;
      case "dmultu" -> DMULTU;
      case "mflo" -> MFLO;
      case "mfhi" -> MFHI;
      case "mul" -> MUL;
      case "ext" -> EXT;
      case "dext" -> DEXT;
      case "ins" -> INS;
      case "seb" -> SEB;
      case "seh" -> SEH;
      case "lb" -> LB;
      case "lbu" -> LBU;
      case "lh" -> LH;
      case "lhu" -> LHU;
      case "lw" -> LW;
      case "lwu" -> LWU;
      case "ld" -> LD;
      case "sb" -> SB;
      case "sh" -> SH;
      case "sw" -> SW;
      case "sd" -> SD;
      case "beq" -> BEQ;
      case "bne" -> BNE;
      case "blez" -> BLEZ;
      case "bgtz" -> BGTZ;
      case "bltz" -> BLTZ;
      case "bgez" -> BGEZ;
      case "j" -> J;
      case "jal" -> JAL;
      case "jr" -> JR;
      case "jalr" -> JALR;
      default -> NONE;
    };
  }

  /** The meanings of the numbered instructions. */
  public static final class Meanings {
    public static final Meaning ADDU = of("addu");
    public static final Meaning SUBU = of("subu");
    public static final Meaning DADDU = of("daddu");
    public static final Meaning DSUBU = of("dsubu");
    public static final Meaning ADDIU = of("addiu");
    public static final Meaning DADDIU = of("daddiu");
    public static final Meaning AND = of("and");
    public static final Meaning OR = of("or");
    public static final Meaning XOR = of("xor");
    public static final Meaning NOR = of("nor");
    public static final Meaning ANDI = of("andi");
    public static final Meaning ORI = of("ori");
    public static final Meaning XORI = of("xori");
    public static final Meaning LUI = of("lui");
    public static final Meaning SLT = of("slt");
    public static final Meaning SLTU = of("sltu");
    public static final Meaning SLTI = of("slti");
    public static final Meaning SLTIU = of("sltiu");
    public static final Meaning MOVZ = of("movz");
    public static final Meaning MOVN = of("movn");
    public static final Meaning SLL = of("sll");
    public static final Meaning SRL = of("srl");
    public static final Meaning SRA = of("sra");
    public static final Meaning ROR = of("ror");
    public static final Meaning SLLV = of("sllv");
    public static final Meaning SRLV = of("srlv");
    public static final Meaning SRAV = of("srav");
    public static final Meaning DSLL = of("dsll");
    public static final Meaning DSRL = of("dsrl");
    public static final Meaning DSRA = of("dsra");
    public static final Meaning DSLL32 = of("dsll32");
    public static final Meaning DSRL32 = of("dsrl32");
    public static final Meaning DSRA32 = of("dsra32");
    public static final Meaning DSLLV = of("dsllv");
    public static final Meaning DSRLV = of("dsrlv");
    public static final Meaning DROR = of("dror");
    public static final Meaning MULT = of("mult");
    public static final Meaning MULTU = of("multu");
    public static final Meaning DMULT = of("dmult");
    public static final Meaning DMULTU = of("dmultu");
    public static final Meaning MFLO = of("mflo");
    public static final Meaning MFHI = of("mfhi");
    public static final Meaning MUL = of("mul");
    public static final Meaning EXT = of("ext");
    public static final Meaning DEXT = of("dext");
    public static final Meaning INS = of("ins");
    public static final Meaning SEB = of("seb");
    public static final Meaning SEH = of("seh");
    public static final Meaning LB = of("lb");
    public static final Meaning LBU = of("lbu");
    public static final Meaning LH = of("lh");
    public static final Meaning LHU = of("lhu");
    public static final Meaning LW = of("lw");
    public static final Meaning LWU = of("lwu");
    public static final Meaning LD = of("ld");
    public static final Meaning SB = of("sb");
    public static final Meaning SH = of("sh");
    public static final Meaning SW = of("sw");
    public static final Meaning SD = of("sd");
    public static final Meaning BEQ = of("beq");
    public static final Meaning BNE = of("bne");
    public static final Meaning BLEZ = of("blez");
    public static final Meaning BGTZ = of("bgtz");
    public static final Meaning BLTZ = of("bltz");
    public static final Meaning BGEZ = of("bgez");
    public static final Meaning J = of("j");
    public static final Meaning JAL = of("jal");
    public static final Meaning JR = of("jr");
    public static final Meaning JALR = of("jalr");

    private Meanings() {}

    private static Meaning of(String mnemonic) {
      for (Row row : InstructionTable.ROWS) {
        if (row.mnemonic().equals(mnemonic)) {
          return row.meaning();
        }
      }
      throw new IllegalArgumentException("no row is called " + mnemonic);
    }
  }
}
