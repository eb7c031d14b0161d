package stillpoint.machine.coherence

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import scala.jdk.CollectionConverters._

/**
 * Goal: no cell of the protocol could be wrong unnoticed. Method: from each cell of both tables broken ones are made (the
 * cell gone, each of its actions left out, another next state), and random programs that use the cell run on each. The
 * judge of RandomCoherence must object, unless the list below says why nobody can.
 *
 * A run takes every so-manyeth mutant; -Dstillpoint.all-mutants=true takes all, and -Dstillpoint.mutant-seeds=N gives each
 * more programs.
 */
@RunWith(classOf[JUnitRunner])
class ProtocolMutationSpec extends AnyWordSpec with Matchers {
  private val all = java.lang.Boolean.getBoolean("stillpoint.all-mutants")
  private val stride = if (all) 1 else 8
  private val programsEach = Integer.getInteger("stillpoint.mutant-seeds", 40).intValue
  private val seeds = 1L to 250L
  private val operations = 100

  /** @param cell as in {@code L1 S on INV} */
  private final case class Mutant(cell: String, change: String, tables: Tables) {
    def name = s"$cell: $change"
  }

  private def mutantsOf[S <: Enum[S], E <: Enum[E], A <: Enum[A]](
      name: String, table: TransitionTable[S, E, A], states: Seq[S], within: TransitionTable[S, E, A] => Tables): Seq[Mutant] =
    table.places.asScala.toSeq.flatMap { place =>
      val (state, event) = (place.state, place.event)
      val cell = table.at(state, event)
      val actions = cell.actions.asScala.toSeq
      val where = s"$name $state on $event"
      val gone = Mutant(where, "gone", within(table.without(state, event)))
      val lacking = actions.indices.map { i =>
        Mutant(where, s"without ${actions(i)}",
          within(table.replacing(state, event, cell.next, actions.patch(i, Nil, 1): _*)))
      }
      // where it stays instead of going, and the state next in the list where it stays
      val elsewhere = Seq(state, states((cell.next.ordinal + 1) % states.size)).distinct.filter(_ != cell.next)
        .map(next => Mutant(where, s"to $next", within(table.replacing(state, event, next, actions: _*))))
      gone +: (lacking ++ elsewhere)
    }

  private val mutants: Seq[Mutant] =
    mutantsOf[stillpoint.machine.l1.L1State, L1Mesi.Event, L1Mesi.Action](
      "L1", L1Mesi.TABLE, stillpoint.machine.l1.L1State.values.toSeq, t => Tables(l1 = t)) ++
    mutantsOf[HomeState, HomeMesi.Event, HomeMesi.Action]("home", HomeMesi.TABLE, HomeState.values.toSeq, t => Tables(home = t))

  /** For each cell the seeds whose programs use it most often. */
  private lazy val programs: Map[String, Seq[Long]] = {
    val uses = for (seed <- seeds; (cell, count) <- usesIn(seed)) yield (cell, seed, count)
    uses.groupBy(_._1).map { case (cell, all) => cell -> all.sortBy(use => (-use._3, use._2)).map(_._2).take(programsEach) }
  }

  private def usesIn(seed: Long): Seq[(String, Long)] = {
    val tables = Tables(L1Mesi.TABLE.counted(), HomeMesi.TABLE.counted())
    new RandomCoherence(seed, tables, operations).run()
    val l1 = tables.l1.places.asScala.map(p => (s"L1 ${p.state} on ${p.event}", tables.l1.usesOf(p.state, p.event)))
    val home = tables.home.places.asScala.map(p => (s"home ${p.state} on ${p.event}", tables.home.usesOf(p.state, p.event)))
    (l1 ++ home).filter(_._2 > 0).toSeq
  }

  private def survives(mutant: Mutant): Boolean = programs.getOrElse(mutant.cell, Nil).forall { seed =>
    RandomCoherence.verdictOf(new RandomCoherence(seed, mutant.tables, operations)).isEmpty
  }

  /** Mutants that no program can tell from the protocol, and why. */
  private val equivalent: Seq[(String, String)] = Seq(
    """home .*: without READ_MEMORY""" -> "memory answers at once, and later messages still come behind the answer",
    """L1 I on (FETCH|GLOBAL_INVALIDATE_I|UNCACHED|WRITEBACK|WRITEBACK_INVALIDATE|INVALIDATE|.*_DONE|DATA_I|INVALIDATE_I): to .*""" ->
      "a line that is not in the cache has no place to keep a state",
    """L1 .* on PUT_ACK: to .*""" -> "the line leaves the buffer, and its state with it",
    """L1 (MI_A|M) on .*: to EI_A""" -> "in the buffer both answer alike: the home has been told already which it was",
    """L1 (E|IS_D) on .*: to M""" -> "a clean line may be written back as if it were not",
    """L1 (MI_A|EI_A) on (FWD|RECALL).*: to (MI_A|EI_A|II_A)""" ->
      "nothing but the PutAck comes any more: the home has taken the Put, which was sent before our answer",
    """L1 SI_A on INV: to SI_A""" -> "and no second Inv comes",
    """home (S|EM|S_D|EMS_D|EMI_D|SI_A|.*_G) on UNCACHED_STORE: without MERGE_INTO_MEMORY""" ->
      "a cached line may be written over it at any time; DirectorySliceSpec knows better",
    """L1 (EI_A on .*: to SI_A|SI_A on .*: to II_A)""" ->
      "only what crosses the Put after this event tells, which is rare; L1ControllerSpec lets it cross",
    """home (S_D on COPYBACK_NO_SHARERS|EMS_D on COPYBACK_NO_SHARERS|EM_G on PUT[ME]): without CLEAR_OWNER""" ->
      "of a line in I only observers ask for an owner, and only the end looks; DirectorySliceSpec asks")

  private def explained(mutant: Mutant): Boolean = equivalent.exists { case (pattern, _) => mutant.name.matches(pattern) }

  "A broken cell of the protocol" should {
    "be noticed by the judge, or be one that changes nothing that anybody can see" in {
      val tried = mutants.zipWithIndex.collect { case (mutant, i) if i % stride == 0 => mutant }
      val survivors = tried.filter(survives)
      val summary = s"${mutants.size} mutants, ${tried.size} tried, ${survivors.size} survive, of which " +
        s"${survivors.count(explained)} are explained"
      info(summary)
      if (all) {
        println(summary)
        equivalent.foreach { case (pattern, why) =>
          println(s"${survivors.count(_.name.matches(pattern))} of $pattern: $why")
        }
      }
      survivors.filterNot(explained).map(_.name).mkString("\n") shouldBe ""
    }
    "have been used by some program before it was broken" in {
      mutants.map(_.cell).distinct.filterNot(programs.contains) shouldBe empty
    }
  }
}
