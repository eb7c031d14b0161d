package stillpoint.machine.litmus;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import stillpoint.machine.isa.AssembledProgram;
import stillpoint.machine.isa.Assembler;
import stillpoint.machine.isa.AssemblyError;
import stillpoint.machine.isa.RegisterNames;
import stillpoint.machine.litmus.LitmusTest.Register;

/**
 * A thread's code, assembled. Branches have no visible delay slot, as the format has it: a nop
 * follows each. The thread ends in a wait without interrupts.
 *
 * @param symbolic numbers of the registers that symbolic ones were given
 */
record ThreadCode(AssembledProgram program, Map<String, Integer> symbolic) {
  /** Given to symbolic registers in this order, where the thread does not use them itself. */
  private static final int[] FREE = {
    8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 16, 17, 18, 19, 20, 21, 22, 23, 2, 3, 4, 5, 6, 7
  };

  private static final String END =
      ".set reorder\nlitmus_end_of_thread: wait\n b litmus_end_of_thread\n";
  private static final Pattern SYMBOLIC = Pattern.compile("%[A-Za-z][A-Za-z0-9_]*");
  private static final Pattern NAMED = Pattern.compile("\\$([A-Za-z0-9]+)");
  private static final Pattern LABELS =
      Pattern.compile("((?:[A-Za-z_][A-Za-z0-9_.]*\\s*:\\s*)*)(.*)");
  private static final Pattern NO_OFFSET = Pattern.compile(",\\s*\\(");
  private static final Pattern SUBTRACT = Pattern.compile("(subiu?)(\\s.*,\\s*)(-?)(\\w+)\\s*");

  static ThreadCode of(LitmusTest test, int thread, long address, boolean bigEndian)
      throws LitmusError {
    List<LitmusTest.Instruction> code = test.threads().get(thread).code();
    Map<String, Integer> symbolic = allocate(test, thread, code);
    StringBuilder source = new StringBuilder(".set reorder\n");
    for (LitmusTest.Instruction one : code) {
      source.append(line(one, symbolic)).append('\n');
    }
    source.append(END);
    try {
      var settings = new Assembler.Settings(bigEndian, true, address, 0);
      return new ThreadCode(Assembler.program(source.toString(), settings), symbolic);
    } catch (AssemblyError e) {
      int row = e.line() - 2;
      int line = row >= 0 && row < code.size() ? code.get(row).line() : code.getFirst().line();
      throw new LitmusError(line, "P" + thread + ": " + e.what());
    }
  }

  private static Map<String, Integer> allocate(
      LitmusTest test, int thread, List<LitmusTest.Instruction> code) throws LitmusError {
    boolean[] taken = new boolean[32];
    Map<String, Integer> symbolic = new TreeMap<>();
    for (LitmusTest.Instruction one : code) {
      Matcher named = NAMED.matcher(one.text());
      while (named.find()) {
        taken[number(one.line(), named.group(1))] = true;
      }
      Matcher names = SYMBOLIC.matcher(one.text());
      while (names.find()) {
        symbolic.put(names.group(), -1);
      }
    }
    for (Register register : registersOf(test, thread)) {
      if (register.symbolic() && register.thread() == thread) {
        symbolic.put(register.name(), -1);
      } else if (!register.symbolic()) {
        taken[number(register.line(), register.name().replace("$", ""))] = true;
      }
    }
    int next = 0;
    for (Map.Entry<String, Integer> one : symbolic.entrySet()) {
      while (next < FREE.length && taken[FREE[next]]) {
        next++;
      }
      if (next == FREE.length) {
        throw new LitmusError(
            code.getFirst().line(), "P" + thread + " uses more registers than there are");
      }
      one.setValue(FREE[next++]);
    }
    return symbolic;
  }

  /** Those of the thread that the initial state, the condition and the list of locations name. */
  private static List<Register> registersOf(LitmusTest test, int thread) {
    List<LitmusTest.Location> all = new ArrayList<>(test.observed());
    test.initial().forEach(one -> all.add(one.location()));
    Condition.forEachLocation(test.condition().proposition(), all::add);
    return all.stream()
        .filter(Register.class::isInstance)
        .map(Register.class::cast)
        .filter(register -> register.thread() == thread)
        .toList();
  }

  /** {@code name} without its dollar sign; names of o32, as the format's own. */
  private static int number(int line, String name) throws LitmusError {
    int number = RegisterNames.o32NumberOf("$" + name);
    if (number < 0) {
      throw new LitmusError(
          line, "no register is called '" + name + "'; write $0 .. $31, $a0, or %x");
    }
    return number;
  }

  private static String line(LitmusTest.Instruction one, Map<String, Integer> symbolic)
      throws LitmusError {
    StringBuilder text = new StringBuilder();
    Matcher names = SYMBOLIC.matcher(one.text());
    while (names.find()) {
      names.appendReplacement(text, "\\$" + symbolic.get(names.group()));
    }
    names.appendTail(text);
    Matcher named = NAMED.matcher(text.toString());
    StringBuilder numbered = new StringBuilder();
    while (named.find()) {
      named.appendReplacement(numbered, "\\$" + number(one.line(), named.group(1)));
    }
    named.appendTail(numbered);
    String plain = NO_OFFSET.matcher(numbered).replaceFirst(",0(");
    Matcher parts = LABELS.matcher(plain);
    if (!parts.matches() || parts.group(2).startsWith(".")) {
      throw new LitmusError(one.line(), "'" + one.text() + "' is no instruction");
    }
    return parts.group(1) + withoutSubtraction(parts.group(2));
  }

  /** The format has subi and subiu, the architecture has not. */
  private static String withoutSubtraction(String instruction) {
    Matcher subtract = SUBTRACT.matcher(instruction);
    if (!subtract.matches()) {
      return instruction;
    }
    String sign = subtract.group(3).isEmpty() ? "-" : "";
    return subtract.group(1).replace("sub", "add") + subtract.group(2) + sign + subtract.group(4);
  }

  boolean usesSymbolic(String name) {
    return symbolic.containsKey(name);
  }

  /** Number of a register that the file names for this thread. */
  int registerOf(Register register) throws LitmusError {
    return register.symbolic()
        ? symbolic.get(register.name())
        : number(register.line(), register.name().replace("$", ""));
  }
}
