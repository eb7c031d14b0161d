package stillpoint.machine.litmus

import scala.collection.mutable

/**
 * What a litmus test may end in, found without the simulator: it reads the file by itself, knows a dozen instructions, and tries
 * every interleaving of an abstract machine. A thread's step is an instruction; under tso and pso each thread has a buffer, and a
 * step may also be a store that leaves it: the oldest one (tso), or one of any variable that no older store in the buffer is to
 * (pso). sync, ll and sc wait for an empty buffer. A store conditional succeeds unless another thread's store to its variable has
 * reached memory since the ll.
 */
final class AbstractMachine(file: String) {
  import AbstractMachine._

  private val lines = file.linesIterator.toVector
  private val init = lines.dropWhile(_ != "{").drop(1).takeWhile(_ != "}").mkString(" ")
  private val rows = lines.dropWhile(_ != "}").drop(1).takeWhile(_.trim.endsWith(";")).map(_.trim.stripSuffix(";").split("\\|", -1).map(_.trim).toVector)
  val condition: String = lines.dropWhile(_ != "}").drop(1).dropWhile(_.trim.endsWith(";")).mkString(" ")
  private val threads: Vector[Vector[String]] = rows.tail.transpose.map(_.filter(_.nonEmpty))
  private val variableOf: Map[String, String] = "(%\\w+)=(\\w+)".r.findAllMatchIn(init).map(it => it.group(1) -> it.group(2)).toMap
  private val variables: Seq[String] = variableOf.values.toSeq.distinct.sorted

  /** What the condition speaks of, registers by thread first, then variables. */
  val observed: Seq[String] = {
    val registers = "(\\d):(\\$\\d+)".r.findAllIn(condition).toSeq.distinct
    val names = "\\b([a-z])(?==)".r.findAllIn(condition).toSeq.distinct
    registers.zipWithIndex.sortBy { case (text, at) => (text.takeWhile(_ != ':').toInt, at) }.map(_._1) ++ names
  }

  /** All final contents of what is observed. */
  def finals(order: String): Set[Seq[Long]] = {
    val start = State(threads.map(_ => Cpu(0, Map.empty, Vector.empty, None)), variables.map(_ -> 0L).toMap)
    val seen = mutable.HashSet[State](start)
    val todo = mutable.ArrayDeque(start)
    val ends = mutable.HashSet[Seq[Long]]()
    while (todo.nonEmpty) {
      val state = todo.removeHead()
      val next = threads.indices.flatMap(i => steps(state, i, order) ++ drains(state, i, order))
      if (next.isEmpty) ends += observed.map(content(state, _))
      next.filter(seen.add).foreach(todo.append)
    }
    ends.toSet
  }

  private def content(state: State, what: String): Long = what.split(":") match {
    case Array(thread, register) => state.cpus(thread.toInt).registers.getOrElse(register, 0L)
    case Array(variable) => state.memory(variable)
  }

  private def written(state: State, cpu: Int, variable: String, value: Long): State = {
    val others = state.cpus.zipWithIndex.map { case (one, i) => if (i != cpu && one.link.contains(variable)) one.copy(link = None) else one }
    state.copy(cpus = others, memory = state.memory.updated(variable, value))
  }

  private def drains(state: State, i: Int, order: String): Seq[State] = {
    val buffer = state.cpus(i).buffer
    val may = if (order == "tso") buffer.indices.take(1) else buffer.indices.filter(at => buffer.indexWhere(_._1 == buffer(at)._1) == at)
    may.map { at =>
      val (variable, value) = buffer(at)
      val drained = state.copy(cpus = state.cpus.updated(i, state.cpus(i).copy(buffer = buffer.patch(at, Nil, 1))))
      written(drained, i, variable, value)
    }
  }

  private def target(code: Vector[String], label: String): Int = code.indexWhere(_.startsWith(label + ":"))

  private def steps(state: State, i: Int, order: String): Seq[State] = {
    val cpu = state.cpus(i)
    val code = threads(i)
    if (cpu.at >= code.size) return Nil
    val words = code(cpu.at).replaceFirst("^\\w+:\\s*", "").split("[\\s,()]+").toVector
    def register(name: String): Long = cpu.registers.getOrElse(name, 0L)
    def after(change: Cpu => Cpu): Seq[State] = Seq(state.copy(cpus = state.cpus.updated(i, change(cpu.copy(at = cpu.at + 1)))))
    def set(name: String, value: Long)(one: Cpu): Cpu = one.copy(registers = one.registers.updated(name, value))
    def variable: String = variableOf(words(3))
    def load: Long = cpu.buffer.findLast(_._1 == variable).map(_._2).getOrElse(state.memory(variable))
    words(0) match {
      case "li" => after(set(words(1), words(2).toLong))
      case "addiu" => after(set(words(1), register(words(2)) + words(3).toLong))
      case "lw" => after(set(words(1), load))
      case "sw" if order == "sc" =>
        val done = after(identity).head
        Seq(written(done, i, variable, register(words(1))))
      case "sw" => after(one => one.copy(buffer = one.buffer :+ (variable -> register(words(1)))))
      case "sync" | "ll" | "sc" if cpu.buffer.nonEmpty => Nil
      case "sync" => after(identity)
      case "ll" => after(one => set(words(1), load)(one).copy(link = Some(variable)))
      case "sc" =>
        val holds = cpu.link.contains(variable)
        val done = after(one => set(words(1), if (holds) 1 else 0)(one).copy(link = None)).head
        Seq(if (holds) written(done, i, variable, register(words(1))) else done)
      case "beq" => if (register(words(1)) == register(words(2))) after(_.copy(at = target(code, words(3)))) else after(identity)
      case other => throw new IllegalArgumentException(s"the abstract machine knows no '$other'")
    }
  }
}

object AbstractMachine {
  final case class Cpu(at: Int, registers: Map[String, Long], buffer: Vector[(String, Long)], link: Option[String])
  final case class State(cpus: Vector[Cpu], memory: Map[String, Long])
}
