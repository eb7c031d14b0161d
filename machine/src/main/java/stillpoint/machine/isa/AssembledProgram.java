package stillpoint.machine.isa;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the assembler made of a source: sections at their addresses, and where the labels are.
 *
 * @param bigEndian byte order of everything in the sections
 * @param wide 64-bit code: addresses are 64 bits wide; else 32, sign-extended
 * @param sections in address order of their first appearance, the first is {@code .text}
 * @param labels in source order, local numeric ones left out
 * @param globals labels named by {@code .globl}
 */
public record AssembledProgram(
    boolean bigEndian,
    boolean wide,
    List<Section> sections,
    Map<String, Long> labels,
    Set<String> globals) {

  /**
   * A section.
   *
   * @param address virtual address of its first byte
   * @param content its bytes; none for .bss
   * @param memoryBytes its size in memory, at least the content's
   * @param alignment of its address in bytes, a power of two
   */
  public record Section(
      String name,
      long address,
      byte[] content,
      long memoryBytes,
      boolean executable,
      boolean writable,
      long alignment) {}

  public AssembledProgram {
    sections = List.copyOf(sections);
  }

  /** Address of the first byte of .text. */
  public long baseAddress() {
    return sections.getFirst().address();
  }

  /** The words of .text; bytes beyond the last whole word are filled up with zeros. */
  public int[] words() {
    byte[] content = sections.getFirst().content();
    ByteBuffer buffer =
        ByteBuffer.allocate(content.length + 3 & -4)
            .order(bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN)
            .put(0, content);
    int[] words = new int[buffer.capacity() / 4];
    buffer.asIntBuffer().get(words);
    return words;
  }

  public long label(String name) {
    Long value = labels.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no label is called '" + name + "'");
    }
    return value;
  }
}
