package stillpoint.machine.litmus;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import stillpoint.machine.isa.AssembledProgram;
import stillpoint.machine.litmus.LitmusTest.Initial;
import stillpoint.machine.litmus.LitmusTest.Location;
import stillpoint.machine.litmus.LitmusTest.Register;
import stillpoint.machine.litmus.LitmusTest.Type;
import stillpoint.machine.litmus.LitmusTest.Variable;

/**
 * A test made ready to run: code assembled, registers and addresses chosen. Each variable has a
 * cache line of its own, each thread its own lines of code.
 */
public final class LitmusProgram {
  /** A cached, unmapped window onto the lowest 512 MiB; registers hold such addresses. */
  static final long CKSEG0 = 0xFFFF_FFFF_8000_0000L;

  static final int LINE_BYTES = 64;
  private static final long CODE = 0x10_0000;
  private static final long CODE_BYTES = 0x1_0000;
  private static final long DATA = 0x80_0000;
  private static final int REGISTERS = 32;

  /** A location whose final content counts. */
  record Watched(String text, int thread, int register, long physical, Type type) {
    boolean inMemory() {
      return thread < 0;
    }
  }

  private final LitmusTest test;
  private final boolean bigEndian;
  private final List<ThreadCode> threads = new ArrayList<>();
  private final Map<String, Long> addresses = new LinkedHashMap<>();
  private final Map<String, Type> types = new TreeMap<>();
  private final Map<String, Watched> watched = new LinkedHashMap<>();
  private final List<List<Long>> registers = new ArrayList<>();
  private final Map<String, Long> contents = new LinkedHashMap<>();

  /**
   * @throws LitmusError names the line of the first thing that cannot be
   */
  public LitmusProgram(LitmusTest test, boolean bigEndian) throws LitmusError {
    this.test = test;
    this.bigEndian = bigEndian;
    for (int i = 0; i < test.threads().size(); i++) {
      threads.add(ThreadCode.of(test, i, CKSEG0 | CODE + i * CODE_BYTES, bigEndian));
      registers.add(new ArrayList<>(java.util.Collections.nCopies(REGISTERS, 0L)));
    }
    findVariables();
    for (Initial one : test.initial()) {
      initialize(one);
    }
    for (Location location : mentioned()) {
      watch(location);
    }
  }

  public LitmusTest test() {
    return test;
  }

  int threadCount() {
    return threads.size();
  }

  /** General registers of a thread at its start. */
  List<Long> registers(int thread) {
    return registers.get(thread);
  }

  ThreadCode code(int thread) {
    return threads.get(thread);
  }

  /** Locations that are shown, in the order in which they are. */
  List<Watched> watched() {
    return List.copyOf(watched.values());
  }

  Watched watched(Location location) {
    return watched.get(location.text());
  }

  /** A value as a location of a type would hold it. */
  long valueOf(LitmusTest.Value value, Type type) {
    return switch (value) {
      case LitmusTest.Number(long number) -> type.of(number);
      case LitmusTest.Address(Variable of) -> type.of(CKSEG0 | addresses.get(of.name()));
    };
  }

  /** The name of the variable whose address a location of a type would show so, or null. */
  String variableAt(long value, Type type) {
    for (Map.Entry<String, Long> one : addresses.entrySet()) {
      if (type.bytes() >= 4 && type.of(CKSEG0 | one.getValue()) == value) {
        return one.getKey();
      }
    }
    return null;
  }

  /** What memory holds at the start: physical addresses and bytes. */
  void load(java.util.function.BiConsumer<Long, byte[]> memory) {
    for (ThreadCode code : threads) {
      AssembledProgram.Section text = code.program().sections().getFirst();
      memory.accept(text.address() & ~CKSEG0, text.content());
    }
    for (Map.Entry<String, Long> variable : addresses.entrySet()) {
      int bytes = typeOf(variable.getKey(), Type.INT).bytes();
      long value = contents.getOrDefault(variable.getKey(), 0L);
      byte[] content = new byte[bytes];
      for (int i = 0; i < bytes; i++) {
        content[bigEndian ? bytes - 1 - i : i] = (byte) (value >>> 8 * i);
      }
      memory.accept(variable.getValue(), content);
    }
  }

  // building

  /** Variables are those of the initial state: as content, as address, or by name. */
  private void findVariables() {
    for (Initial one : test.initial()) {
      if (one.location() instanceof Variable(int _, String name)) {
        place(name);
      }
      if (one.value() instanceof LitmusTest.Address(Variable of)) {
        place(of.name());
      }
    }
  }

  private void place(String name) {
    addresses.computeIfAbsent(name, _ -> DATA + (long) LINE_BYTES * addresses.size());
  }

  private void initialize(Initial one) throws LitmusError {
    String text = one.location().text();
    Type known = types.get(text);
    if (one.type() != null) {
      types.put(text, one.type());
    }
    switch (one.location()) {
      case Variable(int line, String name) -> {
        boolean address = one.value() instanceof LitmusTest.Address;
        if (address && known == null && one.type() == null) {
          types.put(name, Type.POINTER);
        }
        long value = valueOf(one.value(), Type.POINTER);
        if (contents.putIfAbsent(name, value) != null) {
          throw new LitmusError(line, "'" + name + "' has two initial values; leave one out");
        }
      }
      case Register register -> {
        for (int thread : threadsOf(register)) {
          int number = threads.get(thread).registerOf(register);
          registers.get(thread).set(number, valueOf(one.value(), Type.POINTER));
        }
      }
    }
  }

  /** Of a symbolic register without thread all that use it. */
  private List<Integer> threadsOf(Register register) throws LitmusError {
    List<Integer> users = new ArrayList<>();
    if (register.thread() >= 0) {
      requireThread(register);
      users.add(register.thread());
      return users;
    }
    for (int i = 0; i < threads.size(); i++) {
      if (threads.get(i).usesSymbolic(register.name())) {
        users.add(i);
      }
    }
    if (users.isEmpty()) {
      throw new LitmusError(
          register.line(), "no thread uses the register " + register.name() + "; leave it out");
    }
    return users;
  }

  private void requireThread(Register register) throws LitmusError {
    if (register.thread() >= threads.size()) {
      throw new LitmusError(
          register.line(),
          "there is no thread " + register.thread() + "; there are P0 .. P" + (threads.size() - 1));
    }
  }

  /** Registers by thread, then variables, as litmus prints them; what the test lists counts as well. */
  private List<Location> mentioned() {
    List<Location> all = new ArrayList<>();
    Condition.forEachLocation(test.condition().proposition(), all::add);
    all.addAll(test.observed());
    List<Location> ordered = new ArrayList<>();
    for (int thread = -1; thread < threads.size(); thread++) {
      for (Location one : all) {
        if (one instanceof Register register && register.thread() == thread) {
          ordered.add(one);
        }
      }
    }
    all.stream().filter(Variable.class::isInstance).forEach(ordered::add);
    return ordered;
  }

  private void watch(Location location) throws LitmusError {
    String text = location.text();
    if (watched.containsKey(text)) {
      return;
    }
    switch (location) {
      case Variable(int line, String name) -> {
        Long physical = addresses.get(name);
        if (physical == null) {
          throw new LitmusError(
              line,
              "no variable is called '"
                  + name
                  + "'; the initial state has "
                  + (addresses.isEmpty() ? "none" : String.join(", ", addresses.keySet())));
        }
        watched.put(text, new Watched(text, -1, -1, physical, typeOf(name, Type.INT)));
      }
      case Register register -> {
        List<Integer> users = threadsOf(register);
        if (users.size() > 1) {
          throw new LitmusError(
              register.line(), "several threads use " + text + "; write 0:" + register.name());
        }
        int number = threads.get(users.getFirst()).registerOf(register);
        watched.put(text, new Watched(text, users.getFirst(), number, -1, typeOf(text, Type.INT)));
      }
    }
    requireAddresses(location);
  }

  private Type typeOf(String text, Type otherwise) {
    return types.getOrDefault(text, otherwise);
  }

  /** Whatever the condition compares with must be a number or a variable. */
  private void requireAddresses(Location location) throws LitmusError {
    for (Variable of : comparedAddresses(test.condition().proposition())) {
      if (!addresses.containsKey(of.name())) {
        throw new LitmusError(
            of.line(),
            "'"
                + of.name()
                + "', with which "
                + location.text()
                + " is compared, is neither a number nor a variable of the initial state");
      }
    }
  }

  private static List<Variable> comparedAddresses(Condition.Proposition proposition) {
    return switch (proposition) {
      case Condition.Equal(var _, LitmusTest.Address(Variable of)) -> List.of(of);
      case Condition.Equal _, Condition.Same _ -> List.of();
      case Condition.Not(var of) -> comparedAddresses(of);
      case Condition.And(var all) ->
          all.stream().flatMap(one -> comparedAddresses(one).stream()).toList();
      case Condition.Or(var all) ->
          all.stream().flatMap(one -> comparedAddresses(one).stream()).toList();
    };
  }
}
