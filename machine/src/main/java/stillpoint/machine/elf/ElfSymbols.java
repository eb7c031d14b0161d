package stillpoint.machine.elf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The symbol table: named places. A file without one (stripped) is accepted and has no symbols. */
final class ElfSymbols {
  private static final int SHT_SYMTAB = 2;
  private static final int SHT_STRTAB = 3;
  private static final int SHN_UNDEF = 0;
  private static final int SHN_LORESERVE = 0xFF00;
  private static final int STT_FUNC = 2;

  /**
   * Longer names are damage; a bound keeps names that share their bytes from filling the memory.
   */
  private static final int MAX_NAME_BYTES = 1024;

  /** Ascending by address; at one address functions first, then the longest, then by name. */
  private static final Comparator<ElfImage.Symbol> ORDER =
      Comparator.<ElfImage.Symbol, Long>comparing(ElfImage.Symbol::address, Long::compareUnsigned)
          .thenComparing(symbol -> !symbol.function())
          .thenComparing(ElfImage.Symbol::bytes, (a, b) -> Long.compareUnsigned(b, a))
          .thenComparing(ElfImage.Symbol::name);

  /** Where a section's bytes are. */
  private record Section(int type, long offset, long bytes, long link, long entryBytes) {}

  private ElfSymbols() {}

  static List<ElfImage.Symbol> read(ElfBytes elf, long tableOffset, int entryBytes, int count)
      throws ElfFormatException {
    if (tableOffset == 0 || count == 0) {
      return List.of();
    }
    ElfReader.expect(
        elf, "a section header's size (e_shentsize)", entryBytes, elf.is64Bit() ? 64 : 40);
    elf.require("the section header table", tableOffset, (long) count * entryBytes);
    for (int index = 0; index < count; index++) {
      Section section = section(elf, tableOffset + (long) index * entryBytes);
      if (section.type() == SHT_SYMTAB) {
        if (section.link() >= count) {
          throw elf.refuse(
              "the symbol table names section "
                  + section.link()
                  + " of "
                  + count
                  + " as its strings");
        }
        return symbols(elf, section, section(elf, tableOffset + section.link() * entryBytes));
      }
    }
    return List.of();
  }

  private static Section section(ElfBytes elf, long at) {
    boolean wide = elf.is64Bit();
    return new Section(
        elf.word(at + 4),
        elf.natural(at + (wide ? 24 : 16)),
        elf.natural(at + (wide ? 32 : 20)),
        elf.unsignedWord(at + (wide ? 40 : 24)),
        elf.natural(at + (wide ? 56 : 36)));
  }

  private static List<ElfImage.Symbol> symbols(ElfBytes elf, Section table, Section strings)
      throws ElfFormatException {
    int symbolBytes = elf.is64Bit() ? 24 : 16;
    ElfReader.expect(elf, "a symbol's size (sh_entsize)", table.entryBytes(), symbolBytes);
    ElfReader.expect(
        elf, "the type of the symbol table's string section", strings.type(), SHT_STRTAB);
    elf.require("the symbol table", table.offset(), table.bytes());
    elf.require("the symbol string table", strings.offset(), strings.bytes());
    if (table.bytes() % symbolBytes != 0) {
      throw elf.refuse(
          "the symbol table's " + table.bytes() + " bytes are not a multiple of " + symbolBytes);
    }
    List<ElfImage.Symbol> symbols = new ArrayList<>();
    for (long index = 1; index < table.bytes() / symbolBytes; index++) {
      ElfImage.Symbol symbol = symbol(elf, index, table.offset() + index * symbolBytes, strings);
      if (symbol != null) {
        symbols.add(symbol);
      }
    }
    symbols.sort(ORDER);
    return symbols;
  }

  /** One entry of the table; null if it names no place in the program. */
  private static ElfImage.Symbol symbol(ElfBytes elf, long index, long at, Section strings)
      throws ElfFormatException {
    boolean wide = elf.is64Bit();
    int type = elf.byteAt(at + (wide ? 4 : 12)) & 15;
    int section = elf.half(at + (wide ? 6 : 14));
    long nameOffset = elf.unsignedWord(at);
    // STT_NOTYPE is what an assembler label is, STT_OBJECT data; sections, files and TLS are of no
    // use here.
    if (type > STT_FUNC || section == SHN_UNDEF || section >= SHN_LORESERVE || nameOffset == 0) {
      return null;
    }
    if (nameOffset >= strings.bytes()) {
      throw elf.refuse(
          "symbol "
              + index
              + " has its name at "
              + nameOffset
              + " of a string table of "
              + strings.bytes()
              + " bytes");
    }
    long start = strings.offset() + nameOffset;
    long end = Math.min(start + MAX_NAME_BYTES + 1, strings.offset() + strings.bytes());
    int length = elf.stringLength(start, end);
    if (length < 0) {
      throw elf.refuse(
          "the name of symbol " + index + " does not end within " + (end - start) + " bytes");
    }
    String name = elf.string(start, length);
    long address = elf.address(at + (wide ? 8 : 4));
    long bytes = elf.natural(at + (wide ? 16 : 8));
    if (bytes != 0 && Long.compareUnsigned(address + bytes - 1, address) < 0) {
      throw elf.refuse("symbol " + name + " runs over the end of the address space");
    }
    return new ElfImage.Symbol(name, address, bytes, type == STT_FUNC);
  }
}
