package stillpoint.kernel.ftrace;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import stillpoint.machine.elf.ElfFormatException;
import stillpoint.machine.elf.ElfImage;
import stillpoint.machine.elf.Symbols;

/**
 * The places that ftrace rewrites in a guest program: the call site of each traced function, and
 * the slot through which all of them reach the tracer. They are found as Linux's recordmcount does,
 * in the machine code itself.
 *
 * <p>gcc {@code -pg} for 64-bit MIPS begins a function, once its stack frame is made, with {@code
 * move at,ra} and {@code jal _mcount} with an empty delay slot; the site is the {@code jal}. For
 * 32-bit MIPS the delay slot makes room for the two words that {@code _mcount} pops, so that it must
 * go too when the call goes: a site of two words. Modules, beyond a {@code jal}'s reach, are compiled
 * with {@code -mlong-calls}: {@code lui v1; addiu v1; move at,ra; jalr v1} and its delay slot; the
 * site is the {@code lui}, which a branch past it all replaces.
 *
 * <p>A {@code jal}'s 26-bit target field is {@code (target >> 2) & 0x03ffffff}; the upper bits of the target are those
 * of the delay slot's address, so a {@code jal} reaches only its own 256 MiB.
 *
 * @param sites ascending by address, at least one
 * @param slot in {@code ftrace_caller}
 * @param mcountVirtual address of {@code _mcount}: a branch to its end
 */
public record CallSites(List<CallSite> sites, Slot slot, long mcountVirtual) {
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

  /** {@code addiu sp,sp,-8} */
  private static final int POP_MADE_ROOM_FOR = 0x27BD_FFF8;

  /** {@code b} to behind the delay slot of a long call. */
  private static final int BRANCH_PAST_LONG_CALL = 0x1000_0004;

  /** Words from the {@code lui} of a long call to its {@code jalr}. */
  private static final int LONG_CALL_JALR = 3;

  private static final int LUI_V1 = 0x3C03_0000;
  private static final int ADDIU_V1_V1 = 0x2463_0000;
  private static final int DADDIU_V1_V1 = 0x6463_0000;
  private static final int JALR_V1 = 0x0060_F809;

  private static final int OR_AT_RA_ZERO = 0x03E0_0825;
  private static final int ADDU_AT_RA_ZERO = 0x03E0_0821;
  private static final int DADDU_AT_RA_ZERO = 0x03E0_082D;

  /**
   * One call site.
   *
   * @param form what the compiler made
   * @param ipVirtual virtual address of the first word that is rewritten
   * @param ipPhysical where the loader puts that word
   * @param originalWord that word as compiled
   * @param nopWord what it holds when off
   * @param callWord what it holds when on
   * @param function name of the function it is in
   */
  public record CallSite(
      Form form,
      long ipVirtual,
      long ipPhysical,
      int originalWord,
      int nopWord,
      int callWord,
      String function) {
    /** Words from the address on that are ever rewritten: 1 or 2. */
    public int words() {
      return form == Form.CALL_AND_DELAY_SLOT ? 2 : 1;
    }

    /** Whether a pass over the site that executed these two words executed one version of it. */
    public boolean isWhole(int first, int second) {
      return second == CallSites.NOP
          ? first == nopWord || first == callWord
          : first == originalWord && second == POP_MADE_ROOM_FOR;
    }
  }

  /** What a call site looks like. */
  public enum Form {
    /** 64-bit: {@code jal _mcount}. */
    CALL,
    /** 32-bit: {@code jal _mcount} and {@code addiu sp,sp,-8} in its delay slot. */
    CALL_AND_DELAY_SLOT,
    /** In a module: {@code lui v1,hi} of a long call. */
    LONG_CALL
  }

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
        collectLongCalls(image, segment, tracer, symbols, sites);
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
    sites.sort(Comparator.comparingLong(CallSite::ipPhysical));
    return new CallSites(sites, slot, tracer.mcount());
  }

  /** Whether some site calls {@code _mcount} itself when it is on. */
  public boolean hasLongCalls() {
    return sites.stream().anyMatch(site -> site.form() == Form.LONG_CALL);
  }

  /** Whether sites have two words: all or none of a program. */
  public boolean hasTwoWords() {
    return sites.stream().anyMatch(site -> site.words() == 2);
  }

  /** Whether ftrace ever rewrites the word at a physical address. */
  public boolean isPatchable(long physical) {
    if (physical == slot.physical()) {
      return true;
    }
    return siteOf(physical).isPresent();
  }

  /** The site of which the word at a physical address is one that is rewritten. */
  public Optional<CallSite> siteOf(long physical) {
    return atOrBefore(physical, CallSite::ipPhysical)
        .filter(site -> physical < site.ipPhysical() + (long) site.words() * Integer.BYTES);
  }

  /** Virtual address of a word that is rewritten. */
  public long virtualOf(long physical) {
    return siteOf(physical)
        .map(site -> site.ipVirtual() + physical - site.ipPhysical())
        .orElse(slot.virtual());
  }

  /** The record's address for the call instruction at {@code callVirtual}: the same, but for long calls. */
  public long recordOf(long callVirtual) {
    return atOrBefore(callVirtual, CallSite::ipVirtual)
        .filter(site -> site.form() == Form.LONG_CALL)
        .map(CallSite::ipVirtual)
        .filter(ip -> callVirtual == ip + (long) LONG_CALL_JALR * Integer.BYTES)
        .orElse(callVirtual);
  }

  private Optional<CallSite> atOrBefore(long address, ToLongFunction<CallSite> key) {
    int low = 0;
    int high = sites.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (key.applyAsLong(sites.get(middle)) <= address) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == 0 ? Optional.empty() : Optional.of(sites.get(low - 1));
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
      Form form = image.is64Bit() ? Form.CALL : Form.CALL_AND_DELAY_SLOT;
      if (form == Form.CALL_AND_DELAY_SLOT
          && (offset + 8 > segment.content().length
              || wordAt(image, segment, offset + 4) != POP_MADE_ROOM_FOR)) {
        throw new ElfFormatException(
            file,
            "has no addiu sp,sp,-8 in the delay slot of its call site at 0x"
                + Long.toHexString(ip)
                + "; compile it with gcc -pg -mabi=32");
      }
      sites.add(
          new CallSite(
              form,
              ip,
              segment.physicalAddress() + offset,
              callMcount,
              NOP,
              jal(tracer.caller() + CALLER_SKIP_BYTES),
              symbols.nameAt(ip)));
    }
  }

  private static void collectLongCalls(
      ElfImage image,
      ElfImage.Segment segment,
      Tracer tracer,
      Symbols symbols,
      List<CallSite> sites) {
    int low = (short) tracer.mcount();
    int lui = LUI_V1 | (int) (tracer.mcount() - low >>> 16) & 0xFFFF;
    int first = (int) (-segment.virtualAddress() & 3);
    int words = LONG_CALL_JALR + 2;
    for (int at = first; at + words * 4 <= segment.content().length; at += 4) {
      int add = wordAt(image, segment, at + 4);
      boolean addsLow = add == (ADDIU_V1_V1 | low & 0xFFFF) || add == (DADDIU_V1_V1 | low & 0xFFFF);
      if (wordAt(image, segment, at) == lui
          && addsLow
          && savesReturnAddress(wordAt(image, segment, at + 8))
          && wordAt(image, segment, at + 4 * LONG_CALL_JALR) == JALR_V1) {
        long ip = segment.virtualAddress() + at;
        sites.add(
            new CallSite(
                Form.LONG_CALL,
                ip,
                segment.physicalAddress() + at,
                lui,
                BRANCH_PAST_LONG_CALL,
                lui,
                symbols.nameAt(ip)));
      }
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
