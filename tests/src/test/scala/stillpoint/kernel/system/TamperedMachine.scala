package stillpoint.kernel.system

import stillpoint.machine.time.{LogicalProcess, Message, Model, Outbox, Report, SequentialEngine, StateHash}

/** A machine some of whose messages are lost or come late. Model wrapper for specs; a run has its own. */
class TamperedMachine(machine: EmulatedMachine, tamper: TamperedMachine.Tamper) extends Model {
  override def size: Int = machine.size
  override def create(id: Int): LogicalProcess = new Tampered(machine.create(id))
  override def nameOf(id: Int): String = machine.nameOf(id)
  override def lookaheadCycles: Long = machine.lookaheadCycles
  override def places: Int = machine.places
  override def placeOf(id: Int): Int = machine.placeOf(id)

  private class Tampered(process: LogicalProcess) extends LogicalProcess {
    private def through(outbox: Outbox): Outbox = (target, arrival, message) =>
      tamper(target, message).foreach(delay => outbox.send(target, arrival + delay, message))
    override def handle(cycle: Long, sender: Int, message: Message, outbox: Outbox): Unit =
      process.handle(cycle, sender, message, through(outbox))
    override def run(until: Long, outbox: Outbox): Unit = process.run(until, through(outbox))
    override def nextOwnCycle: Long = process.nextOwnCycle
    override def blockedSince: Long = process.blockedSince
    override def inspect(cycle: Long): Report = process.inspect(cycle)
    override def foldState(hash: StateHash): Unit = process.foldState(hash)
  }
}

object TamperedMachine {
  /** Extra cycles for a message to a target, or None to lose it. */
  type Tamper = (Int, Message) => Option[Long]

  /** Does it to the nth message (from 1) that is such a one. */
  def nth(n: Int, fate: Option[Long])(such: PartialFunction[(Int, Message), Boolean]): Tamper = {
    var seen = 0
    (target, message) => {
      if (such.applyOrElse((target, message), (_: (Int, Message)) => false)) {
        seen += 1
        if (seen == n) fate else Some(0)
      } else Some(0)
    }
  }

  def simulate(plan: Machines.Plan, tamper: Tamper): Machines.Run = {
    val machine = new EmulatedMachine(plan.setup)
    val judge = new MachineJudge(plan.setup)
    val outcome = SequentialEngine.run(new TamperedMachine(machine, tamper), judge)
    Machines.Run(machine, outcome, judge, Map.empty)
  }
}
