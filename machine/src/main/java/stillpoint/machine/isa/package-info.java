/**
 * The MIPS64 Release 2 instruction table: one row decodes, disassembles, assembles and executes an
 * instruction.
 */
package stillpoint.machine.isa;
