package stillpoint.machine.cpu;

import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import stillpoint.machine.cpu.Region.Block;
import stillpoint.machine.cpu.Region.Kind;
import stillpoint.machine.isa.Frequent;
import stillpoint.machine.isa.Instruction;
import stillpoint.machine.isa.Outcome;
import stillpoint.machine.isa.Processor;

/**
 * The method that executes a region. It knows nothing of what instructions mean: for each it calls
 * {@link Instruction#execute} of an instruction that is a constant of the class, and the JVM's
 * compiler puts the meaning there, with the fields of the word as constants. What is written here
 * is what lies between instructions: the cycles that are left, where branches go, and how the
 * interpreter takes over.
 */
final class RegionCode {
  private static final ClassDesc CORE = descriptor(Core.class);
  private static final ClassDesc INSTRUCTION = descriptor(Instruction.class);
  private static final ClassDesc OUTCOME = descriptor(Outcome.class);

  static final MethodTypeDesc RUN = MethodTypeDesc.of(OUTCOME, CORE, CD_long);
  private static final MethodTypeDesc EXECUTE =
      MethodTypeDesc.of(OUTCOME, descriptor(Processor.class));
  private static final MethodTypeDesc BRANCH = MethodTypeDesc.of(OUTCOME, CD_long, INSTRUCTION);
  private static final MethodTypeDesc NUMBER = MethodTypeDesc.of(CD_long);
  private static final MethodTypeDesc LEAVE = MethodTypeDesc.of(CD_void, CD_long, CD_long);
  private static final MethodTypeDesc LEAVE_IN_DELAY_SLOT =
      MethodTypeDesc.of(CD_void, CD_long, CD_long, CD_long);

  private static final MethodTypeDesc PLACE_OF = MethodTypeDesc.of(CD_int, INSTRUCTION, CD_int);
  private static final MethodTypeDesc LOAD_AT =
      MethodTypeDesc.of(OUTCOME, CD_int, INSTRUCTION, CD_int, CD_boolean);
  private static final MethodTypeDesc STORE_AT =
      MethodTypeDesc.of(OUTCOME, CD_int, INSTRUCTION, CD_int);

  // local variables; 0 is the object itself
  private static final int THE_CORE = 1;
  private static final int UNTIL = 2;

  /** Cycles that are left when the block is over. */
  private static final int LEFT = 4;

  /** Where the branch goes. */
  private static final int TARGET = 6;

  private static final int WHAT_STOPS = 8;
  private static final int LEAVING_AT = 9;
  private static final int PLACE = 11;

  /** Addresses in the region that an indirect jump is compared with. */
  private static final int MOST_RETURN_POINTS = 6;

  private final Region region;
  private final ClassDesc self;
  private final CodeBuilder code;
  private final Map<Long, Label> labels = new LinkedHashMap<>();
  private final List<Runnable> stubs = new ArrayList<>();
  private final Label leave;
  private final Label stop;
  private final Label stopInDelaySlot;

  RegionCode(Region region, ClassDesc self, CodeBuilder code) {
    this.region = region;
    this.self = self;
    this.code = code;
    this.leave = code.newLabel();
    this.stop = code.newLabel();
    this.stopInDelaySlot = code.newLabel();
  }

  static ClassDesc descriptor(Class<?> type) {
    return ClassDesc.ofDescriptor(type.descriptorString());
  }

  /** Whether it is one of the loads and stores that look at the most recent line first. */
  static boolean isAccess(Instruction instruction) {
    return Access.of(instruction) != null;
  }

  void write() {
    region.blocks().forEach(block -> labels.put(block.pc(), code.newLabel()));
    code.lload(UNTIL).aload(THE_CORE).invokevirtual(CORE, "cycle", NUMBER).lsub().lstore(LEFT);
    int number = 0;
    for (Block block : region.blocks()) {
      write(block, number);
      number += block.length();
    }
    for (int i = 0; i < stubs.size(); i++) {
      stubs.get(i).run();
    }
    writeEnds();
  }

  private void writeEnds() {
    code.labelBinding(leave);
    where().invokevirtual(CORE, "leaveAt", LEAVE).aconst_null().areturn();
    code.labelBinding(stop);
    where().invokevirtual(CORE, "leaveAt", LEAVE).aload(WHAT_STOPS).areturn();
    code.labelBinding(stopInDelaySlot);
    where()
        .lload(TARGET)
        .invokevirtual(CORE, "leaveInDelaySlot", LEAVE_IN_DELAY_SLOT)
        .aload(WHAT_STOPS)
        .areturn();
  }

  /** The core, the address of the next instruction, its cycle. */
  private CodeBuilder where() {
    return code.aload(THE_CORE).lload(LEAVING_AT).lload(UNTIL).lload(LEFT).lsub();
  }

  /** {@code number}: that of its first instruction in the region. */
  private void write(Block block, int number) {
    code.labelBinding(labels.get(block.pc()));
    code.lload(LEFT).loadConstant((long) block.length()).lsub().dup2().lstore(LEFT);
    code.lconst_0().lcmp().iflt(leaving(block.pc(), block.length()));
    int plain = block.kind() == Kind.NONE ? block.length() : block.length() - 2;
    for (int i = 0; i < plain; i++) {
      writeInstruction(block, i, number + i, stub(block.pc() + 4L * i, block.length() - i, stop));
    }
    if (block.kind() == Kind.NONE) {
      code.goto_(to(block.end()));
    } else {
      writeBranch(block, number + plain);
    }
  }

  /**
   * A load or store looks at the most recent line first: the JVM then knows of each by itself
   * whether it needs more, and does not burden those that do not.
   */
  private void writeInstruction(Block block, int index, int number, Label otherwise) {
    Access access = Access.of(block.instructions().get(index));
    if (access == null) {
      execute(number, otherwise);
      return;
    }
    Label after = code.newLabel();
    Label elsewhere = code.newLabel();
    code.aload(THE_CORE);
    instruction(number).loadConstant(access.bytes());
    code.invokevirtual(CORE, access.store() ? "placeToStore" : "placeToLoad", PLACE_OF)
        .istore(PLACE)
        .iload(PLACE)
        .iflt(elsewhere)
        .aload(THE_CORE)
        .iload(PLACE);
    instruction(number).loadConstant(access.bytes());
    if (access.store()) {
      code.invokevirtual(CORE, "storeAt", STORE_AT).pop();
    } else {
      code.loadConstant(access.signed() ? 1 : 0).invokevirtual(CORE, "loadAt", LOAD_AT).pop();
    }
    code.labelBinding(after);
    stubs.add(
        () -> {
          code.labelBinding(elsewhere);
          execute(number, otherwise);
          code.goto_(after);
        });
  }

  private void execute(int number, Label otherwise) {
    instruction(number)
        .aload(THE_CORE)
        .invokevirtual(INSTRUCTION, "execute", EXECUTE)
        .astore(WHAT_STOPS)
        .aload(WHAT_STOPS);
    outcome(Outcome.RETIRED).if_acmpne(otherwise);
  }

  private void writeBranch(Block block, int number) {
    long delaySlot = block.end() - 4;
    code.aload(THE_CORE).loadConstant(delaySlot - 4);
    instruction(number).invokevirtual(CORE, "branchAt", BRANCH);
    if (block.kind() == Kind.LIKELY) {
      outcome(Outcome.ANNULLED).if_acmpeq(annulled(block));
    } else {
      code.pop();
    }
    code.aload(THE_CORE).invokevirtual(CORE, "branchTarget", NUMBER).lstore(TARGET);
    int last = block.length() - 1;
    writeInstruction(block, last, number + 1, stub(delaySlot, 1, stopInDelaySlot));
    switch (block.kind()) {
      case CONDITIONAL -> {
        code.lload(TARGET).loadConstant(block.taken()).lcmp().ifeq(to(block.taken()));
        code.goto_(to(block.end()));
      }
      case LIKELY, JUMP -> code.goto_(to(block.taken()));
      case INDIRECT -> writeIndirect();
      case NONE -> throw new IllegalArgumentException("a branch of no kind");
    }
  }

  /** Back to calls in the region, or out of it. */
  private void writeIndirect() {
    region.blocks().stream()
        .filter(block -> block.returnPoint() && labels.containsKey(block.end()))
        .limit(MOST_RETURN_POINTS)
        .forEach(
            block -> {
              code.lload(TARGET).loadConstant(block.end()).lcmp();
              code.ifeq(labels.get(block.end()));
            });
    code.lload(TARGET).lstore(LEAVING_AT).goto_(leave);
  }

  private CodeBuilder instruction(int number) {
    return code.getstatic(self, RegionWriter.constant(number), INSTRUCTION);
  }

  private CodeBuilder outcome(Outcome outcome) {
    return code.getstatic(OUTCOME, outcome.name(), OUTCOME);
  }

  /** Where code goes on that follows. */
  private Label to(long pc) {
    Label inside = labels.get(pc);
    return inside != null ? inside : leaving(pc, 0);
  }

  private Label leaving(long pc, int cyclesBack) {
    return stub(pc, cyclesBack, leave);
  }

  /** The delay slot has taken no cycle. */
  private Label annulled(Block block) {
    Label label = code.newLabel();
    stubs.add(
        () -> {
          code.labelBinding(label);
          code.lload(LEFT).lconst_1().ladd().lstore(LEFT).goto_(to(block.end()));
        });
    return label;
  }

  /** Notes an address, gives back the cycles of what is not executed, and goes to an end. */
  private Label stub(long pc, int cyclesBack, Label end) {
    Label label = code.newLabel();
    stubs.add(
        () -> {
          code.labelBinding(label).loadConstant(pc).lstore(LEAVING_AT);
          if (cyclesBack != 0) {
            code.lload(LEFT).loadConstant((long) cyclesBack).ladd().lstore(LEFT);
          }
          code.goto_(end);
        });
    return label;
  }

  /** A load or store of the usual kinds. */
  private record Access(int bytes, boolean signed, boolean store) {
    /** Null if it is none. */
    static Access of(Instruction instruction) {
      return switch (instruction.number()) {
        case Frequent.LB -> new Access(1, true, false);
        case Frequent.LBU -> new Access(1, false, false);
        case Frequent.LH -> new Access(2, true, false);
        case Frequent.LHU -> new Access(2, false, false);
        case Frequent.LW -> new Access(4, true, false);
        case Frequent.LWU -> new Access(4, false, false);
        case Frequent.LD -> new Access(8, true, false);
        case Frequent.SB -> new Access(1, false, true);
        case Frequent.SH -> new Access(2, false, true);
        case Frequent.SW -> new Access(4, false, true);
        case Frequent.SD -> new Access(8, false, true);
        default -> null;
      };
    }
  }
}
