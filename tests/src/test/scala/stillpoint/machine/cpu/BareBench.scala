package stillpoint.machine.cpu

import stillpoint.machine.isa.{Assembler, RegisterNames}
import stillpoint.machine.l1.{CacheGeometry, DataCache, InstructionCache}

/**
 * A bare core on a workbench: 512 KiB of memory at physical 0, a program at physical 0x10000, run
 * from kseg0. Status is 64-bit kernel mode without interrupts unless said; vectors are at
 * 0xffffffff80000000 (BEV = 0) and hold nops.
 */
class BareBench(
    source: String,
    bigEndian: Boolean = true,
    status: Int = 0xe0,
    origin: Long = 0xffffffff80010000L,
    config: CoreConfig => CoreConfig = identity
) {
  val geometry = new CacheGeometry(16, 2, 32)
  val core = new Core(
    config(CoreConfig.bare(3, bigEndian)),
    new InstructionCache(geometry, bigEndian),
    new DataCache(geometry, bigEndian),
    CodeWatch.NONE
  )
  val memory = new FlatMemory(0, 0x80000, bigEndian)
  val bare = new BareCore(core, memory)
  val program = Assembler.program(source, origin)
  memory.putWords(0x10000, program.words)
  core.setStatus(status)
  core.setPc(origin)
  private var taken: Option[Trap] = None
  bare.onTrap { trap =>
    taken = Some(trap)
    bare.stop()
  }

  def label(name: String): Long = program.label(name)
  def reg(name: String): Long = core.read(RegisterNames.numberOf(name))
  def set(name: String, value: Long): BareBench = {
    core.setGpr(RegisterNames.numberOf(name), value)
    this
  }
  def cp0(register: Int, select: Int = 0): Long = core.cp0.read(register, select, core.cycle)
  def setCp0(register: Int, value: Long, select: Int = 0): BareBench = {
    core.cp0.write(register, select, value, core.cycle)
    core.setStatus(core.cp0.status)
    this
  }

  /** Writes a TLB entry with the instruction itself. */
  def mapPages(index: Int, entryHi: Long, lo0: Long, lo1: Long, pageMask: Long = 0): BareBench = {
    Seq(0 -> index.toLong, 10 -> entryHi, 2 -> lo0, 3 -> lo1, 5 -> pageMask).foreach {
      case (register, value) => setCp0(register, value)
    }
    core.tlbWriteIndexed()
    this
  }

  /** Runs until an exception or interrupt has been taken; at most 10,000 cycles. */
  def runToTrap(): Trap = {
    taken = None
    bare.run(core.cycle, core.cycle + 10000)
    taken.getOrElse(throw new AssertionError(f"no exception, pc 0x${core.pc}%x"))
  }

  /** Runs through exceptions, without stopping. */
  def runFor(cycles: Long): BareBench = {
    val until = core.cycle + cycles
    while (core.cycle < until) bare.run(core.cycle, until)
    this
  }

  def exceptionCode: Int = core.cp0.cause >> 2 & 31
  def inBranchDelay: Boolean = core.cp0.cause < 0
}
