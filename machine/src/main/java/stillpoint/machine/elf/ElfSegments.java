package stillpoint.machine.elf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/** The program header table: which bytes go to which addresses. */
final class ElfSegments {
  private static final int PT_LOAD = 1;
  private static final int PT_DYNAMIC = 2;
  private static final int PT_INTERP = 3;
  private static final int PF_X = 1;

  private static final int MAX_HEADERS = 256;

  /** A guest program is a kernel and its data; more than this is a damaged file. */
  private static final long MAX_MEMORY_BYTES = 1L << 30;

  private ElfSegments() {}

  static List<ElfImage.Segment> read(ElfBytes elf, long tableOffset, int entryBytes, int count)
      throws ElfFormatException {
    if (count == 0) {
      throw elf.refuse("has no program headers, so nothing to load; link it into an executable");
    }
    if (count > MAX_HEADERS) {
      throw elf.refuse(
          "has " + count + " program headers; at most " + MAX_HEADERS + " are accepted");
    }
    ElfReader.expect(
        elf, "a program header's size (e_phentsize)", entryBytes, elf.is64Bit() ? 56 : 32);
    elf.require("the program header table", tableOffset, (long) count * entryBytes);
    List<ElfImage.Segment> segments = new ArrayList<>();
    long memoryBytes = 0;
    long contentBytes = 0;
    for (int index = 0; index < count; index++) {
      ElfImage.Segment segment = readOne(elf, index, tableOffset + (long) index * entryBytes);
      if (segment == null) {
        continue;
      }
      memoryBytes += segment.memoryBytes();
      contentBytes += segment.content().length;
      if (memoryBytes > MAX_MEMORY_BYTES) {
        throw elf.refuse("needs more than " + MAX_MEMORY_BYTES + " bytes of memory");
      }
      if (contentBytes > elf.length()) {
        throw elf.refuse("its segments hold more bytes than the file");
      }
      segments.add(segment);
    }
    if (segments.isEmpty()) {
      throw elf.refuse("has no loadable segment, so nothing to run");
    }
    refuseOverlap(elf, "physical", segments, ElfImage.Segment::physicalAddress);
    refuseOverlap(elf, "virtual", segments, ElfImage.Segment::virtualAddress);
    return segments;
  }

  /** One program header; null if it does not ask for memory. */
  private static ElfImage.Segment readOne(ElfBytes elf, int index, long at)
      throws ElfFormatException {
    boolean wide = elf.is64Bit();
    int type = elf.word(at);
    if (type == PT_DYNAMIC || type == PT_INTERP) {
      throw elf.refuse(
          "is dynamically linked (program header " + index + "); link it with -static");
    }
    long fileBytes = elf.natural(at + (wide ? 32 : 16));
    long memoryBytes = elf.natural(at + (wide ? 40 : 20));
    if (type != PT_LOAD || (memoryBytes == 0 && fileBytes == 0)) {
      return null;
    }
    String what = "program header " + index;
    long offset = elf.natural(at + (wide ? 8 : 4));
    long virtual = elf.address(at + (wide ? 16 : 8));
    long physical = elf.natural(at + (wide ? 24 : 12));
    int flags = elf.word(at + (wide ? 4 : 24));
    if (Long.compareUnsigned(fileBytes, memoryBytes) > 0) {
      throw elf.refuse(
          what
              + " has "
              + Long.toUnsignedString(fileBytes)
              + " bytes in the file (p_filesz) for only "
              + Long.toUnsignedString(memoryBytes)
              + " in memory (p_memsz)");
    }
    if (Long.compareUnsigned(memoryBytes, MAX_MEMORY_BYTES) > 0) {
      throw elf.refuse(
          what
              + " wants "
              + Long.toUnsignedString(memoryBytes)
              + " bytes of memory; at most "
              + MAX_MEMORY_BYTES
              + " are accepted");
    }
    if (fileBytes == 0) {
      offset = 0; // a linker may place an empty piece anywhere, even behind the end
    }
    elf.require(what, offset, fileBytes);
    refuseWrap(elf, what, "virtual", virtual, memoryBytes);
    refuseWrap(elf, what, "physical", physical, memoryBytes);
    return new ElfImage.Segment(
        virtual, physical, elf.copy(offset, fileBytes), memoryBytes, (flags & PF_X) != 0);
  }

  /**
   * Refuses a segment that runs over the end of the address space, which in a 32-bit file is 4 GiB.
   */
  private static void refuseWrap(ElfBytes elf, String what, String space, long address, long bytes)
      throws ElfFormatException {
    long last = address + bytes - 1;
    boolean wraps =
        elf.is64Bit()
            ? Long.compareUnsigned(last, address) < 0
            : (address & 0xFFFF_FFFFL) + bytes > 1L << 32;
    if (wraps) {
      throw elf.refuse(
          what
              + ": "
              + bytes
              + " bytes at "
              + space
              + " address 0x"
              + Long.toHexString(address)
              + " run over the end of the address space");
    }
  }

  /** Sorts by an address, unsigned, and refuses neighbours that share a byte of it. */
  private static void refuseOverlap(
      ElfBytes elf,
      String space,
      List<ElfImage.Segment> segments,
      ToLongFunction<ElfImage.Segment> start)
      throws ElfFormatException {
    segments.sort(Comparator.comparing(start::applyAsLong, Long::compareUnsigned));
    for (int i = 1; i < segments.size(); i++) {
      long before = start.applyAsLong(segments.get(i - 1));
      long after = start.applyAsLong(segments.get(i));
      if (Long.compareUnsigned(after - before, segments.get(i - 1).memoryBytes()) < 0) {
        throw elf.refuse(
            "the segments at "
                + space
                + " addresses 0x"
                + Long.toHexString(before)
                + " and 0x"
                + Long.toHexString(after)
                + " overlap");
      }
    }
  }
}
