package stillpoint.machine.explore

import java.util.{List => JList, OptionalLong}

import scala.collection.mutable
import scala.jdk.CollectionConverters._

import stillpoint.machine.board.{Board, Interconnect, MemoryOrder}
import stillpoint.machine.isa.{Assembler, RegisterNames}
import stillpoint.machine.l1.CacheGeometry
import stillpoint.machine.smp.{SmpMachine, SmpReport, SmpSetup}
import stillpoint.machine.time._

/**
 * Small protocols with a bug that the undisturbed run does not show, and the same protocols as they should be. Each bug's depth
 * (how many pairs of events have to come in an order of their own) and its smallest schedule are known by hand.
 */
object PlantedBugs {
  private val Link = 30

  /** What processes say to each other. */
  case class Say(what: String, value: Int) extends Message {
    override def fold(hash: StateHash): Unit = hash.fold(what).fold(value.toLong)
  }

  /** What a process has come to. */
  case class Came(to: Set[String]) extends Report

  /** One process of a protocol: does things after a while, sends, and notes what it came to. Never two things at a time. */
  abstract class Party {
    private[PlantedBugs] var now = 0L
    private[PlantedBugs] var outbox: Outbox = _
    private[PlantedBugs] var lateness: Lateness = _
    private[PlantedBugs] var next: Option[(Long, () => Unit)] = None
    private[PlantedBugs] var came = Set.empty[String]

    def begin(): Unit = ()
    def hear(sender: Int, say: Say): Unit = ()

    protected def send(target: Int, what: String, value: Int = 0): Unit = outbox.send(target, now + Link, Say(what, value))
    protected def note(what: String): Unit = came += what
    protected def after(cycles: Long)(act: => Unit): Unit = {
      require(next.isEmpty, "two things at a time")
      val done = now + cycles
      next = Some((done + lateness.afterStep(done), () => act))
    }
  }

  private class PartyProcess(party: Party, delays: Lateness) extends LogicalProcess {
    party.lateness = delays
    party.begin()
    override def handle(cycle: Long, sender: Int, message: Message, outbox: Outbox): Unit = {
      party.now = cycle
      party.outbox = outbox
      party.hear(sender, message.asInstanceOf[Say])
    }
    override def run(until: Long, outbox: Outbox): Unit =
      while (nextOwnCycle < until) {
        val Some((cycle, act)) = party.next: @unchecked
        party.next = None
        party.now = cycle
        party.outbox = outbox
        act()
      }
    override def nextOwnCycle: Long = party.next.map(_._1).getOrElse(LogicalProcess.NEVER)
    override def inspect(cycle: Long): Report = Came(party.came)
    override def foldState(hash: StateHash): Unit = party.came.toSeq.sorted.foreach(hash.fold(_))
  }

  /**
   * @param depth as PCT counts it
   * @param smallest decisions that show it, by hand
   * @param wrong whether what all came to is the bug
   */
  case class Protocol(name: String, depth: Int, smallest: Int, parties: () => Seq[Party], wrong: Set[String] => Boolean) {
    def machine(schedule: Schedule): Explorable = new Machine(this, schedule)

    /** What all came to. */
    def came(outcome: RunOutcome): Set[String] =
      outcome.finalReports.asScala.collect { case Came(to) => to }.foldLeft(Set.empty[String])(_ ++ _)
  }

  case class Ran(wrong: Boolean, digest: String, struck: Seq[Delay], profile: Profile)

  class Machine(protocol: Protocol, override val schedule: Schedule) extends Explorable {
    private val parties = protocol.parties()
    override def create(id: Int, lateness: Lateness): LogicalProcess = new PartyProcess(parties(id), lateness)
    override def size: Int = parties.size
    override def nameOf(id: Int): String = s"party$id"
    override def lookaheadCycles: Long = Link
    override def places: Int = size
    override def placeOf(id: Int): Int = id
  }

  def play(protocol: Protocol, schedule: Schedule): Ran = {
    val observed = new ObservedModel(protocol.machine(schedule))
    val outcome = SequentialEngine.run(observed, Judges.patient())
    Ran(protocol.wrong(protocol.came(outcome)), outcome.digest, observed.struck.asScala.toSeq, observed.profile(outcome.lastEventCycle))
  }

  /** Somebody is told to use what somebody else sets up, by two messages that nothing orders. */
  def race(ordered: Boolean): Protocol = Protocol("two-message race", 1, 1, () => Seq(
    new Party {
      override def begin(): Unit = after(100)(send(2, "set up"))
    },
    new Party {
      override def begin(): Unit = if (!ordered) after(400)(send(2, "use"))
      override def hear(sender: Int, say: Say): Unit = send(2, "use")
    },
    new Party {
      private var ready = false
      override def hear(sender: Int, say: Say): Unit = say.what match {
        case "set up" =>
          ready = true
          if (ordered) send(1, "ready")
        case "use" => note(if (ready) "good" else "used too early")
      }
    }), _("used too early"))

  /** Three CPUs, three locks: each takes its own, then its neighbour's; or always the lower one first. */
  def threeLocks(ordered: Boolean): Protocol = {
    class Cpu(id: Int) extends Party {
      private val wanted = { val two = Seq(id, (id + 1) % 3); if (ordered) two.sorted else two }
      private var held = 0
      override def begin(): Unit = after(100 + 600 * id)(send(3, "lock", wanted.head))
      override def hear(sender: Int, say: Say): Unit = {
        held += 1
        after(50) {
          if (held == 1) send(3, "lock", wanted(1))
          else {
            wanted.foreach(send(3, "unlock", _))
            note(s"done $id")
          }
        }
      }
    }
    val locks = () => new Party {
      private val queues = Array.fill(3)(mutable.Queue.empty[Int])
      override def hear(sender: Int, say: Say): Unit = say.what match {
        case "lock" =>
          queues(say.value) += sender
          if (queues(say.value).size == 1) send(sender, "yours")
        case "unlock" =>
          queues(say.value).dequeue()
          queues(say.value).headOption.foreach(send(_, "yours"))
      }
    }
    Protocol("three-CPU lock cycle", 3, 2, () => Seq(new Cpu(0), new Cpu(1), new Cpu(2), locks()),
      came => !(0 to 2).forall(i => came(s"done $i")))
  }

  /** A mailbox that is read, and then cleared as a whole; or only what was read. */
  def mailbox(onlyWhatWasRead: Boolean): Protocol = {
    class Sender(bit: Int, at: Long) extends Party {
      override def begin(): Unit = after(at)(send(2, "set", bit))
    }
    val controller = () => new Party {
      private var word = 0
      override def hear(sender: Int, say: Say): Unit = say.what match {
        case "set" =>
          if (word == 0) send(3, "raise")
          word |= say.value
        case "read" => send(3, "word", word)
        case "clear" =>
          word &= ~say.value
          if (word != 0) send(3, "raise")
      }
    }
    val receiver = () => new Party {
      override def hear(sender: Int, say: Say): Unit = say.what match {
        case "raise" => after(20)(send(2, "read"))
        case "word" =>
          Seq(1, 2).filter(bit => (say.value & bit) != 0).foreach(bit => note(s"took $bit"))
          after(20)(send(2, "clear", if (onlyWhatWasRead) say.value else 3))
      }
    }
    Protocol("IPI meets mailbox clear", 2, 1, () => Seq(new Sender(1, 100), new Sender(2, 1500), controller(), receiver()),
      came => !(came("took 1") && came("took 2")))
  }

  /** Two stores that travel to two homes as messages, which nothing orders; the reader sees the second and reads the first. */
  def stores(barrier: Boolean): Protocol = {
    val writer = () => new Party {
      override def begin(): Unit = after(100) {
        send(1, "data")
        if (!barrier) after(20)(send(2, "flag"))
      }
      override def hear(sender: Int, say: Say): Unit = if (barrier) send(2, "flag")
    }
    val dataHome = () => new Party {
      private var stored = 0
      override def hear(sender: Int, say: Say): Unit = say.what match {
        case "data" =>
          stored = 1
          send(0, "stored")
        case "read" => send(3, "data is", stored)
      }
    }
    val flagHome = () => new Party {
      override def hear(sender: Int, say: Say): Unit = send(3, "flag is set")
    }
    val reader = () => new Party {
      override def hear(sender: Int, say: Say): Unit = say.what match {
        case "flag is set" => after(300)(send(1, "read"))
        case "data is" => note(s"read ${say.value}")
      }
    }
    Protocol("two stores to two homes", 2, 1, () => Seq(writer(), dataHome(), flagHome(), reader()), _("read 0"))
  }

  /**
   * The machine's own cores, caches and store buffers: message passing (MP), which PSO may break and TSO may not. CPU 0 stores the data and then the flag,
   * with or without a sync between them; CPU 1, which has the old data in its cache, waits for the flag and reads the data. Something else is done between the two stores.
   */
  def cores(barrier: Boolean, order: MemoryOrder.Kind = MemoryOrder.Kind.PSO): Protocol = {
    val text = 0xffffffff80100000L
    val source =
      s"""writer:
         |  li $$t0, 0x80200000
         |  li $$t1, 1
         |  li $$t2, 200
         |before:                  # all of it is in one line of the cache
         |  addiu $$t2, $$t2, -1
         |  bnez $$t2, before
         |  nop
         |  sw $$t1, 0($$t0)
         |  ${if (barrier) "sync" else "nop"}
         |  li $$t2, 120
         |work:
         |  addiu $$t2, $$t2, -1
         |  bnez $$t2, work
         |  nop
         |  sw $$t1, 0x40($$t0)
         |asleep:
         |  wait
         |  b asleep
         |  nop
         |reader:
         |  li $$t0, 0x80200000
         |  lw $$v0, 0($$t0)        # the old data comes into the cache
         |poll:
         |  lw $$v1, 0x40($$t0)
         |  beqz $$v1, poll
         |  nop
         |  lw $$v0, 0($$t0)
         |  b asleep
         |  nop
         |""".stripMargin
    val program = Assembler.program(source, text)
    val image = program.sections.asScala.map(one => new SmpSetup.Piece(one.address & 0x1fffffff, one.content))
    def start(label: String, cycle: Long) = new SmpSetup.Start(cycle, program.labels.get(label), 0xe0, JList.of())
    val cache = new CacheGeometry(16, 2, 64)
    val board = new Board("planted", 2, 1000, true, cache, cache, 1, Board.InterruptControllerKind.XLR_PIC, 1, Link, Link, Link, Link,
      false, 0, Interconnect.CROSSBAR, 0, new MemoryOrder(order, 8, 1))
    val setup = new SmpSetup(board, 42, 1L << 28, image.asJava, JList.of(start("writer", 1000), start("reader", 0)), 1000000,
      OptionalLong.empty(), OptionalLong.empty(), false, false)
    new Protocol("missing store barrier", 2, 1, () => Nil, _("read 0")) {
      override def machine(schedule: Schedule): Explorable = new SmpMachine(setup, schedule)
      override def came(outcome: RunOutcome): Set[String] = {
        val reader = outcome.finalReports.get(1).asInstanceOf[SmpReport.Cpu]
        if (reader.end.isPresent) Set(s"read ${reader.registers.general()(RegisterNames.numberOf("v0"))}") else Set("never ended")
      }
    }
  }

  /** The target unlocks the csd, then reads what to call; or the other way round. */
  def csd(readFirst: Boolean): Protocol = {
    val caller = () => new Party {
      override def begin(): Unit = after(100)(send(1, "IPI"))
      override def hear(sender: Int, say: Say): Unit = after(200)(send(2, "write", 2))
    }
    val target = () => new Party {
      override def hear(sender: Int, say: Say): Unit = say.what match {
        case "IPI" if readFirst => send(2, "read")
        case "IPI" =>
          send(2, "unlock")
          after(20)(send(2, "read"))
        case "function" =>
          note(s"called ${say.value}")
          if (readFirst) send(2, "unlock")
      }
    }
    val memory = () => new Party {
      private var function = 1
      override def hear(sender: Int, say: Say): Unit = say.what match {
        case "unlock" => send(0, "unlocked")
        case "write" => function = say.value
        case "read" => send(1, "function", function)
      }
    }
    Protocol("csd released too early", 2, 1, () => Seq(caller(), target(), memory()), _("called 2"))
  }

  val Wrong: Seq[Protocol] =
    Seq(race(ordered = false), threeLocks(ordered = false), mailbox(onlyWhatWasRead = false), stores(barrier = false),
      cores(barrier = false), csd(readFirst = false))
  val Right: Seq[Protocol] =
    Seq(race(ordered = true), threeLocks(ordered = true), mailbox(onlyWhatWasRead = true), stores(barrier = true),
      cores(barrier = true), cores(barrier = false, MemoryOrder.Kind.TSO), csd(readFirst = true))

  /** What an exploration of so many runs came to. */
  case class Explored(found: Seq[Int], runs: Int, profile: Profile) {
    def first: Option[Int] = found.headOption.map(_ + 1)
    def rate: Double = found.size.toDouble / runs
  }

  val Most = 4000L

  def draw(protocol: Protocol, strategy: Strategy, depth: Int, number: Int, profile: Profile): Schedule =
    strategy.draw(SeededRandom.ofSeed(42).fork("planted").fork(number).nextLong, profile, Most, depth)

  def explore(protocol: Protocol, strategy: Strategy, depth: Int, runs: Int): Explored = {
    val profile = play(protocol, Schedule.counting(Most, 0)).profile
    Explored((0 until runs).filter(i => play(protocol, draw(protocol, strategy, depth, i, profile)).wrong), runs, profile)
  }

  def listing(delays: JList[Delay]): Schedule = Schedule.counting(Most, 0).listing(delays)
}
