package stillpoint.machine.isa;

import java.util.List;

/**
 * The directives of the assembler, GNU as's names and meanings: sections, data, alignment, symbols,
 * {@code .set}. Those that only tell a debugger or a linker something are accepted and do nothing.
 */
final class Directives {
  private static final List<String> SECTIONS =
      List.of(".text", ".data", ".rodata", ".rdata", ".bss", ".sdata", ".sbss");

  private final Assembler assembler;
  private final Assembler.Settings settings;

  Directives(Assembler assembler, Assembler.Settings settings) {
    this.assembler = assembler;
    this.settings = settings;
  }

  void execute(Statement statement) {
    int line = statement.line();
    Arguments arguments = assembler.arguments(statement, statement.operands());
    switch (statement.name()) {
      case ".byte" -> data(statement, arguments, 1);
      case ".half", ".hword", ".short", ".2byte" -> data(statement, arguments, 2);
      case ".word", ".long", ".int", ".4byte" -> data(statement, arguments, 4);
      case ".dword", ".quad", ".8byte" -> data(statement, arguments, 8);
      case ".ascii" -> strings(statement, false);
      case ".asciiz", ".asciz", ".string" -> strings(statement, true);
      case ".align", ".p2align" ->
          align(line, arguments, 1L << arguments.valueWithin(0, 20, "alignment"));
      case ".balign" -> balign(line, arguments);
      case ".space", ".skip" -> space(line, arguments);
      case ".fill" -> fill(line, arguments);
      case ".org" -> org(line, arguments);
      case ".globl", ".global" -> assembler.globals().addAll(statement.operands());
      case ".set" -> set(statement, arguments);
      case ".equ", ".equiv", "=" -> assign(line, arguments);
      case ".section" -> assembler.sections().enter(arguments.text().replace("\"", ""));
      case ".previous" -> assembler.sections().leave(line);
      // for linkers, debuggers and readers
      case ".ent",
          ".end",
          ".aent",
          ".frame",
          ".mask",
          ".fmask",
          ".type",
          ".size",
          ".file",
          ".ident",
          ".loc",
          ".extern",
          ".weak",
          ".hidden",
          ".local",
          ".module",
          ".nan",
          ".gnu_attribute",
          ".abicalls",
          ".option" -> {}
      default -> {
        boolean section = SECTIONS.contains(statement.name());
        if (!section && !statement.name().startsWith(".cfi_")) {
          throw arguments.error("no directive is called '" + statement.name() + "'");
        }
        if (section) {
          assembler.sections().enter(statement.name());
        }
      }
    }
  }

  private void data(Statement statement, Arguments arguments, int bytes) {
    int line = statement.line();
    assembler.alignData(line, bytes);
    if (arguments.left() == 0) {
      throw arguments.error("an operand is missing");
    }
    while (arguments.left() > 0) {
      String text = arguments.text();
      long value = arguments.value(text);
      if (bytes < 8) {
        // an address of the compatibility segments is a word too: only its upper half is implied
        String what = statement.name().substring(1);
        long least = -1L << 8 * bytes - 1;
        arguments.within(value, least, (1L << 8 * bytes) - 1, what, text);
      }
      assembler.sections().current().put(line, value, bytes, settings.bigEndian());
    }
  }

  private void strings(Statement statement, boolean terminated) {
    for (String operand : statement.operands()) {
      SectionBuilder section = assembler.sections().current();
      section.put(statement.line(), StringConstants.read(statement.line(), operand));
      if (terminated) {
        section.fill(statement.line(), 1, 0);
      }
    }
  }

  private void balign(int line, Arguments arguments) {
    String text = arguments.text();
    long boundary = arguments.within(arguments.value(text), 1, 1 << 20, "alignment", text);
    if (Long.bitCount(boundary) != 1) {
      throw arguments.error("alignment " + text + " is not a power of two");
    }
    align(line, arguments, boundary);
  }

  private void align(int line, Arguments arguments, long boundary) {
    int value = arguments.left() > 0 ? (int) arguments.valueWithin(-128, 255, "fill value") : 0;
    assembler.sections().current().align(line, boundary, value);
  }

  private void space(int line, Arguments arguments) {
    long size = arguments.valueWithin(0, 1 << 26, "size");
    int value = arguments.left() > 0 ? (int) arguments.valueWithin(-128, 255, "fill value") : 0;
    assembler.sections().current().fill(line, size, value);
  }

  private void fill(int line, Arguments arguments) {
    long repeat = arguments.valueWithin(0, 1 << 24, "count");
    int size = arguments.left() > 0 ? (int) arguments.valueWithin(1, 8, "size") : 1;
    long value = arguments.left() > 0 ? arguments.value() : 0;
    for (long i = 0; i < repeat; i++) {
      assembler.sections().current().put(line, value, size, settings.bigEndian());
    }
  }

  /** To an offset from the section's start, never backwards. */
  private void org(int line, Arguments arguments) {
    SectionBuilder section = assembler.sections().current();
    String text = arguments.text();
    long value = arguments.value(text);
    // a label's address counts too
    long target = value >= 0 && value < 1 << 26 ? value : value - section.address;
    arguments.within(target, section.size(), 1 << 26, ".org", text);
    section.fill(line, target - section.size(), 0);
  }

  private void assign(int line, Arguments arguments) {
    String name = arguments.text();
    assembler.assign(line, name, arguments.value());
  }

  private void set(Statement statement, Arguments arguments) {
    if (statement.operands().size() == 2) {
      assign(statement.line(), arguments);
      return;
    }
    String option = arguments.text();
    switch (option) {
      case "noreorder" -> assembler.setReorder(false);
      case "reorder" -> assembler.setReorder(true);
      case "push" -> assembler.push();
      case "pop" -> assembler.pop(statement.line());
      case "at", "noat" -> assembler.setKeepsAt(option.equals("noat"));
      case "macro",
          "nomacro",
          "nomips16",
          "nomicromips",
          "mips0",
          "mips3",
          "mips4",
          "mips32",
          "mips32r2",
          "mips64",
          "mips64r2",
          "arch=mips64r2",
          "arch=mips32r2",
          "gp=64",
          "volatile",
          "novolatile" -> {}
      default -> throw arguments.error(".set does not know '" + option + "'");
    }
  }
}
