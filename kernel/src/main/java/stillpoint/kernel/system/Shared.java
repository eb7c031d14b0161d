package stillpoint.kernel.system;

import stillpoint.kernel.ftrace.CallSites;
import stillpoint.kernel.mm.KernelMemory;
import stillpoint.machine.elf.Symbols;
import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.interrupt.CpuSet;

/**
 * What every CPU of a machine knows from the start and nobody ever changes.
 *
 * @param possible CPUs, all of them
 * @param readings when the script reads what CPUs log
 */
public record Shared(
    MachineSetup setup,
    MachineMap map,
    KernelMemory memory,
    CallSites sites,
    Symbols symbols,
    CpuSet possible,
    Readings readings) {}
