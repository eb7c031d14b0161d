package stillpoint.machine.elf;

import java.util.ArrayList;
import java.util.List;

/** The sections with code, which is what a disassembler shows. */
final class ElfSections {
  private static final int SHT_PROGBITS = 1;
  private static final long SHF_EXECINSTR = 4;
  private static final int MAX_NAME_BYTES = 1024;

  private ElfSections() {}

  /** In file order. Sections may share bytes, but not hold more than the file has, all together. */
  static List<ElfSection> code(
      ElfBytes elf, long tableOffset, int entryBytes, int count, int namesIndex)
      throws ElfFormatException {
    List<ElfSection> sections = new ArrayList<>();
    if (tableOffset == 0 || count == 0) {
      return sections;
    }
    boolean wide = elf.is64Bit();
    ElfReader.expect(elf, "a section header's size (e_shentsize)", entryBytes, wide ? 64 : 40);
    elf.require("the section header table", tableOffset, (long) count * entryBytes);
    long total = 0;
    for (int index = 0; index < count; index++) {
      long at = tableOffset + (long) index * entryBytes;
      boolean code = (elf.natural(at + 8) & SHF_EXECINSTR) != 0;
      if (elf.word(at + 4) != SHT_PROGBITS || !code) {
        continue;
      }
      String name = name(elf, elf.unsignedWord(at), tableOffset, entryBytes, namesIndex, count);
      long offset = elf.natural(at + (wide ? 24 : 16));
      long bytes = elf.natural(at + (wide ? 32 : 20));
      elf.require("section " + index, offset, bytes);
      total += bytes;
      if (total > elf.length()) {
        throw elf.refuse("its sections hold more bytes than the file");
      }
      sections.add(
          new ElfSection(name, elf.address(at + (wide ? 16 : 12)), elf.copy(offset, bytes)));
    }
    return sections;
  }

  private static String name(
      ElfBytes elf, long name, long tableOffset, int entryBytes, int namesIndex, int count)
      throws ElfFormatException {
    if (namesIndex == 0 || namesIndex >= count) {
      return "";
    }
    long at = tableOffset + (long) namesIndex * entryBytes;
    long offset = elf.natural(at + (elf.is64Bit() ? 24 : 16));
    long bytes = elf.natural(at + (elf.is64Bit() ? 32 : 20));
    elf.require("the section name table", offset, bytes);
    if (Long.compareUnsigned(name, bytes) >= 0) {
      throw elf.refuse("a section has its name at " + name + " of " + bytes + " bytes of names");
    }
    long start = offset + name;
    long end = Math.min(start + MAX_NAME_BYTES + 1, offset + bytes);
    int length = elf.stringLength(start, end);
    if (length < 0) {
      throw elf.refuse("the name of a section does not end within " + (end - start) + " bytes");
    }
    return elf.string(start, length);
  }
}
