package stillpoint.machine.cpu

import stillpoint.machine.isa.Assembler
import stillpoint.machine.isa.RegisterNames
import stillpoint.machine.l1.{CacheGeometry, DataCache, InstructionCache}

/**
 * A core on a workbench: flat memory of 64 KiB at physical 1 MiB, a program at its start, data 32
 * KiB behind.
 */
class Bench(
    source: String,
    bigEndian: Boolean = true,
    watch: CodeWatch = CodeWatch.NONE,
    geometry: CacheGeometry = new CacheGeometry(16, 2, 32)
) {
  val code = 0xffffffff80100000L
  val data = 0xffffffff80108000L
  val physicalCode = 0x100000L
  val physicalData = 0x108000L
  val core = new Core(
    3,
    bigEndian,
    new InstructionCache(geometry, bigEndian),
    new DataCache(geometry, bigEndian),
    watch
  )
  val memory = new FlatMemory(physicalCode, 0x10000, bigEndian)
  val program = Assembler.program(source, code)
  memory.putWords(physicalCode, program.words)
  core.setPc(code)

  def reg(name: String): Long = core.read(RegisterNames.numberOf(name))
  def set(name: String, value: Long): Unit = core.setGpr(RegisterNames.numberOf(name), value)

  /** Runs to whatever stops the core but misses; at most 10,000 cycles. */
  def run(): Stop = memory.run(core, core.cycle, core.cycle + 10000)

  /** Runs to a break or another exception, through stops that only ask to look at interrupts. */
  def runToTrap(): Trap = {
    var stop = run()
    while (stop == Stop.CHECK_INTERRUPTS || stop == Stop.WAITING) stop = run()
    if (stop != Stop.TRAPPED) throw new AssertionError(s"stopped by $stop, not by an exception")
    core.trap
  }
}
