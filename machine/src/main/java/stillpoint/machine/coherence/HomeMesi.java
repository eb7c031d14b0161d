package stillpoint.machine.coherence;

import static stillpoint.machine.coherence.HomeState.EM;
import static stillpoint.machine.coherence.HomeState.EMI_D;
import static stillpoint.machine.coherence.HomeState.EMS_D;
import static stillpoint.machine.coherence.HomeState.EM_G;
import static stillpoint.machine.coherence.HomeState.I;
import static stillpoint.machine.coherence.HomeState.I_G;
import static stillpoint.machine.coherence.HomeState.S;
import static stillpoint.machine.coherence.HomeState.SI_A;
import static stillpoint.machine.coherence.HomeState.S_D;
import static stillpoint.machine.coherence.HomeState.S_G;
import static stillpoint.machine.coherence.TransitionTable.anyOf;
import static stillpoint.machine.coherence.TransitionTable.same;

import java.util.EnumSet;
import java.util.Set;

/** MESI as a line's home sees it: the directory of Sorin, Hill and Wood, chapter 8. */
public final class HomeMesi {
  /** What meets a line: requests first, then answers. */
  public enum Event {
    GETS,
    /** GetM of a CPU that does not share the line, or whatever asks to write a busy line. */
    GETM,
    /** GetM or Upgrade of a CPU that shares the line: it needs no data. */
    GETM_OF_SHARER,
    /** Upgrade of a CPU that does not share the line any more. */
    UPGRADE_LATE,
    GETI,
    DMA_READ,
    DMA_WRITE,
    UNCACHED_LOAD,
    UNCACHED_STORE,
    GLOBAL_INVALIDATE_I,
    /** GlobalInvalidateI on a machine of one CPU. */
    GLOBAL_INVALIDATE_I_NO_OTHERS,
    /** Any Put of a CPU that counts as a sharer. */
    PUTS,
    /** The same, and nobody else shares the line. */
    PUTS_LAST,
    /** PutM of the owner. */
    PUTM,
    /** PutE of the owner. */
    PUTE,
    /** Any Put of a CPU that was told to give up the line meanwhile. */
    PUT_LATE,
    COPYBACK,
    /** The same, and nobody shares the line. */
    COPYBACK_NO_SHARERS,
    INV_ACK,
    LAST_INV_ACK,
    INVALIDATE_I_ACK,
    LAST_INVALIDATE_I_ACK
  }

  /** What the home does. The requester is whose request the line serves. */
  public enum Action {
    /** From now on nothing about this line leaves before memory has answered. */
    READ_MEMORY,
    /** Keeps the line that came. */
    WRITE_MEMORY,
    /** Keeps the bytes that the request brought. */
    MERGE_INTO_MEMORY,
    SEND_DATA_S,
    SEND_DATA_E,
    /** With the number of Invs just sent. */
    SEND_DATA_M,
    /** The number of Invs just sent, and no data. */
    SEND_ACK_COUNT,
    /** DataI to a CPU, DmaData to a device. */
    SEND_DATA_TO_READER,
    SEND_DMA_DONE,
    SEND_UNCACHED_ANSWER,
    SEND_UPGRADE_REFUSED,
    ADD_REQUESTER_TO_SHARERS,
    ADD_OWNER_TO_SHARERS,
    REMOVE_SENDER_FROM_SHARERS,
    CLEAR_SHARERS,
    MAKE_REQUESTER_OWNER,
    CLEAR_OWNER,
    /** To every sharer but the requester, which they answer. */
    SEND_INVS,
    /** To every sharer; they answer the home. */
    SEND_INVS_FOR_HOME,
    SEND_FWD_GETS,
    SEND_FWD_GETM,
    SEND_RECALL_TO_SHARE,
    SEND_RECALL_TO_DROP,
    SEND_PUT_ACK,
    /** To every CPU but the requester. */
    SEND_INVALIDATE_IS,
    SEND_GLOBAL_INVALIDATE_I_DONE,
    /** The last one is not counted: nobody asks any more. */
    COUNT_ACK,
    QUEUE_REQUEST
  }

  private static final Set<HomeState> ANY = EnumSet.allOf(HomeState.class);

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
          .on(
              anyOf(I, S),
              anyOf(Event.GETI, Event.DMA_READ),
              same(),
              Action.READ_MEMORY,
              Action.SEND_DATA_TO_READER)
          .on(I, Event.DMA_WRITE, same(), Action.MERGE_INTO_MEMORY, Action.SEND_DMA_DONE)
          // some may read it
          .on(
              S,
              Event.GETS,
              same(),
              Action.ADD_REQUESTER_TO_SHARERS,
              Action.READ_MEMORY,
              Action.SEND_DATA_S)
          // memory is read while the Invs are under way
          .on(
              S,
              Event.GETM,
              EM,
              Action.SEND_INVS,
              Action.CLEAR_SHARERS,
              Action.MAKE_REQUESTER_OWNER,
              Action.READ_MEMORY,
              Action.SEND_DATA_M)
          .on(
              S,
              Event.GETM_OF_SHARER,
              EM,
              Action.SEND_INVS,
              Action.CLEAR_SHARERS,
              Action.MAKE_REQUESTER_OWNER,
              Action.SEND_ACK_COUNT)
          .on(anyOf(I, S, EM), Event.UPGRADE_LATE, same(), Action.SEND_UPGRADE_REFUSED)
          .on(S, Event.DMA_WRITE, SI_A, Action.SEND_INVS_FOR_HOME, Action.CLEAR_SHARERS)
          .on(SI_A, Event.INV_ACK, same(), Action.COUNT_ACK)
          .on(SI_A, Event.LAST_INV_ACK, I, Action.MERGE_INTO_MEMORY, Action.SEND_DMA_DONE)
          // one has it
          .on(
              EM,
              Event.GETS,
              S_D,
              Action.SEND_FWD_GETS,
              Action.ADD_OWNER_TO_SHARERS,
              Action.ADD_REQUESTER_TO_SHARERS)
          .on(S_D, Event.COPYBACK, S, Action.WRITE_MEMORY, Action.CLEAR_OWNER)
          .on(S_D, Event.COPYBACK_NO_SHARERS, I, Action.WRITE_MEMORY, Action.CLEAR_OWNER)
          .on(EM, Event.GETM, same(), Action.SEND_FWD_GETM, Action.MAKE_REQUESTER_OWNER)
          // fetched words and a device's are coherent ones: the owner gives up writing first
          .on(
              EM,
              anyOf(Event.GETI, Event.DMA_READ),
              EMS_D,
              Action.SEND_RECALL_TO_SHARE,
              Action.ADD_OWNER_TO_SHARERS)
          .on(
              EMS_D,
              Event.COPYBACK,
              S,
              Action.WRITE_MEMORY,
              Action.CLEAR_OWNER,
              Action.SEND_DATA_TO_READER)
          .on(
              EMS_D,
              Event.COPYBACK_NO_SHARERS,
              I,
              Action.WRITE_MEMORY,
              Action.CLEAR_OWNER,
              Action.SEND_DATA_TO_READER)
          .on(EM, Event.DMA_WRITE, EMI_D, Action.SEND_RECALL_TO_DROP)
          .on(
              EMI_D,
              Event.COPYBACK_NO_SHARERS,
              I,
              Action.WRITE_MEMORY,
              Action.CLEAR_OWNER,
              Action.MERGE_INTO_MEMORY,
              Action.SEND_DMA_DONE)
          // somebody gives it back
          .on(
              anyOf(S, S_D, EMS_D, S_G),
              Event.PUTS,
              same(),
              Action.REMOVE_SENDER_FROM_SHARERS,
              Action.SEND_PUT_ACK)
          .on(S, Event.PUTS_LAST, I, Action.REMOVE_SENDER_FROM_SHARERS, Action.SEND_PUT_ACK)
          .on(S_G, Event.PUTS_LAST, I_G, Action.REMOVE_SENDER_FROM_SHARERS, Action.SEND_PUT_ACK)
          .on(EM, Event.PUTM, I, Action.WRITE_MEMORY, Action.CLEAR_OWNER, Action.SEND_PUT_ACK)
          .on(EM_G, Event.PUTM, I_G, Action.WRITE_MEMORY, Action.CLEAR_OWNER, Action.SEND_PUT_ACK)
          .on(EM, Event.PUTE, I, Action.CLEAR_OWNER, Action.SEND_PUT_ACK)
          .on(EM_G, Event.PUTE, I_G, Action.CLEAR_OWNER, Action.SEND_PUT_ACK)
          // it crossed an Inv, a Fwd or a Recall, which its sender answers from its buffer
          .on(ANY, Event.PUT_LATE, same(), Action.SEND_PUT_ACK)
          // memory itself, whoever has the line
          .on(ANY, Event.UNCACHED_LOAD, same(), Action.READ_MEMORY, Action.SEND_UNCACHED_ANSWER)
          .on(
              ANY,
              Event.UNCACHED_STORE,
              same(),
              Action.MERGE_INTO_MEMORY,
              Action.SEND_UNCACHED_ANSWER)
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
          .on(I_G, Event.LAST_INVALIDATE_I_ACK, I, Action.SEND_GLOBAL_INVALIDATE_I_DONE)
          .on(S_G, Event.LAST_INVALIDATE_I_ACK, S, Action.SEND_GLOBAL_INVALIDATE_I_DONE)
          .on(EM_G, Event.LAST_INVALIDATE_I_ACK, EM, Action.SEND_GLOBAL_INVALIDATE_I_DONE)
          // one request at a time
          .on(
              anyOf(S_D, EMS_D, EMI_D, SI_A, I_G, S_G, EM_G),
              anyOf(
                  Event.GETS,
                  Event.GETM,
                  Event.GETI,
                  Event.DMA_READ,
                  Event.DMA_WRITE,
                  Event.GLOBAL_INVALIDATE_I),
              same(),
              Action.QUEUE_REQUEST)
          .build();

  private HomeMesi() {}
}
