package stillpoint.machine.isa;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The sections of one pass. Code begins at the text address; read-only data, data and .bss follow
 * it, or begin at the data address if there is one. Where they begin depends on the sizes that the
 * pass before has found.
 */
final class Sections {
  private static final long PAGE_BYTES = 4096;

  private final Assembler.Settings settings;
  private final Map<String, long[]> earlier;
  private final Map<String, SectionBuilder> byName = new LinkedHashMap<>();
  private SectionBuilder current;
  private SectionBuilder previous;

  /** {@code earlier}: address by section name, from {@link #placed} of the pass before. */
  Sections(Assembler.Settings settings, Map<String, long[]> earlier) {
    this.settings = settings;
    this.earlier = earlier;
    enter(".text");
  }

  SectionBuilder current() {
    return current;
  }

  void enter(String name) {
    if (current == null || !current.name.equals(name)) {
      previous = current;
      current = byName.computeIfAbsent(name, this::created);
    }
  }

  /** Back to the section before this one. */
  void leave(int line) {
    if (previous == null) {
      throw new AssemblyError(line, ".previous has no section to go back to");
    }
    enter(previous.name);
  }

  private SectionBuilder created(String name) {
    long[] place = earlier.get(name);
    return new SectionBuilder(
        name, kindOf(name), place == null ? settings.textAddress() : place[0]);
  }

  private static SectionBuilder.Kind kindOf(String name) {
    if (name.startsWith(".text") || name.startsWith(".init") || name.startsWith(".ktext")) {
      return SectionBuilder.Kind.CODE;
    }
    if (name.startsWith(".rodata") || name.startsWith(".rdata")) {
      return SectionBuilder.Kind.READ_ONLY;
    }
    boolean bss = name.startsWith(".bss") || name.startsWith(".sbss");
    return bss ? SectionBuilder.Kind.BSS : SectionBuilder.Kind.DATA;
  }

  /** Where the sections go, now that their sizes are known. */
  Map<String, long[]> placed() {
    Map<String, long[]> places = new LinkedHashMap<>();
    long free = settings.textAddress();
    boolean code = true;
    for (SectionBuilder section : inOrder()) {
      if (code && section.kind != SectionBuilder.Kind.CODE) {
        code = false;
        // a page of its own, so that code and data share neither a line nor a page
        free = settings.dataAddress() != 0 ? settings.dataAddress() : roundUp(free, PAGE_BYTES);
      }
      long address =
          section.name.equals(".text") ? free : roundUp(free, Math.max(16, section.alignment()));
      places.put(section.name, new long[] {address, section.size()});
      free = address + section.size();
    }
    return places;
  }

  private static long roundUp(long address, long boundary) {
    return address + boundary - 1 & -boundary;
  }

  /** .text first, then by kind, then as they appeared. */
  private List<SectionBuilder> inOrder() {
    List<SectionBuilder> ordered = new ArrayList<>();
    for (SectionBuilder.Kind kind : SectionBuilder.Kind.values()) {
      byName.values().stream().filter(section -> section.kind == kind).forEach(ordered::add);
    }
    return ordered;
  }

  List<AssembledProgram.Section> finished() {
    return inOrder().stream()
        .filter(section -> section.name.equals(".text") || section.size() > 0)
        .map(SectionBuilder::finished)
        .toList();
  }
}
