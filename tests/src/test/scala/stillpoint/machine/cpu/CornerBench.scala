package stillpoint.machine.cpu

import scala.collection.mutable.ListBuffer

import stillpoint.machine.isa.{Assembler, ExcCode}

/** Runs a corner's program in one byte order, and reads what it asks for. */
final class CornerBench(corner: Corner, bigEndian: Boolean) {
  private val bench = new BareBench("nop", bigEndian)
  private val core = bench.core
  private val labels = corner.code.map { case (address, source) =>
    val settings = new Assembler.Settings(bigEndian, true, address, 0)
    val program = Assembler.program(source, settings)
    bench.memory.putWords(address & 0x1fffffff, program.words)
    program
  }.flatMap(program => scala.jdk.CollectionConverters.MapHasAsScala(program.labels).asScala).toMap
  private val taken = ListBuffer.empty[ExcCode]
  private var most = 0

  /** The exceptions taken, in order. */
  def run(): Seq[ExcCode] = {
    val (entries, others) = corner.before.partition(_._1.startsWith("tlb."))
    entries.foreach { case (name, value) =>
      val Array(hi, lo0, lo1, mask) = value.split(',').map(number)
      bench.mapPages(name.drop(4).toInt, hi, lo0, lo1, mask)
    }
    Seq(0, 10, 2, 3, 5).foreach(bench.setCp0(_, 0))
    // Status last: what it lets in depends on the rest
    val (status, rest) = others.partition(_._1 == "status")
    (rest ++ status).foreach { case (name, value) => set(name, value) }
    val wanted = corner.expected(bigEndian).collectFirst { case ("traps", list) => list }.get
    most = if (wanted == "none") Int.MaxValue else wanted.split(',').length
    bench.bare.onTrap { trap =>
      taken += trap.code
      if (taken.size == most) bench.bare.stop()
    }
    bench.bare.run(core.cycle, core.cycle + (if (wanted == "none") 200 else 2000))
    bench.memory.drain(core.dataCache)
    taken.toSeq
  }

  private def set(name: String, value: String): Unit = name match {
    case "status" => core.setStatus(number(value).toInt)
    case "pc" => core.setPc(number(value))
    case "lines" => core.cp0.setHardwareInterrupts(number(value).toInt)
    case register if register.startsWith("cp0.") =>
      val Array(_, n, select) = register.split('.')
      bench.setCp0(n.toInt, number(value), select.toInt)
    case bytes if bytes.startsWith("bytes.") =>
      val at = hex(bytes.drop(6))
      value.grouped(2).zipWithIndex.foreach { case (text, i) => bench.memory.putByte(at + i, Integer.parseInt(text, 16)) }
    case register => bench.set(register, number(value))
  }

  /** What is there and what should be, both as text. */
  def compare(name: String, value: String): (String, String) = name match {
    case "traps" => (if (taken.isEmpty) "none" else taken.mkString(","), value)
    case bytes if bytes.startsWith("bytes.") => (read(hex(bytes.drop(6)), value.length / 2), value)
    case pages if pages.startsWith("pages.") =>
      val half = value.length / 4
      (pages.split('.').tail.map(at => read(hex(at), half)).mkString, value)
    case _ => (f"0x${field(name)}%x", f"0x${number(value)}%x")
  }

  private def read(physical: Long, count: Int): String =
    (0 until count).map(i => f"${bench.memory.byteAt(physical + i)}%02x").mkString

  private def field(name: String): Long = {
    val cause = core.cp0.cause
    name match {
      case "hi" => core.hi
      case "lo" => core.lo
      case "pc" => core.pc
      case "status" => core.cp0.status.toLong
      case "exl" => core.cp0.status.toLong >> 1 & 1
      case "erl" => core.cp0.status.toLong >> 2 & 1
      case "code" => cause.toLong >> 2 & 31
      case "bd" => cause.toLong >> 31 & 1
      case "ti" => cause.toLong >> 30 & 1
      case "ce" => cause.toLong >> 28 & 3
      case "ip" => cause.toLong >> 8 & 255
      case "epc" => bench.cp0(14)
      case "errorepc" => bench.cp0(30)
      case "badvaddr" => bench.cp0(8)
      case register if register.startsWith("cp0.") =>
        val Array(_, n, select) = register.split('.')
        bench.cp0(n.toInt, select.toInt)
      case register => bench.reg(register)
    }
  }

  private def hex(text: String): Long = java.lang.Long.parseUnsignedLong(text, 16)

  private def number(text: String): Long = text match {
    case hexadecimal if hexadecimal.startsWith("0x") => hex(hexadecimal.drop(2))
    case label if labels.contains(label) => labels(label)
    case decimal => decimal.toLong
  }
}
