package stillpoint.clusterconfig;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import stillpoint.kernel.config.GuestConfig;
import stillpoint.kernel.config.KernelConfig;
import stillpoint.kernel.fault.Fault;
import stillpoint.kernel.fault.LinkEnd;
import stillpoint.kernel.fault.Moment;
import stillpoint.kernel.fault.Trigger;
import stillpoint.kernel.ftrace.CallSites;
import stillpoint.kernel.ftrace.CallSites.CallSite;
import stillpoint.kernel.irq.IpiKind;
import stillpoint.kernel.smp.CallFunction;
import stillpoint.machine.board.Board;
import stillpoint.machine.elf.ElfFormatException;
import stillpoint.machine.elf.ElfImage;
import stillpoint.machine.elf.Symbols;
import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.interrupt.CpuSet;

/** Reads what several kinds of faults have in common: CPUs, IPIs, ends of links, addresses, when it strikes. */
final class FaultKeys {
  private static final Pattern BOARD = Pattern.compile("board (\\d{1,7})");
  private static final Pattern CPUS = Pattern.compile("cpus? (.+)");
  private static final Pattern HEXADECIMAL = Pattern.compile("0x([0-9a-fA-F]{1,16})");

  /** Unmapped windows of MIPS onto physical memory: ckseg0 and ckseg1, and xkphys. */
  private static final long CKSEG0 = 0xFFFF_FFFF_8000_0000L;

  private static final long CKSEG2 = 0xFFFF_FFFF_C000_0000L;
  private static final long CKSEG_MASK = 0x1FFF_FFFFL;
  private static final long XKPHYS_MASK = (1L << 59) - 1;

  private final Board board;
  private final MachineMap map;
  private final KernelConfig kernel;
  private final GuestConfig guest;
  private final long limitNanos;

  FaultKeys(Board board, KernelConfig kernel, GuestConfig guest, long limitNanos) {
    this.board = board;
    this.map = new MachineMap(board);
    this.kernel = kernel;
    this.guest = guest;
    this.limitNanos = limitNanos;
  }

  // ---- who

  /** {@code any}, {@code board 1}, or CPUs as everywhere. */
  CpuSet cpus(Section fault, String key) {
    if (!fault.isList(key)) {
      String text = fault.text(key).strip();
      if (text.equals("any")) {
        return everybody();
      }
      Matcher ofBoard = BOARD.matcher(text);
      if (ofBoard.matches()) {
        int number = boardNumber(fault, key, ofBoard.group(1));
        return CpuSet.range(map.firstCpuOfBoard(number), map.firstCpuOfBoard(number + 1));
      }
    }
    CpuSet cpus = GuestReader.cpus(fault, key, board.cpuCount());
    requireThere(fault, key, cpus);
    return cpus;
  }

  CpuSet cpusOrAny(Section fault, String key) {
    return fault.has(key) ? cpus(fault, key) : everybody();
  }

  private CpuSet everybody() {
    return CpuSet.range(0, board.cpuCount());
  }

  private void requireThere(Section fault, String key, CpuSet cpus) {
    if (!cpus.equals(cpus.within(0, board.cpuCount()))) {
      String there = board.cpuCount() == 1 ? "its CPU is 0" : "its CPUs are 0-" + last();
      throw fault.bad(key, "names a CPU that the machine does not have", there);
    }
  }

  private int last() {
    return board.cpuCount() - 1;
  }

  private int boardNumber(Section fault, String key, String digits) {
    int number = Integer.parseInt(digits);
    if (number >= map.boards()) {
      String there =
          map.boards() == 1
              ? "it is one board, 0; machine.interconnect.topology = numa has several"
              : "its boards are 0-" + (map.boards() - 1);
      throw fault.bad(key, "names a board that the machine does not have", there);
    }
    return number;
  }

  /** Keys of the fault itself, or of its group {@code match}. */
  Fault.Ipis ipis(Section fault) {
    Section match = fault.has("match") ? fault.section("match") : fault;
    if (board.cpuCount() == 1) {
      throw fault.bad(
          "kind", "never strikes: a machine of one CPU sends no IPI", "give the machine more CPUs");
    }
    CpuSet from = cpusOrAny(match, "from");
    CpuSet to = cpusOrAny(match, "to");
    if (from.size() == 1 && from.equals(to)) {
      throw match.bad("to", "never matches: no CPU sends an IPI to itself", "name another CPU");
    }
    Optional<CallFunction> function =
        match.has("function") ? Optional.of(function(match)) : Optional.empty();
    Optional<IpiKind> type =
        match.has("type") ? Optional.of(type(match, "type")) : Optional.empty();
    if (function.isPresent() && type.isPresent() && type.get() != IpiKind.CALL_FUNCTION) {
      throw match.bad(
          "function",
          "never matches: only call-function IPIs call a function",
          "leave one of type and function out");
    }
    if (match != fault) {
      match.refuseUnknownKeys();
    }
    return new Fault.Ipis(from, to, type, function);
  }

  private IpiKind type(Section match, String key) {
    IpiKind type = match.choice(key, IpiKind.class);
    if (type == IpiKind.ICACHE_FLUSH
        && kernel.icacheFlush() != KernelConfig.IcacheFlush.MAILBOX_NOWAIT) {
      throw match.bad(
          key,
          "never matches: kernel.icache-flush = "
              + Names.of(kernel.icacheFlush())
              + " sends no such IPI",
          "name another type, or take a kernel with icache-flush = mailbox-nowait");
    }
    return type;
  }

  private static CallFunction function(Section match) {
    String text = match.text("function");
    List<String> names = Arrays.stream(CallFunction.values()).map(CallFunction::symbol).toList();
    int index = names.indexOf(text);
    if (index < 0) {
      throw match.bad("function", "does not exist", Names.suggest(text, names));
    }
    return CallFunction.values()[index];
  }

  /** {@code any}, {@code cpu 3}, {@code cpus 0-3}, {@code memory}, {@code controller}, {@code console} or {@code board 1}. */
  LinkEnd linkEnd(Section fault, String key) {
    if (!fault.has(key)) {
      return new LinkEnd.Any();
    }
    String text = fault.text(key).strip();
    Matcher ofBoard = BOARD.matcher(text);
    if (ofBoard.matches()) {
      return new LinkEnd.OfBoard(boardNumber(fault, key, ofBoard.group(1)));
    }
    Matcher ofCpus = CPUS.matcher(text);
    if (ofCpus.matches()) {
      CpuSet cpus = GuestReader.cpus(fault, key, ofCpus.group(1));
      requireThere(fault, key, cpus);
      return new LinkEnd.Cpus(cpus);
    }
    return switch (text) {
      case "any" -> new LinkEnd.Any();
      case "cpus" -> new LinkEnd.OfKind(MachineMap.Kind.CPU);
      case "memory" -> new LinkEnd.OfKind(MachineMap.Kind.DIRECTORY_SLICE);
      case "controller" -> new LinkEnd.OfKind(MachineMap.Kind.INTERRUPT_SLICE);
      case "console" -> new LinkEnd.OfKind(MachineMap.Kind.CONSOLE);
      default ->
          throw fault.bad(
              key,
              "is no end of a link",
              "give any, cpu 3, cpus 0-3, cpus, memory, controller, console or board 1");
    };
  }

  // ---- where

  /** Physical address of a word: {@code address}, or the call site of a function, or a symbol and an offset. */
  long word(Section fault) {
    long given =
        List.of("address", "site", "symbol").stream().filter(key -> fault.has(key)).count();
    if (given != 1) {
      throw fault.bad(
          "kind", "needs one of address, site and symbol", "add for instance site = FUNCTION");
    }
    long physical;
    String key;
    if (fault.has("site")) {
      key = "site";
      physical = site(fault);
    } else if (fault.has("symbol")) {
      key = "symbol";
      physical = symbol(fault);
    } else {
      key = "address";
      physical = address(fault, key);
    }
    if (fault.has("offset")) {
      physical += fault.wholeNumber("offset", -(1 << 20), 1 << 20);
      key = "offset";
    }
    if ((physical & 3) != 0 || physical < 0) {
      throw fault.bad(key, "does not lead to a word", "give a multiple of 4 bytes");
    }
    return physical;
  }

  private long site(Section fault) {
    String function = fault.text("site");
    List<CallSite> sites =
        sites(fault).sites().stream().filter(site -> site.function().equals(function)).toList();
    if (sites.isEmpty()) {
      List<String> names =
          sites(fault).sites().stream().map(CallSite::function).distinct().limit(1000).toList();
      throw fault.bad("site", "has no call site in the guest", shortened(function, names));
    }
    return sites.getFirst().ipPhysical();
  }

  /** Not all of nine thousand names. */
  private static String shortened(String wrong, List<String> names) {
    String all = Names.suggest(wrong, names);
    return all.length() <= 300 ? all : all.substring(0, 297) + "...";
  }

  private CallSites sites(Section fault) {
    try {
      return CallSites.find(guest.elfPath(), guest.image());
    } catch (ElfFormatException e) {
      throw fault.bad(
          "kind", "needs a guest that can be traced: " + e.getMessage(), "take another");
    }
  }

  private long symbol(Section fault) {
    String name = fault.text("symbol");
    ElfImage.Symbol symbol =
        new Symbols(guest.image())
            .named(name)
            .orElseThrow(
                () ->
                    fault.bad(
                        "symbol",
                        "is no symbol of " + guest.elfPath(),
                        "give a function or an object of the guest's"));
    for (ElfImage.Segment segment : guest.image().segments()) {
      long offset = symbol.address() - segment.virtualAddress();
      if (offset >= 0 && offset < segment.memoryBytes()) {
        return segment.physicalAddress() + offset;
      }
    }
    throw fault.bad("symbol", "lies in no segment of " + guest.elfPath(), "give another");
  }

  /** Of a text like {@code "0x1040"}; an address of a window onto physical memory counts as what it shows. */
  long address(Section fault, String key) {
    Matcher matcher = HEXADECIMAL.matcher(fault.text(key).strip());
    if (!matcher.matches()) {
      throw fault.bad(key, "is no address", "give it in hexadecimal, for instance \"0x100040\"");
    }
    long address = Long.parseUnsignedLong(matcher.group(1), 16);
    if (address >= 0) {
      return address;
    }
    boolean unmapped = address >= CKSEG0 && address < CKSEG2;
    return unmapped ? address & CKSEG_MASK : address & XKPHYS_MASK;
  }

  /** Whether ftrace ever stores to a word. */
  void requirePatched(Section fault, long physical) {
    if (!sites(fault).isPatchable(physical)) {
      throw fault.bad(
          "kind",
          "never strikes: the word at 0x" + Long.toHexString(physical) + " is no call site",
          "only stores to call sites may fault; name one by site = FUNCTION");
    }
  }

  // ---- when

  /** For kinds that strike whatever matches: armed at a time or a moment, for a while. */
  Trigger ofMatches(Section fault, boolean decidedByCpus) {
    long forNanos = fault.has("for") ? span(fault, "for") : Trigger.EVER;
    return trigger(fault, forNanos, decidedByCpus);
  }

  /** For kinds that strike once. */
  Trigger once(Section fault) {
    Trigger trigger = trigger(fault, Trigger.EVER, true);
    if (trigger.when().isEmpty()) {
      if (trigger.nth() > 0) {
        throw fault.bad("nth", "counts nothing", "add when = ..., or leave nth out");
      }
      requireTime(fault);
    }
    return trigger;
  }

  void requireTime(Section fault) {
    if (!fault.has("at")) {
      throw fault.bad("kind", "is never to strike", "add for instance at = 3ms");
    }
  }

  Trigger trigger(Section fault, long forNanos, boolean decidedByCpus) {
    Optional<Moment> when = Optional.empty();
    long from = 0;
    if (fault.has("when")) {
      when = Optional.of(moment(fault, decidedByCpus));
      if (fault.has("at")) {
        throw fault.bad("at", "contradicts when", "give one of them, or after = ... beside when");
      }
      from = fault.has("after") ? fault.nanos("after") : 0;
    } else if (fault.has("after")) {
      throw fault.bad("after", "says not after what", "add when = ..., or write at = ...");
    } else if (fault.has("at")) {
      from = fault.nanos("at");
      if (from >= limitNanos) {
        throw fault.bad("at", "is after the end, limits.virtual-time", "make one fit the other");
      }
    }
    long nth = fault.has("nth") ? fault.wholeNumber("nth", 1, Long.MAX_VALUE) : 0;
    double probability = fault.has("probability") ? fault.probability("probability") : 1;
    if (probability == 0) {
      throw fault.bad("probability", "lets it never strike", "give more than 0, or leave it out");
    }
    if (nth > 0 && fault.has("probability")) {
      throw fault.bad("probability", "contradicts nth", "give one of them");
    }
    return new Trigger(from, forNanos, when, nth, probability);
  }

  private Moment moment(Section fault, boolean decidedByCpus) {
    String text = fault.text("when").strip();
    if (!decidedByCpus) {
      throw fault.bad(
          "when", "is seen by CPUs only, which do not decide about this kind", "give at = ...");
    }
    List<String> all = Moment.all().stream().map(Moment::text).toList();
    Moment moment =
        Moment.of(text)
            .orElseThrow(() -> fault.bad("when", "never happens", Names.suggest(text, all)));
    if (moment instanceof Moment.IpiTaken(IpiKind kind)
        && kind == IpiKind.ICACHE_FLUSH
        && kernel.icacheFlush() != KernelConfig.IcacheFlush.MAILBOX_NOWAIT) {
      throw fault.bad(
          "when",
          "never happens: kernel.icache-flush = "
              + Names.of(kernel.icacheFlush())
              + " sends no such IPI",
          "name another moment");
    }
    return moment;
  }

  /** A span of time, or {@code ever}. */
  long spanOrEver(Section fault, String key) {
    return fault.text(key).equals("ever") ? Trigger.EVER : span(fault, key);
  }

  /** A span of time of 1 ns and more. */
  long span(Section fault, String key) {
    long nanos = fault.nanos(key);
    if (nanos == 0) {
      throw fault.bad(key, "does nothing", "give more than 0, for instance 40us");
    }
    return nanos;
  }
}
