package stillpoint.kernel.ftrace;

import java.util.ArrayList;
import java.util.List;
import stillpoint.machine.elf.ElfFormatException;
import stillpoint.machine.elf.ElfImage;
import stillpoint.machine.elf.Symbols;

/**
 * The places that ftrace rewrites in a guest program: the call site of each traced function, and
 * the slot through which all of them reach the tracer. They are found as Linux's recordmcount does,
 * in the machine code itself.
 *
 * <p>gcc {@code -pg} for 64-bit MIPS begins a function, once its stack frame is made, with {@code
 * move at,ra} and {@code jal _mcount} with an empty delay slot; the site is the {@code jal}. Its
 * 26-bit target field is {@code (target >> 2) & 0x03ffffff}; the upper bits of the target are those
 * of the delay slot's address, so a {@code jal} reaches only its own 256 MiB.
 *
 * @param sites ascending by virtual address, at least one
 * @param slot in {@code ftrace_caller}
 */
public record CallSites(List<CallSite> sites, Slot slot) {
  /** What a site or a slot holds when it is off. */
  public static final int NOP = 0;

  private static final int JAL = 0x0C00_0000;
  private static final int JAL_TARGET_MASK = 0x03FF_FFFF;
  private static final int JAL_REGION_SHIFT = 28;

  /**
   * {@code ftrace_caller} begins with a branch and its delay slot, which a site that is on jumps
   * past.
   */
  private static final int CALLER_SKIP_BYTES = 8;

  private static final int OR_AT_RA_ZERO = 0x03E0_0825;
  private static final int ADDU_AT_RA_ZERO = 0x03E0_0821;
  private static final int DADDU_AT_RA_ZERO = 0x03E0_082D;

  /**
   * One call site.
   *
   * @param ipVirtual virtual address of the {@code jal}
   * @param ipPhysical where the loader puts that word
   * @param originalWord {@code jal _mcount}, as compiled
   * @param nopWord what it holds when off: 0
   * @param callWord what it holds when on: {@code jal ftrace_caller + 8}
   * @param function name of the function it is in
   */
  public record CallSite(
      long ipVirtual,
      long ipPhysical,
      int originalWord,
      int nopWord,
      int callWord,
      String function) {}

  /**
   * The word labelled {@code ftrace_call}.
   *
   * @param virtual address
   * @param physical where the loader puts it
   * @param offWord 0
   * @param onWord {@code jal function_trace_call}
   */
  public record Slot(long virtual, long physical, int offWord, int onWord) {}

  /** The four symbols of mcount.S. */
  private record Tracer(long mcount, long caller, long slot, long function) {}

  public CallSites {
    sites = List.copyOf(sites);
  }

  /**
   * Finds the sites of an image.
   *
   * @param file the guest's ELF file as the user named it, for messages
   */
  public static CallSites find(String file, ElfImage image) throws ElfFormatException {
    if (!image.is64Bit()) {
      throw new ElfFormatException(
          file, "is a 32-bit program; tracing needs the call sites of -mabi=64");
    }
    Symbols symbols = new Symbols(image);
    Tracer tracer =
        new Tracer(
            addressOf(file, symbols, "_mcount"),
            addressOf(file, symbols, "ftrace_caller"),
            addressOf(file, symbols, "ftrace_call"),
            addressOf(file, symbols, "function_trace_call"));
    List<CallSite> sites = new ArrayList<>();
    Slot slot = null;
    for (ElfImage.Segment segment : image.segments()) {
      if (segment.executable()) {
        collect(file, image, segment, tracer, symbols, sites);
        if (contains(segment, tracer.slot())) {
          slot = slotIn(file, image, segment, tracer);
        }
      }
    }
    if (slot == null) {
      throw new ElfFormatException(
          file,
          "its ftrace_call 0x"
              + Long.toHexString(tracer.slot())
              + " is not a word of an executable segment");
    }
    if (sites.isEmpty()) {
      throw new ElfFormatException(
          file, "has no call site (move at,ra; jal _mcount); compile it with -pg");
    }
    return new CallSites(sites, slot);
  }

  /** Whether ftrace ever rewrites the word at a physical address. */
  public boolean isPatchable(long physical) {
    if (physical == slot.physical()) {
      return true;
    }
    int low = 0;
    int high = sites.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      long ip = sites.get(middle).ipPhysical();
      if (ip == physical) {
        return true;
      }
      if (ip < physical) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return false;
  }

  private static long addressOf(String file, Symbols symbols, String name)
      throws ElfFormatException {
    ElfImage.Symbol symbol =
        symbols
            .named(name)
            .orElseThrow(
                () ->
                    new ElfFormatException(
                        file,
                        "has no symbol "
                            + name
                            + ": the guest must be compiled with -pg and linked with mcount.S"));
    if ((symbol.address() & 3) != 0) {
      throw new ElfFormatException(
          file,
          "its " + name + " 0x" + Long.toHexString(symbol.address()) + " is not a multiple of 4");
    }
    return symbol.address();
  }

  private static void collect(
      String file,
      ElfImage image,
      ElfImage.Segment segment,
      Tracer tracer,
      Symbols symbols,
      List<CallSite> sites)
      throws ElfFormatException {
    int callMcount = jal(tracer.mcount());
    int first = (int) (-segment.virtualAddress() & 3);
    for (int offset = first + 4; offset + 4 <= segment.content().length; offset += 4) {
      long ip = segment.virtualAddress() + offset;
      if (wordAt(image, segment, offset) != callMcount
          || !reaches(ip, tracer.mcount())
          || !savesReturnAddress(wordAt(image, segment, offset - 4))) {
        continue;
      }
      if (!reaches(ip, tracer.caller() + CALLER_SKIP_BYTES)) {
        throw new ElfFormatException(
            file,
            "ftrace_caller is beyond the reach of the call site at 0x" + Long.toHexString(ip));
      }
      sites.add(
          new CallSite(
              ip,
              segment.physicalAddress() + offset,
              callMcount,
              NOP,
              jal(tracer.caller() + CALLER_SKIP_BYTES),
              symbols.nameAt(ip)));
    }
  }

  private static Slot slotIn(String file, ElfImage image, ElfImage.Segment segment, Tracer tracer)
      throws ElfFormatException {
    int offset = (int) (tracer.slot() - segment.virtualAddress());
    if (wordAt(image, segment, offset) != NOP) {
      throw new ElfFormatException(
          file,
          "its ftrace_call holds 0x"
              + Integer.toHexString(wordAt(image, segment, offset))
              + ", not a nop (0); link it with mcount.S");
    }
    if (!reaches(tracer.slot(), tracer.function())) {
      throw new ElfFormatException(file, "function_trace_call is beyond the reach of ftrace_call");
    }
    return new Slot(tracer.slot(), segment.physicalAddress() + offset, NOP, jal(tracer.function()));
  }

  private static int jal(long target) {
    return JAL | ((int) (target >> 2) & JAL_TARGET_MASK);
  }

  /** Whether a {@code jal} at {@code ip} can jump to {@code target}. */
  private static boolean reaches(long ip, long target) {
    return ((ip + 4) ^ target) >>> JAL_REGION_SHIFT == 0;
  }

  private static boolean savesReturnAddress(int word) {
    return word == OR_AT_RA_ZERO || word == ADDU_AT_RA_ZERO || word == DADDU_AT_RA_ZERO;
  }

  private static boolean contains(ElfImage.Segment segment, long address) {
    long offset = address - segment.virtualAddress();
    return offset >= 0 && offset <= segment.content().length - 4;
  }

  private static int wordAt(ElfImage image, ElfImage.Segment segment, int offset) {
    byte[] bytes = segment.content();
    int value =
        bytes[offset] << 24
            | (bytes[offset + 1] & 0xFF) << 16
            | (bytes[offset + 2] & 0xFF) << 8
            | bytes[offset + 3] & 0xFF;
    return image.bigEndian() ? value : Integer.reverseBytes(value);
  }
}
