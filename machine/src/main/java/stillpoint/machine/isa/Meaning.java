package stillpoint.machine.isa;

/**
 * What an instruction does to a processor. All or nothing: one that misses or traps has changed no
 * register.
 */
@FunctionalInterface
public interface Meaning {
  Outcome execute(Processor core, Instruction fields);
}
