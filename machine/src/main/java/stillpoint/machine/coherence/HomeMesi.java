package stillpoint.machine.coherence;

import static stillpoint.machine.coherence.HomeState.EM;
import static stillpoint.machine.coherence.HomeState.EMI_D;
import static stillpoint.machine.coherence.HomeState.EMM_D;
import static stillpoint.machine.coherence.HomeState.EMS_D;
import static stillpoint.machine.coherence.HomeState.EM_G;
import static stillpoint.machine.coherence.HomeState.I;
import static stillpoint.machine.coherence.HomeState.I_G;
import static stillpoint.machine.coherence.HomeState.S;
import static stillpoint.machine.coherence.HomeState.SM_A;
import static stillpoint.machine.coherence.HomeState.S_G;
import static stillpoint.machine.coherence.TransitionTable.anyOf;
import static stillpoint.machine.coherence.TransitionTable.same;

/** MESI as a line's home sees it: a blocking directory that all data passes through. */
public final class HomeMesi {
  /** What meets a line: requests first, then answers. */
  public enum Event {
    GETS,
    /** GetM, or Upgrade of a CPU that shares the line. */
    GETM,
    /** The same, and nobody but the sender shares it. */
    GETM_NO_OTHERS,
    /** Upgrade of a CPU that does not share the line any more. */
    UPGRADE_LATE,
    GETI,
    GLOBAL_INVALIDATE_I,
    /** GlobalInvalidateI on a machine of one CPU. */
    GLOBAL_INVALIDATE_I_NO_OTHERS,
    /** PutM from the owner; there is no other. */
    PUTM,
    INV_ACK,
    LAST_INV_ACK,
    RECALL_ACK,
    INVALIDATE_I_ACK,
    LAST_INVALIDATE_I_ACK
  }

  /** What the home does. The requester is whose request the line serves. */
  public enum Action {
    /** From now on nothing about this line leaves before memory has answered. */
    READ_MEMORY,
    /** Keeps the data that came. */
    WRITE_MEMORY,
    SEND_DATA_S,
    SEND_DATA_E,
    SEND_DATA_M,
    SEND_DATA_I,
    SEND_UPGRADE_REFUSED,
    ADD_REQUESTER_TO_SHARERS,
    ADD_OWNER_TO_SHARERS,
    CLEAR_SHARERS,
    MAKE_REQUESTER_OWNER,
    CLEAR_OWNER,
    /** To every sharer but the requester. */
    SEND_INVS,
    SEND_RECALL_TO_SHARE,
    SEND_RECALL_TO_DROP,
    SEND_PUT_ACK,
    /** To every CPU but the requester. */
    SEND_INVALIDATE_IS,
    SEND_GLOBAL_INVALIDATE_I_DONE,
    COUNT_ACK,
    QUEUE_REQUEST
  }

  /** The table. */
  public static final TransitionTable<HomeState, Event, Action> TABLE =
      TransitionTable.of(HomeState.class, Event.class, Action.class)
          // nobody has it
          .on(
              I,
              Event.GETS,
              EM,
              Action.MAKE_REQUESTER_OWNER,
              Action.READ_MEMORY,
              Action.SEND_DATA_E)
          .on(
              I,
              Event.GETM,
              EM,
              Action.MAKE_REQUESTER_OWNER,
              Action.READ_MEMORY,
              Action.SEND_DATA_M)
          // some may read it
          .on(
              S,
              Event.GETS,
              same(),
              Action.ADD_REQUESTER_TO_SHARERS,
              Action.READ_MEMORY,
              Action.SEND_DATA_S)
          .on(anyOf(I, S), Event.GETI, same(), Action.READ_MEMORY, Action.SEND_DATA_I)
          .on(
              S,
              Event.GETM_NO_OTHERS,
              EM,
              Action.CLEAR_SHARERS,
              Action.MAKE_REQUESTER_OWNER,
              Action.READ_MEMORY,
              Action.SEND_DATA_M)
          // memory is read while the Invs are under way
          .on(S, Event.GETM, SM_A, Action.SEND_INVS, Action.CLEAR_SHARERS, Action.READ_MEMORY)
          .on(SM_A, Event.INV_ACK, same(), Action.COUNT_ACK)
          .on(
              SM_A,
              Event.LAST_INV_ACK,
              EM,
              Action.COUNT_ACK,
              Action.MAKE_REQUESTER_OWNER,
              Action.SEND_DATA_M)
          .on(anyOf(I, S, EM), Event.UPGRADE_LATE, same(), Action.SEND_UPGRADE_REFUSED)
          // one has it
          .on(EM, Event.GETS, EMS_D, Action.SEND_RECALL_TO_SHARE)
          .on(
              EMS_D,
              Event.RECALL_ACK,
              S,
              Action.WRITE_MEMORY,
              Action.ADD_OWNER_TO_SHARERS,
              Action.CLEAR_OWNER,
              Action.ADD_REQUESTER_TO_SHARERS,
              Action.SEND_DATA_S)
          .on(EM, Event.GETM, EMM_D, Action.SEND_RECALL_TO_DROP)
          .on(
              EMM_D,
              Event.RECALL_ACK,
              EM,
              Action.WRITE_MEMORY,
              Action.MAKE_REQUESTER_OWNER,
              Action.SEND_DATA_M)
          // fetched words are coherent ones: the owner gives up writing first
          .on(EM, Event.GETI, EMI_D, Action.SEND_RECALL_TO_SHARE)
          .on(
              EMI_D,
              Event.RECALL_ACK,
              S,
              Action.WRITE_MEMORY,
              Action.ADD_OWNER_TO_SHARERS,
              Action.CLEAR_OWNER,
              Action.SEND_DATA_I)
          .on(EM, Event.PUTM, I, Action.WRITE_MEMORY, Action.CLEAR_OWNER, Action.SEND_PUT_ACK)
          // PutM and Recall crossed: the RecallAck brings the same data, and may count a sharer
          // that is none
          .on(anyOf(EMS_D, EMM_D, EMI_D), Event.PUTM, same(), Action.SEND_PUT_ACK)
          // instruction caches, of which the directory remembers nothing
          .on(I, Event.GLOBAL_INVALIDATE_I, I_G, Action.SEND_INVALIDATE_IS)
          .on(S, Event.GLOBAL_INVALIDATE_I, S_G, Action.SEND_INVALIDATE_IS)
          .on(EM, Event.GLOBAL_INVALIDATE_I, EM_G, Action.SEND_INVALIDATE_IS)
          .on(
              anyOf(I, S, EM),
              Event.GLOBAL_INVALIDATE_I_NO_OTHERS,
              same(),
              Action.SEND_GLOBAL_INVALIDATE_I_DONE)
          .on(anyOf(I_G, S_G, EM_G), Event.INVALIDATE_I_ACK, same(), Action.COUNT_ACK)
          .on(
              I_G,
              Event.LAST_INVALIDATE_I_ACK,
              I,
              Action.COUNT_ACK,
              Action.SEND_GLOBAL_INVALIDATE_I_DONE)
          .on(
              S_G,
              Event.LAST_INVALIDATE_I_ACK,
              S,
              Action.COUNT_ACK,
              Action.SEND_GLOBAL_INVALIDATE_I_DONE)
          .on(
              EM_G,
              Event.LAST_INVALIDATE_I_ACK,
              EM,
              Action.COUNT_ACK,
              Action.SEND_GLOBAL_INVALIDATE_I_DONE)
          .on(EM_G, Event.PUTM, I_G, Action.WRITE_MEMORY, Action.CLEAR_OWNER, Action.SEND_PUT_ACK)
          // one request at a time
          .on(
              anyOf(SM_A, EMS_D, EMM_D, EMI_D, I_G, S_G, EM_G),
              anyOf(Event.GETS, Event.GETM, Event.GETI, Event.GLOBAL_INVALIDATE_I),
              same(),
              Action.QUEUE_REQUEST)
          .build();

  private HomeMesi() {}
}
