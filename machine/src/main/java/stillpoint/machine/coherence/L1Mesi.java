package stillpoint.machine.coherence;

import static stillpoint.machine.coherence.TransitionTable.anyOf;
import static stillpoint.machine.coherence.TransitionTable.same;
import static stillpoint.machine.l1.L1State.E;
import static stillpoint.machine.l1.L1State.EI_A;
import static stillpoint.machine.l1.L1State.I;
import static stillpoint.machine.l1.L1State.II_A;
import static stillpoint.machine.l1.L1State.IM_A;
import static stillpoint.machine.l1.L1State.IM_AD;
import static stillpoint.machine.l1.L1State.IS_D;
import static stillpoint.machine.l1.L1State.M;
import static stillpoint.machine.l1.L1State.MI_A;
import static stillpoint.machine.l1.L1State.S;
import static stillpoint.machine.l1.L1State.SI_A;
import static stillpoint.machine.l1.L1State.SM_A;
import static stillpoint.machine.l1.L1State.SM_AD;

import java.util.EnumSet;
import java.util.Set;
import stillpoint.machine.l1.L1State;

/**
 * MESI as a data cache sees it, after Sorin, Hill and Wood, <i>A Primer on Memory Consistency and
 * Cache Coherence</i>, chapter 8. Hits are not here: they need nobody.
 */
public final class L1Mesi {
  /** What meets a line: the CPU's wishes first, then what others say. */
  public enum Event {
    LOAD,
    STORE,
    /** Of a line that is readable; on any other it has failed already. */
    STORE_CONDITIONAL,
    FETCH,
    GLOBAL_INVALIDATE_I,
    /** A load or store past the caches. */
    UNCACHED,
    WRITEBACK_INVALIDATE,
    INVALIDATE,
    WRITEBACK,
    /** The CPU wants the line's place for another. */
    REPLACEMENT,
    DATA_S,
    DATA_E,
    /** Data to write, and InvAcks are missing. */
    DATA_M,
    /** Data to write, and no InvAck is missing. */
    DATA_M_COMPLETE,
    /** No data is needed, but InvAcks are missing. */
    ACK_COUNT,
    /** No data is needed, and no InvAck is missing. */
    ACK_COUNT_COMPLETE,
    INV_ACK,
    LAST_INV_ACK,
    UPGRADE_REFUSED,
    DATA_I,
    GLOBAL_INVALIDATE_I_DONE,
    UNCACHED_DONE,
    INV,
    FWD_GETS,
    FWD_GETM,
    /** The home wants the data; a shared copy may stay. */
    RECALL_TO_SHARE,
    /** The home wants the data; nothing stays. */
    RECALL_TO_DROP,
    PUT_ACK,
    INVALIDATE_I
  }

  /** What the controller does; the line is already in its next state. */
  public enum Action {
    /** Finds the line a place, which may be a REPLACEMENT of another line. */
    ALLOCATE_LINE,
    FILL_LINE,
    SEND_GETS,
    SEND_GETM,
    SEND_UPGRADE,
    SEND_GETI,
    SEND_GLOBAL_INVALIDATE_I,
    SEND_UNCACHED,
    MOVE_TO_WRITEBACK_BUFFER,
    SEND_PUTS,
    SEND_PUTE,
    SEND_PUTM,
    FREE_WRITEBACK_BUFFER,
    /** The CPU's wish is served when the home has acknowledged that this line was given back. */
    WAIT_FOR_PUT_ACK,
    /** Now is that time. */
    RETRY_WAITING,
    SEND_INV_ACK,
    /** To who asked for it. */
    SEND_DATA_S,
    /** To who asked for it. */
    SEND_DATA_M,
    /** The data, home. */
    SEND_COPYBACK,
    COUNT_INV_ACK,
    /** It came before what this CPU needs to do its access first. */
    DEFER,
    /** What was deferred happens now. */
    ANSWER_DEFERRED,
    DROP_INSTRUCTION_LINE,
    SEND_INVALIDATE_I_ACK,
    /** The CPU learns that it can no longer read, or no longer write, without asking. */
    TELL_LINE_LOST,
    /** The CPU does now what it was stalled on. */
    COMPLETE_ACCESS
  }

  private static final Set<L1State> WRITING_BACK = anyOf(MI_A, EI_A, SI_A, II_A);
  private static final Set<L1State> NOT_ASKED_FOR = anyOf(I, S, E, M, MI_A, EI_A, SI_A, II_A);
  private static final Set<Event> FOR_THE_OWNER =
      anyOf(Event.FWD_GETS, Event.FWD_GETM, Event.RECALL_TO_SHARE, Event.RECALL_TO_DROP);

  /** The table. A line is in one state, be it in the cache or in the writeback buffer. */
  public static final TransitionTable<L1State, Event, Action> TABLE =
      TransitionTable.of(L1State.class, Event.class, Action.class)
          .on(I, Event.LOAD, IS_D, Action.ALLOCATE_LINE, Action.SEND_GETS)
          .on(I, Event.STORE, IM_AD, Action.ALLOCATE_LINE, Action.SEND_GETM)
          .on(S, Event.STORE, SM_AD, Action.SEND_GETM)
          .on(S, Event.STORE_CONDITIONAL, SM_AD, Action.SEND_UPGRADE)
          .on(WRITING_BACK, anyOf(Event.LOAD, Event.STORE), same(), Action.WAIT_FOR_PUT_ACK)
          .on(NOT_ASKED_FOR, Event.FETCH, same(), Action.SEND_GETI)
          .on(NOT_ASKED_FOR, Event.GLOBAL_INVALIDATE_I, same(), Action.SEND_GLOBAL_INVALIDATE_I)
          .on(NOT_ASKED_FOR, Event.UNCACHED, same(), Action.SEND_UNCACHED)
          // S is given back with a message too: so a home's Inv never meets a line that is asked
          // for
          // anew, unless it means that very copy
          .on(
              S,
              Event.REPLACEMENT,
              SI_A,
              Action.MOVE_TO_WRITEBACK_BUFFER,
              Action.SEND_PUTS,
              Action.TELL_LINE_LOST)
          .on(
              E,
              Event.REPLACEMENT,
              EI_A,
              Action.MOVE_TO_WRITEBACK_BUFFER,
              Action.SEND_PUTE,
              Action.TELL_LINE_LOST)
          .on(
              M,
              Event.REPLACEMENT,
              MI_A,
              Action.MOVE_TO_WRITEBACK_BUFFER,
              Action.SEND_PUTM,
              Action.TELL_LINE_LOST)
          // cache operations are done when the home has seen them
          .on(
              I,
              anyOf(Event.WRITEBACK_INVALIDATE, Event.INVALIDATE, Event.WRITEBACK),
              same(),
              Action.COMPLETE_ACCESS)
          .on(anyOf(S, E), Event.WRITEBACK, same(), Action.COMPLETE_ACCESS)
          .on(
              S,
              anyOf(Event.WRITEBACK_INVALIDATE, Event.INVALIDATE),
              SI_A,
              Action.MOVE_TO_WRITEBACK_BUFFER,
              Action.SEND_PUTS,
              Action.TELL_LINE_LOST,
              Action.WAIT_FOR_PUT_ACK)
          .on(
              E,
              anyOf(Event.WRITEBACK_INVALIDATE, Event.INVALIDATE),
              EI_A,
              Action.MOVE_TO_WRITEBACK_BUFFER,
              Action.SEND_PUTE,
              Action.TELL_LINE_LOST,
              Action.WAIT_FOR_PUT_ACK)
          .on(
              M,
              anyOf(Event.WRITEBACK_INVALIDATE, Event.WRITEBACK),
              MI_A,
              Action.MOVE_TO_WRITEBACK_BUFFER,
              Action.SEND_PUTM,
              Action.TELL_LINE_LOST,
              Action.WAIT_FOR_PUT_ACK)
          .on(
              M,
              Event.INVALIDATE,
              EI_A,
              Action.MOVE_TO_WRITEBACK_BUFFER,
              Action.SEND_PUTE,
              Action.TELL_LINE_LOST,
              Action.WAIT_FOR_PUT_ACK)
          .on(
              WRITING_BACK,
              anyOf(Event.WRITEBACK_INVALIDATE, Event.INVALIDATE, Event.WRITEBACK),
              same(),
              Action.WAIT_FOR_PUT_ACK)
          .on(WRITING_BACK, Event.PUT_ACK, I, Action.FREE_WRITEBACK_BUFFER, Action.RETRY_WAITING)
          // answers
          .on(
              IS_D,
              Event.DATA_S,
              S,
              Action.FILL_LINE,
              Action.COMPLETE_ACCESS,
              Action.ANSWER_DEFERRED)
          .on(IS_D, Event.DATA_E, E, Action.FILL_LINE, Action.COMPLETE_ACCESS)
          .on(IM_AD, Event.DATA_M, IM_A, Action.FILL_LINE)
          .on(
              IM_AD,
              Event.DATA_M_COMPLETE,
              M,
              Action.FILL_LINE,
              Action.COMPLETE_ACCESS,
              Action.ANSWER_DEFERRED)
          .on(SM_AD, Event.ACK_COUNT, SM_A)
          .on(SM_AD, Event.ACK_COUNT_COMPLETE, M, Action.COMPLETE_ACCESS)
          .on(anyOf(IM_AD, IM_A, SM_AD, SM_A), Event.INV_ACK, same(), Action.COUNT_INV_ACK)
          .on(
              anyOf(IM_A, SM_A),
              Event.LAST_INV_ACK,
              M,
              Action.COUNT_INV_ACK,
              Action.COMPLETE_ACCESS,
              Action.ANSWER_DEFERRED)
          // so an Inv came first, and with it the end of the link
          .on(IM_AD, Event.UPGRADE_REFUSED, I, Action.COMPLETE_ACCESS)
          // whoever had it exclusively, be it this CPU, was recalled before
          .on(anyOf(I, S), Event.DATA_I, same(), Action.COMPLETE_ACCESS)
          .on(anyOf(I, S, E, M), Event.GLOBAL_INVALIDATE_I_DONE, same(), Action.COMPLETE_ACCESS)
          .on(anyOf(I, S, E, M), Event.UNCACHED_DONE, same(), Action.COMPLETE_ACCESS)
          // others want to write
          .on(S, Event.INV, I, Action.SEND_INV_ACK, Action.TELL_LINE_LOST)
          // another CPU's GetM was first: ours goes on, from I
          .on(SM_AD, Event.INV, IM_AD, Action.SEND_INV_ACK, Action.TELL_LINE_LOST)
          // our PutS and the Inv crossed
          .on(SI_A, Event.INV, II_A, Action.SEND_INV_ACK)
          // our data comes from another CPU and the Inv from home: first the load, then the Inv
          .on(IS_D, Event.INV, same(), Action.DEFER)
          // others want what we own
          .on(
              anyOf(E, M),
              Event.FWD_GETS,
              S,
              Action.SEND_DATA_S,
              Action.SEND_COPYBACK,
              Action.TELL_LINE_LOST)
          .on(anyOf(E, M), Event.FWD_GETM, I, Action.SEND_DATA_M, Action.TELL_LINE_LOST)
          .on(anyOf(E, M), Event.RECALL_TO_SHARE, S, Action.SEND_COPYBACK, Action.TELL_LINE_LOST)
          .on(anyOf(E, M), Event.RECALL_TO_DROP, I, Action.SEND_COPYBACK, Action.TELL_LINE_LOST)
          // our PutM or PutE crossed them: the buffer still has the data
          .on(anyOf(MI_A, EI_A), Event.FWD_GETS, SI_A, Action.SEND_DATA_S, Action.SEND_COPYBACK)
          .on(anyOf(MI_A, EI_A), Event.FWD_GETM, II_A, Action.SEND_DATA_M)
          .on(anyOf(MI_A, EI_A), Event.RECALL_TO_SHARE, SI_A, Action.SEND_COPYBACK)
          .on(anyOf(MI_A, EI_A), Event.RECALL_TO_DROP, II_A, Action.SEND_COPYBACK)
          // we shall own it, as the home knows already: first the store, then they
          .on(anyOf(IM_AD, IM_A, SM_A), FOR_THE_OWNER, same(), Action.DEFER)
          .on(
              EnumSet.allOf(L1State.class),
              Event.INVALIDATE_I,
              same(),
              Action.DROP_INSTRUCTION_LINE,
              Action.SEND_INVALIDATE_I_ACK)
          .build();

  private L1Mesi() {}
}
