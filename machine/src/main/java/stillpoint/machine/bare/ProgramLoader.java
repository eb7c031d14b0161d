package stillpoint.machine.bare;

import stillpoint.machine.elf.ElfImage;

/** Puts programs into memory, before anything runs. */
public final class ProgramLoader {
  /** Memory from physical address 0 on, before anything runs. */
  public interface Target {
    long sizeBytes();

    /** Whether {@code count} bytes from an address on, both unsigned, are all in it. */
    boolean contains(long physical, long count);

    void put(long physical, byte[] content);
  }

  /** A program that does not fit the machine; the message is one line. */
  public static final class DoesNotFit extends Exception {
    private static final long serialVersionUID = 1L;

    private DoesNotFit(String message) {
      super(message, null, false, false);
    }
  }

  private ProgramLoader() {}

  /**
   * Loads all segments, by their physical addresses or, if {@code virtual}, to where their virtual
   * addresses lead without a TLB. A physical address that is the virtual one (many linkers write
   * that), or one of an unmapped segment, is taken as virtual all the same.
   */
  public static void load(ElfImage image, Target memory, boolean virtual) throws DoesNotFit {
    long[] places = new long[image.segments().size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = placeOf(image, image.segments().get(i), virtual);
      require(memory, places[i], image.segments().get(i).memoryBytes(), "a segment");
    }
    for (int i = 0; i < places.length; i++) {
      ElfImage.Segment segment = image.segments().get(i);
      for (int j = 0; j < i; j++) {
        refuseOverlap(
            places[j], image.segments().get(j).memoryBytes(), places[i], segment.memoryBytes());
      }
      memory.put(places[i], segment.content());
    }
  }

  /** Loads a flat binary. */
  public static void load(byte[] content, long physical, Target memory) throws DoesNotFit {
    require(memory, physical, content.length, "the binary");
    memory.put(physical, content);
  }

  private static long placeOf(ElfImage image, ElfImage.Segment segment, boolean virtual)
      throws DoesNotFit {
    long address = segment.virtualAddress();
    long physical = segment.physicalAddress();
    long asWritten = image.is64Bit() ? address : address & 0xFFFF_FFFFL;
    boolean unmapped = PhysicalAddresses.isUnmapped(address);
    if (virtual && !unmapped) {
      throw new DoesNotFit(
          "a segment lies at the mapped address 0x"
              + Long.toHexString(address)
              + ", behind which there is nothing without a TLB; use --load-physical");
    }
    if (virtual || physical == asWritten && unmapped) {
      return PhysicalAddresses.behind(address);
    }
    return PhysicalAddresses.isUnmapped(physical) ? PhysicalAddresses.behind(physical) : physical;
  }

  private static void require(Target memory, long physical, long bytes, String what)
      throws DoesNotFit {
    if (!memory.contains(physical, bytes)) {
      throw new DoesNotFit(
          String.format(
              "%s needs %d bytes at physical address 0x%x, but memory ends at 0x%x; see --ram",
              what, bytes, physical, memory.sizeBytes()));
    }
  }

  private static void refuseOverlap(long a, long aBytes, long b, long bBytes) throws DoesNotFit {
    if (a < b + bBytes && b < a + aBytes) {
      throw new DoesNotFit(
          String.format(
              "two segments overlap in memory, at physical address 0x%x", Math.max(a, b)));
    }
  }
}
