package stillpoint.machine.coherence;

import stillpoint.machine.coherence.CoherenceProtocol.AckCount;
import stillpoint.machine.coherence.CoherenceProtocol.DataE;
import stillpoint.machine.coherence.CoherenceProtocol.DataI;
import stillpoint.machine.coherence.CoherenceProtocol.DataM;
import stillpoint.machine.coherence.CoherenceProtocol.DataS;
import stillpoint.machine.coherence.CoherenceProtocol.FwdGetM;
import stillpoint.machine.coherence.CoherenceProtocol.FwdGetS;
import stillpoint.machine.coherence.CoherenceProtocol.GlobalInvalidateIDone;
import stillpoint.machine.coherence.CoherenceProtocol.Inv;
import stillpoint.machine.coherence.CoherenceProtocol.InvAck;
import stillpoint.machine.coherence.CoherenceProtocol.InvalidateI;
import stillpoint.machine.coherence.CoherenceProtocol.PutAck;
import stillpoint.machine.coherence.CoherenceProtocol.Recall;
import stillpoint.machine.coherence.CoherenceProtocol.ToL1;
import stillpoint.machine.coherence.CoherenceProtocol.UncachedAnswer;
import stillpoint.machine.coherence.CoherenceProtocol.UpgradeRefused;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.Message;

/** What messages and wishes are to {@link L1Mesi}, and what they bring. */
final class L1Events {
  private L1Events() {}

  /**
   * @param acksMissing InvAcks that had not come before this message; below 0 if they came before
   *     their count
   */
  static L1Mesi.Event of(ToL1 message, int acksMissing) {
    return switch (message) {
      case DataS _ -> L1Mesi.Event.DATA_S;
      case DataE _ -> L1Mesi.Event.DATA_E;
      case DataM data ->
          acksMissing + data.acks() == 0 ? L1Mesi.Event.DATA_M_COMPLETE : L1Mesi.Event.DATA_M;
      case AckCount count ->
          acksMissing + count.acks() == 0
              ? L1Mesi.Event.ACK_COUNT_COMPLETE
              : L1Mesi.Event.ACK_COUNT;
      case InvAck _ -> acksMissing == 1 ? L1Mesi.Event.LAST_INV_ACK : L1Mesi.Event.INV_ACK;
      case UpgradeRefused _ -> L1Mesi.Event.UPGRADE_REFUSED;
      case DataI _ -> L1Mesi.Event.DATA_I;
      case GlobalInvalidateIDone _ -> L1Mesi.Event.GLOBAL_INVALIDATE_I_DONE;
      case UncachedAnswer _ -> L1Mesi.Event.UNCACHED_DONE;
      case Inv _ -> L1Mesi.Event.INV;
      case FwdGetS _ -> L1Mesi.Event.FWD_GETS;
      case FwdGetM _ -> L1Mesi.Event.FWD_GETM;
      case Recall recall ->
          recall.keepShared() ? L1Mesi.Event.RECALL_TO_SHARE : L1Mesi.Event.RECALL_TO_DROP;
      case PutAck _ -> L1Mesi.Event.PUT_ACK;
      case InvalidateI _ -> L1Mesi.Event.INVALIDATE_I;
    };
  }

  static L1Mesi.Event of(DataCacheOperation operation) {
    return switch (operation) {
      case WRITEBACK_INVALIDATE -> L1Mesi.Event.WRITEBACK_INVALIDATE;
      case INVALIDATE -> L1Mesi.Event.INVALIDATE;
      case WRITEBACK -> L1Mesi.Event.WRITEBACK;
    };
  }

  /** The kind of request that this event is the end of, or null. */
  static AccessKind answeredBy(L1Mesi.Event event) {
    return switch (event) {
      case DATA_S, DATA_E -> AccessKind.LOAD;
      case DATA_M_COMPLETE, ACK_COUNT_COMPLETE, LAST_INV_ACK, UPGRADE_REFUSED -> AccessKind.STORE;
      case DATA_I -> AccessKind.FETCH;
      case GLOBAL_INVALIDATE_I_DONE -> AccessKind.GLOBAL_INVALIDATE_I;
      case UNCACHED_DONE -> AccessKind.UNCACHED;
      case WRITEBACK_INVALIDATE, INVALIDATE, WRITEBACK -> AccessKind.CACHE_OPERATION;
      case LOAD, STORE, STORE_CONDITIONAL, FETCH, GLOBAL_INVALIDATE_I, UNCACHED -> null;
      case REPLACEMENT, DATA_M, ACK_COUNT, INV_ACK, INV, FWD_GETS, FWD_GETM -> null;
      case RECALL_TO_SHARE, RECALL_TO_DROP, PUT_ACK, INVALIDATE_I -> null;
    };
  }

  /** What the CPU gets with the answer, or null. */
  static byte[] bytesFor(Message message) {
    return switch (message) {
      case DataI data -> data.data();
      case UncachedAnswer answer -> answer.data();
      case null, default -> null;
    };
  }

  /** The line that a message brings into the cache. */
  static byte[] lineIn(Message message) {
    return switch (message) {
      case DataS data -> data.data();
      case DataE data -> data.data();
      case DataM data -> data.data();
      default -> throw new BrokenInvariant("no data in " + message);
    };
  }
}
