package stillpoint.machine.elf;

/**
 * A section of a file that holds code.
 *
 * @param name as the file says, or "" in a file without section headers
 * @param address virtual address of the first byte
 * @param content its bytes
 */
public record ElfSection(String name, long address, byte[] content) {}
