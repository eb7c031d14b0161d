package stillpoint.machine.elf;

import java.util.List;

/**
 * A MIPS ELF file, checked and ready to be loaded.
 *
 * @param bigEndian byte order
 * @param is64Bit ELFCLASS64
 * @param entry virtual address of the first instruction
 * @param segments PT_LOAD segments with a size, ascending, not overlapping
 * @param symbols functions and objects, ascending by address
 */
public record ElfImage(
    boolean bigEndian, boolean is64Bit, long entry, List<Segment> segments, List<Symbol> symbols) {

  /**
   * @param virtualAddress p_vaddr
   * @param physicalAddress p_paddr as the file says
   * @param content p_filesz bytes
   * @param memoryBytes p_memsz; the rest is zero
   * @param executable PF_X
   */
  public record Segment(
      long virtualAddress,
      long physicalAddress,
      byte[] content,
      long memoryBytes,
      boolean executable) {}

  /**
   * @param function STT_FUNC
   */
  public record Symbol(String name, long address, long bytes, boolean function) {}

  public ElfImage {
    segments = List.copyOf(segments);
    symbols = List.copyOf(symbols);
  }
}
