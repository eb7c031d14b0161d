package stillpoint.machine.cpu;

/**
 * One pair of pages as the CP0 registers show it (MIPS64 PRA volume III, 4.9.3).
 *
 * @param entryHi R, VPN2 and ASID
 * @param entryLo0 PFN, C, D, V and G of the even page
 * @param entryLo1 the same of the odd page; G is equal in both
 * @param pageMask size of each page, as the register PageMask has it
 */
public record TlbEntry(long entryHi, long entryLo0, long entryLo1, long pageMask) {}
