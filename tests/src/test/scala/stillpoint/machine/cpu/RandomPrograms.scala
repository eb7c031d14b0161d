package stillpoint.machine.cpu

import scala.util.Random

/**
 * Random programs that end: a loop of a few dozen rounds over straight code, forward branches of
 * all kinds with full delay slots, calls, and loads and stores within 1 KiB from s0. They end in a
 * break.
 */
object RandomPrograms {
  private val work = Vector("a0", "a1", "a2", "a3", "a4", "a5", "t0", "t1", "t2", "v0")

  def source(random: Random): String = {
    def reg = work(random.nextInt(work.size))
    def pick(of: String*) = of(random.nextInt(of.size))
    def plain: String = random.nextInt(10) match {
      case 0 => s"${pick("addu", "daddu", "xor", "subu", "nor", "slt", "sltu", "mul")} $reg, $reg, $reg"
      case 1 => s"${pick("addiu", "daddiu", "slti")} $reg, $reg, ${random.nextInt(65536) - 32768}"
      case 2 => s"${pick("dsll", "dsrl", "dsra", "dror", "sll", "sra")} $reg, $reg, ${random.nextInt(32)}"
      case 3 => s"${pick("lw", "lwu")} $reg, ${4 * random.nextInt(256)}(s0)"
      case 4 => s"ld $reg, ${8 * random.nextInt(64)}(s1)"
      case 5 => s"sw $reg, ${4 * random.nextInt(256)}(s0)"
      case 6 => s"sd $reg, ${8 * random.nextInt(64)}(s1)"
      case 7 => s"${pick("lwl", "lwr", "ldl", "ldr", "swl", "swr", "sdl", "sdr")} $reg, ${random.nextInt(1000)}(s0)"
      case 8 => s"${pick("sb", "lb", "lbu")} $reg, ${random.nextInt(1000)}(s0)"
      case 9 => s"${pick("dmult", "dmultu", "mult", "divu", "ddiv")} $reg, $reg\n mflo $reg\n mfhi $reg"
    }
    def single: String = Iterator.continually(plain).find(!_.contains("\n")).get
    val body = (0 until 60).map { n =>
      random.nextInt(4) match {
        case 0 =>
          val branch = random.nextInt(3) match {
            case 0 => s"${pick("beq", "bne", "beql", "bnel")} $reg, $reg"
            case 1 => s"${pick("bltz", "bgez", "blezl", "bgtzl")} $reg,"
            case 2 => "jal"
          }
          val comma = if (branch.endsWith(",") || branch == "jal") "" else ","
          s"$branch$comma skip$n\n $single\n $plain\n $plain\nskip$n: $plain"
        case _ => plain
      }
    }
    s"li s7, 20\nround:\n${body.mkString("\n")}\n bne s6, s7, round\n addiu s6, s6, 1\n break"
  }
}
