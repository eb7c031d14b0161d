package stillpoint.machine.elf;

import java.util.List;
import java.util.Locale;

/**
 * Reads MIPS executables: ELF32 and ELF64, either byte order, linked at fixed addresses. Nothing in
 * the file is believed: every number is checked before it is used, and whatever the bytes are, the
 * outcome is an {@link ElfImage} or an {@link ElfFormatException}. Memory used is bounded by a
 * small multiple of the file's size.
 *
 * <p>Field names and values: System V ABI, chapters 4 and 5, and its MIPS supplement.
 */
public final class ElfReader {
  private static final int IDENT_BYTES = 16;
  private static final int ET_EXEC = 2;
  private static final int EM_MIPS = 8;
  private static final int EF_MIPS_MICROMIPS = 0x0200_0000;

  /**
   * Highest EF_MIPS_ARCH, bits 31..28 of e_flags, before Release 6, which encodes instructions
   * anew.
   */
  private static final int ARCH_MIPS64_R2 = 8;

  private static final int SHOWN_BYTES = 12;

  private ElfReader() {}

  /**
   * @param name the file as the user named it, for messages
   * @param file its bytes
   */
  public static ElfImage read(String name, byte[] file) throws ElfFormatException {
    return read(name, file, true);
  }

  /** As {@link #read}, for somebody who starts elsewhere: whatever the entry is, it is accepted. */
  public static ElfImage readPieces(String name, byte[] file) throws ElfFormatException {
    return read(name, file, false);
  }

  private static ElfImage read(String name, byte[] file, boolean entryMatters)
      throws ElfFormatException {
    ElfBytes elf = identified(name, file);
    boolean wide = elf.is64Bit();
    elf.require("the ELF header", 0, wide ? 64 : 52);
    checkKind(elf);
    int afterAddresses = wide ? 48 : 36;
    checkFlags(elf, elf.word(afterAddresses));
    expect(elf, "the ELF header's size (e_ehsize)", elf.half(afterAddresses + 4), wide ? 64 : 52);
    List<ElfImage.Segment> segments =
        ElfSegments.read(
            elf,
            elf.natural(wide ? 32 : 28),
            elf.half(afterAddresses + 6),
            elf.half(afterAddresses + 8));
    long entry = elf.address(24);
    if (entryMatters) {
      checkEntry(elf, entry, segments);
    }
    List<ElfImage.Symbol> symbols =
        ElfSymbols.read(
            elf,
            elf.natural(wide ? 40 : 32),
            elf.half(afterAddresses + 10),
            elf.half(afterAddresses + 12));
    return new ElfImage(elf.bigEndian(), wide, entry, segments, symbols);
  }

  /**
   * The code of a file that {@link #read} accepts, as its section headers say; without section
   * headers, its executable segments.
   */
  public static List<ElfSection> codeSections(String name, byte[] file) throws ElfFormatException {
    ElfImage image = read(name, file);
    ElfBytes elf = identified(name, file);
    int tail = elf.is64Bit() ? 58 : 46;
    List<ElfSection> sections =
        ElfSections.code(
            elf,
            elf.natural(elf.is64Bit() ? 40 : 32),
            elf.half(tail),
            elf.half(tail + 2),
            elf.half(tail + 4));
    if (!sections.isEmpty()) {
      return sections;
    }
    return image.segments().stream()
        .filter(ElfImage.Segment::executable)
        .map(segment -> new ElfSection("", segment.virtualAddress(), segment.content()))
        .toList();
  }

  /** Checks e_ident, which says how to read all the rest. */
  private static ElfBytes identified(String name, byte[] file) throws ElfFormatException {
    if (file.length == 0) {
      throw new ElfFormatException(name, "empty file; expected a MIPS executable built for mips64");
    }
    byte[] magic = {0x7F, 'E', 'L', 'F'};
    for (int i = 0; i < Math.min(magic.length, file.length); i++) {
      if (file[i] != magic[i]) {
        throw new ElfFormatException(
            name,
            "not an ELF file (starts with "
                + opening(file)
                + "); expected a MIPS executable built for mips64");
      }
    }
    ElfBytes ident = new ElfBytes(name, file, true, true);
    ident.require("the ELF identification", 0, IDENT_BYTES);
    int width = ident.byteAt(4);
    int order = ident.byteAt(5);
    if (width != 1 && width != 2) {
      throw ident.refuse("ELF class " + width + " is neither 32-bit (1) nor 64-bit (2)");
    }
    if (order != 1 && order != 2) {
      throw ident.refuse(
          "ELF data encoding " + order + " is neither little-endian (1) nor big-endian (2)");
    }
    expect(ident, "the ELF version (EI_VERSION)", ident.byteAt(6), 1);
    return new ElfBytes(name, file, order == 2, width == 2);
  }

  private static void checkKind(ElfBytes elf) throws ElfFormatException {
    int machine = elf.half(18);
    if (machine != EM_MIPS) {
      throw elf.refuse(
          "is for "
              + machineName(machine)
              + " (machine "
              + machine
              + "), not MIPS ("
              + EM_MIPS
              + "); build it with a mips64 compiler");
    }
    int type = elf.half(16);
    if (type != ET_EXEC) {
      throw elf.refuse(
          switch (type) {
            case 1 ->
                "is a relocatable object (type 1), not an executable (2); link it at a fixed"
                    + " address";
            case 3 ->
                "is a shared or position-independent object (type 3), not an executable (2); "
                    + "link it with -static -no-pie at a fixed address";
            case 4 -> "is a core dump (type 4), not an executable (2)";
            default -> "has ELF type " + type + ", not executable (2)";
          });
    }
    expect(elf, "the ELF version (e_version)", elf.unsignedWord(20), 1);
  }

  private static void checkFlags(ElfBytes elf, int flags) throws ElfFormatException {
    int arch = flags >>> 28;
    if (arch > ARCH_MIPS64_R2 || (flags & EF_MIPS_MICROMIPS) != 0) {
      throw elf.refuse(
          String.format(
              Locale.ROOT,
              "is built for %s (e_flags 0x%08x), which this machine does not execute; "
                  + "compile it with -march=mips64r2",
              arch > ARCH_MIPS64_R2
                  ? "MIPS architecture level " + arch + ", Release 6 or later"
                  : "microMIPS",
              flags));
    }
  }

  private static void checkEntry(ElfBytes elf, long entry, List<ElfImage.Segment> segments)
      throws ElfFormatException {
    if ((entry & 3) != 0) {
      throw elf.refuse("entry 0x" + Long.toHexString(entry) + " is not a multiple of 4");
    }
    for (ElfImage.Segment segment : segments) {
      long offset = entry - segment.virtualAddress();
      if (segment.executable() && Long.compareUnsigned(offset, segment.content().length) < 0) {
        return;
      }
    }
    throw elf.refuse("entry 0x" + Long.toHexString(entry) + " is not in an executable segment");
  }

  static void expect(ElfBytes elf, String what, long value, long due) throws ElfFormatException {
    if (value != due) {
      throw elf.refuse(what + " is " + Long.toUnsignedString(value) + ", not " + due);
    }
  }

  private static String machineName(int machine) {
    return switch (machine) {
      case 0 -> "no machine";
      case 2, 18, 43 -> "SPARC";
      case 3 -> "x86";
      case 4 -> "68000";
      case 10 -> "MIPS RS3000 little-endian";
      case 20, 21 -> "PowerPC";
      case 22 -> "S/390";
      case 40 -> "ARM";
      case 42 -> "SuperH";
      case 50 -> "IA-64";
      case 62 -> "x86-64";
      case 183 -> "AArch64";
      case 243 -> "RISC-V";
      case 247 -> "BPF";
      case 258 -> "LoongArch";
      default -> "another processor";
    };
  }

  /** First bytes of a file that is no ELF, as text if they are text. */
  private static String opening(byte[] file) {
    int shown = Math.min(file.length, SHOWN_BYTES);
    StringBuilder text = new StringBuilder("'");
    for (int i = 0; i < shown; i++) {
      if (file[i] == '\n' || file[i] == '\r') {
        break;
      }
      if (file[i] < ' ' || file[i] > '~') {
        return "bytes " + hex(file, Math.min(shown, 4));
      }
      text.append((char) file[i]);
    }
    return text.append(file.length > text.length() - 1 ? "...'" : "'").toString();
  }

  private static String hex(byte[] file, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(i == 0 ? "" : " ").append(String.format(Locale.ROOT, "%02x", file[i]));
    }
    return text.toString();
  }
}
