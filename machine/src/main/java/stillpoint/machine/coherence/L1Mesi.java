package stillpoint.machine.coherence;

import static stillpoint.machine.coherence.TransitionTable.anyOf;
import static stillpoint.machine.coherence.TransitionTable.same;
import static stillpoint.machine.l1.L1State.E;
import static stillpoint.machine.l1.L1State.I;
import static stillpoint.machine.l1.L1State.IM_D;
import static stillpoint.machine.l1.L1State.IS_D;
import static stillpoint.machine.l1.L1State.M;
import static stillpoint.machine.l1.L1State.MI_A;
import static stillpoint.machine.l1.L1State.S;
import static stillpoint.machine.l1.L1State.SM_D;

import stillpoint.machine.l1.L1State;

/**
 * MESI as a data cache sees it, after Sorin, Hill and Wood, <i>A Primer on Memory Consistency and
 * Cache Coherence</i>, chapter 8, with every message through the home. Hits are not here: they need
 * nobody.
 */
public final class L1Mesi {
  /** What meets a line: the CPU's wishes first, then the home's messages. */
  public enum Event {
    LOAD,
    STORE,
    /** Of a line that is readable; on any other it has failed already. */
    STORE_CONDITIONAL,
    FETCH,
    GLOBAL_INVALIDATE_I,
    /** The CPU wants the line's place for another. */
    REPLACEMENT,
    DATA_S,
    DATA_E,
    DATA_M,
    DATA_I,
    UPGRADE_REFUSED,
    GLOBAL_INVALIDATE_I_DONE,
    INV,
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
    MOVE_TO_WRITEBACK_BUFFER,
    SEND_PUTM,
    FREE_WRITEBACK_BUFFER,
    SEND_INV_ACK,
    /** With the data, from the line or from the writeback buffer. */
    SEND_RECALL_ACK,
    DROP_INSTRUCTION_LINE,
    SEND_INVALIDATE_I_ACK,
    /** The CPU learns that it can no longer read, or no longer write, without asking. */
    TELL_LINE_LOST,
    /** The CPU does now what it was stalled on. */
    COMPLETE_ACCESS
  }

  /** The table. MI_A is a line in the writeback buffer; Recall and PutAck meet that one first. */
  public static final TransitionTable<L1State, Event, Action> TABLE =
      TransitionTable.of(L1State.class, Event.class, Action.class)
          .on(I, Event.LOAD, IS_D, Action.ALLOCATE_LINE, Action.SEND_GETS)
          .on(I, Event.STORE, IM_D, Action.ALLOCATE_LINE, Action.SEND_GETM)
          .on(S, Event.STORE, SM_D, Action.SEND_GETM)
          .on(S, Event.STORE_CONDITIONAL, SM_D, Action.SEND_UPGRADE)
          .on(anyOf(I, S, E, M), Event.FETCH, same(), Action.SEND_GETI)
          .on(anyOf(I, S, E, M), Event.GLOBAL_INVALIDATE_I, same(), Action.SEND_GLOBAL_INVALIDATE_I)
          // S goes silently: the home may think us a sharer still, and an Inv for nothing is
          // acknowledged
          .on(S, Event.REPLACEMENT, I, Action.TELL_LINE_LOST)
          .on(
              anyOf(E, M),
              Event.REPLACEMENT,
              MI_A,
              Action.MOVE_TO_WRITEBACK_BUFFER,
              Action.SEND_PUTM,
              Action.TELL_LINE_LOST)
          .on(IS_D, Event.DATA_S, S, Action.FILL_LINE, Action.COMPLETE_ACCESS)
          .on(IS_D, Event.DATA_E, E, Action.FILL_LINE, Action.COMPLETE_ACCESS)
          .on(anyOf(IM_D, SM_D), Event.DATA_M, M, Action.FILL_LINE, Action.COMPLETE_ACCESS)
          // whoever had it exclusively, be it this CPU, was recalled before
          .on(anyOf(I, S), Event.DATA_I, same(), Action.COMPLETE_ACCESS)
          .on(anyOf(I, S, E, M), Event.GLOBAL_INVALIDATE_I_DONE, same(), Action.COMPLETE_ACCESS)
          .on(S, Event.INV, I, Action.SEND_INV_ACK, Action.TELL_LINE_LOST)
          // another CPU's GetM was first: ours goes on, from I
          .on(SM_D, Event.INV, IM_D, Action.SEND_INV_ACK, Action.TELL_LINE_LOST)
          // so the Inv came first, and with it the end of the link
          .on(IM_D, Event.UPGRADE_REFUSED, I, Action.COMPLETE_ACCESS)
          // meant for a copy that went silently
          .on(anyOf(I, IS_D, IM_D), Event.INV, same(), Action.SEND_INV_ACK)
          .on(anyOf(E, M), Event.RECALL_TO_SHARE, S, Action.SEND_RECALL_ACK, Action.TELL_LINE_LOST)
          .on(anyOf(E, M), Event.RECALL_TO_DROP, I, Action.SEND_RECALL_ACK, Action.TELL_LINE_LOST)
          // our PutM and the Recall crossed; the home takes the PutM, then this answer
          .on(
              MI_A,
              anyOf(Event.RECALL_TO_SHARE, Event.RECALL_TO_DROP),
              same(),
              Action.SEND_RECALL_ACK)
          .on(MI_A, Event.PUT_ACK, I, Action.FREE_WRITEBACK_BUFFER)
          .on(
              anyOf(I, S, E, M, IS_D, IM_D, SM_D),
              Event.INVALIDATE_I,
              same(),
              Action.DROP_INSTRUCTION_LINE,
              Action.SEND_INVALIDATE_I_ACK)
          .build();

  private L1Mesi() {}
}
