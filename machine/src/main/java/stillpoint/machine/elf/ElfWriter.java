package stillpoint.machine.elf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import stillpoint.machine.isa.AssembledProgram;

/**
 * Writes an assembled program as a MIPS executable: a PT_LOAD segment and a section header for each
 * section, and its labels as symbols. ELF64 for wide programs, else ELF32 of the o32 ABI. The same
 * program gives the same bytes.
 */
public final class ElfWriter {
  private static final int EF_MIPS_NOREORDER = 1;
  private static final int EF_MIPS_ABI_O32 = 0x1000;
  private static final int EF_MIPS_ARCH_64R2 = 0x8000_0000;
  private static final int SHN_ABS = 0xFFF1;

  /** A piece of the file: where, and what. */
  private record Placed(AssembledProgram.Section section, int offset) {}

  /** A section header, fields in ELF64's order without the name's text. */
  private record Header(
      String name,
      int type,
      int flags,
      long address,
      int offset,
      long bytes,
      int link,
      int info,
      long alignment,
      int entryBytes) {}

  private final AssembledProgram program;
  private final boolean wide;
  private final List<Placed> placed = new ArrayList<>();
  private ByteBuffer out;

  private ElfWriter(AssembledProgram program) {
    this.program = program;
    this.wide = program.wide();
  }

  /** {@code entry}: virtual address of the first instruction. */
  public static byte[] write(AssembledProgram program, long entry) {
    return new ElfWriter(program).run(entry);
  }

  private byte[] run(long entry) {
    int headerBytes = wide ? 64 : 52;
    int segmentBytes = wide ? 56 : 32;
    List<AssembledProgram.Section> loaded =
        program.sections().stream().filter(s -> s.memoryBytes() > 0).toList();
    int end = headerBytes + segmentBytes * loaded.size();
    for (AssembledProgram.Section section : loaded) {
      // the file offset is congruent to the address, as loaders that map files want it
      int alignment = (int) Math.max(16, section.alignment());
      int offset = end + (int) (section.address() - end & alignment - 1);
      placed.add(new Placed(section, offset));
      end = offset + section.content().length;
    }
    Strings names = new Strings();
    byte[] symbols = symbols(names);
    List<Header> headers = new ArrayList<>();
    headers.add(new Header("", 0, 0, 0, 0, 0, 0, 0, 0, 0));
    for (Placed piece : placed) {
      headers.add(headerOf(piece));
    }
    int strings = headers.size() + 1;
    int symbolsAt = end + 7 & -8;
    int namesAt = symbolsAt + symbols.length;
    headers.add(
        new Header(
            ".symtab",
            2,
            0,
            0,
            symbolsAt,
            symbols.length,
            strings,
            localCount() + 1,
            8,
            symbolBytes()));
    headers.add(new Header(".strtab", 3, 0, 0, namesAt, names.size(), 0, 0, 1, 0));
    int sectionNamesAt = namesAt + names.size();
    Strings sectionNames = new Strings();
    headers.forEach(header -> sectionNames.add(header.name()));
    sectionNames.add(".shstrtab");
    headers.add(new Header(".shstrtab", 3, 0, 0, sectionNamesAt, sectionNames.size(), 0, 0, 1, 0));
    int headersAt = sectionNamesAt + sectionNames.size() + 7 & -8;
    out = buffer(headersAt + headers.size() * (wide ? 64 : 40));
    writeHeader(entry, headerBytes, segmentBytes, headersAt, headers.size());
    placed.forEach(this::writeSegment);
    placed.forEach(piece -> out.put(piece.offset, piece.section.content()));
    out.put(symbolsAt, symbols).put(namesAt, names.bytes());
    out.put(sectionNamesAt, sectionNames.bytes()).position(headersAt);
    headers.forEach(header -> writeSectionHeader(header, sectionNames.add(header.name())));
    return out.array();
  }

  private ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes)
        .order(program.bigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
  }

  private void natural(long value) {
    if (wide) {
      out.putLong(value);
    } else {
      out.putInt((int) value);
    }
  }

  private void writeHeader(
      long entry, int headerBytes, int segmentBytes, int sectionsAt, int sectionCount) {
    out.put(new byte[] {0x7F, 'E', 'L', 'F', (byte) (wide ? 2 : 1)});
    out.put((byte) (program.bigEndian() ? 2 : 1)).put((byte) 1).position(16);
    out.putShort((short) 2).putShort((short) 8).putInt(1);
    natural(entry);
    natural(headerBytes);
    natural(sectionsAt);
    out.putInt(EF_MIPS_ARCH_64R2 | EF_MIPS_NOREORDER | (wide ? 0 : EF_MIPS_ABI_O32));
    out.putShort((short) headerBytes).putShort((short) segmentBytes);
    out.putShort((short) placed.size()).putShort((short) (wide ? 64 : 40));
    out.putShort((short) sectionCount).putShort((short) (sectionCount - 1));
  }

  private void writeSegment(Placed piece) {
    AssembledProgram.Section section = piece.section;
    int flags = 4 | (section.writable() ? 2 : 0) | (section.executable() ? 1 : 0);
    out.putInt(1);
    if (wide) {
      out.putInt(flags);
    }
    natural(piece.offset);
    natural(section.address());
    natural(physical(section.address()));
    natural(section.content().length);
    natural(section.memoryBytes());
    if (!wide) {
      out.putInt(flags);
    }
    natural(Math.max(16, section.alignment()));
  }

  /** Where a section is loaded: behind its unmapped address; a mapped one stands for itself. */
  private static long physical(long virtual) {
    if (virtual >> 30 == -2) {
      return virtual & 0x1FFF_FFFF;
    }
    return virtual >>> 62 == 2 ? virtual & (1L << 59) - 1 : virtual;
  }

  private static Header headerOf(Placed piece) {
    AssembledProgram.Section section = piece.section;
    boolean bss = section.content().length == 0;
    int flags = 2 | (section.writable() ? 1 : 0) | (section.executable() ? 4 : 0);
    return new Header(
        section.name(),
        bss ? 8 : 1,
        flags,
        section.address(),
        piece.offset,
        section.memoryBytes(),
        0,
        0,
        section.alignment(),
        0);
  }

  private void writeSectionHeader(Header header, int name) {
    out.putInt(name).putInt(header.type());
    natural(header.flags());
    natural(header.address());
    natural(header.offset());
    natural(header.bytes());
    out.putInt(header.link()).putInt(header.info());
    natural(header.alignment());
    natural(header.entryBytes());
  }

  // symbols

  private int symbolBytes() {
    return wide ? 24 : 16;
  }

  private int localCount() {
    return (int) program.labels().keySet().stream().filter(n -> !isGlobal(n)).count();
  }

  private boolean isGlobal(String name) {
    return program.globals().contains(name);
  }

  /** The symbol table: an empty entry, local labels, global ones, each in source order. */
  private byte[] symbols(Strings names) {
    ByteBuffer table = buffer((program.labels().size() + 1) * symbolBytes());
    table.position(symbolBytes());
    for (boolean global : new boolean[] {false, true}) {
      for (Map.Entry<String, Long> label : program.labels().entrySet()) {
        if (isGlobal(label.getKey()) == global) {
          symbol(table, names.add(label.getKey()), label.getValue(), global);
        }
      }
    }
    return table.array();
  }

  private void symbol(ByteBuffer table, int name, long address, boolean global) {
    byte info = (byte) (global ? 0x10 : 0);
    short section = (short) sectionOf(address);
    table.putInt(name);
    if (wide) {
      table.put(info).put((byte) 0).putShort(section).putLong(address).putLong(0);
    } else {
      table.putInt((int) address).putInt(0).put(info).put((byte) 0).putShort(section);
    }
  }

  /** Number of the section header that an address lies in, its end included. */
  private int sectionOf(long address) {
    for (int i = 0; i < placed.size(); i++) {
      AssembledProgram.Section section = placed.get(i).section;
      if (Long.compareUnsigned(address - section.address(), section.memoryBytes()) <= 0) {
        return i + 1;
      }
    }
    return SHN_ABS;
  }

  /** A string table under construction; equal texts share a place. */
  private static final class Strings {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Map<String, Integer> places = new TreeMap<>();

    private Strings() {
      places.put("", 0);
      bytes.write(0);
    }

    private int add(String text) {
      Integer place = places.get(text);
      if (place == null) {
        place = bytes.size();
        places.put(text, place);
        bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        bytes.write(0);
      }
      return place;
    }

    private int size() {
      return bytes.size();
    }

    private byte[] bytes() {
      return bytes.toByteArray();
    }
  }
}
