package stillpoint.machine.coherence;

import stillpoint.machine.coherence.CoherenceProtocol.Copyback;
import stillpoint.machine.coherence.CoherenceProtocol.DmaRead;
import stillpoint.machine.coherence.CoherenceProtocol.DmaWrite;
import stillpoint.machine.coherence.CoherenceProtocol.GetI;
import stillpoint.machine.coherence.CoherenceProtocol.GetM;
import stillpoint.machine.coherence.CoherenceProtocol.GetS;
import stillpoint.machine.coherence.CoherenceProtocol.GlobalInvalidateI;
import stillpoint.machine.coherence.CoherenceProtocol.InvAckToHome;
import stillpoint.machine.coherence.CoherenceProtocol.InvalidateIAck;
import stillpoint.machine.coherence.CoherenceProtocol.PutE;
import stillpoint.machine.coherence.CoherenceProtocol.PutM;
import stillpoint.machine.coherence.CoherenceProtocol.PutS;
import stillpoint.machine.coherence.CoherenceProtocol.ToHome;
import stillpoint.machine.coherence.CoherenceProtocol.UncachedLoad;
import stillpoint.machine.coherence.CoherenceProtocol.UncachedStore;
import stillpoint.machine.coherence.CoherenceProtocol.Upgrade;
import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.time.BrokenInvariant;

/** What messages are to {@link HomeMesi}, seen from the line's directory entry. */
final class HomeEvents {
  private HomeEvents() {}

  static HomeMesi.Event of(ToHome message, int sender, LinePage page, int at, MachineMap map) {
    HomeState state = page.state(at);
    HomeTransaction transaction = page.transaction(at);
    return switch (message) {
      case GetS _ -> HomeMesi.Event.GETS;
      case GetM _ ->
          state == HomeState.S && page.shares(at, sender)
              ? HomeMesi.Event.GETM_OF_SHARER
              : HomeMesi.Event.GETM;
      case Upgrade _ -> {
        if (state.busy()) {
          yield HomeMesi.Event.GETM;
        }
        yield state == HomeState.S && page.shares(at, sender)
            ? HomeMesi.Event.GETM_OF_SHARER
            : HomeMesi.Event.UPGRADE_LATE;
      }
      case GetI _ -> HomeMesi.Event.GETI;
      case DmaRead _ -> HomeMesi.Event.DMA_READ;
      case DmaWrite _ -> HomeMesi.Event.DMA_WRITE;
      case UncachedLoad _ -> HomeMesi.Event.UNCACHED_LOAD;
      case UncachedStore _ -> HomeMesi.Event.UNCACHED_STORE;
      case GlobalInvalidateI _ ->
          !state.busy() && map.cpuCount() == 1
              ? HomeMesi.Event.GLOBAL_INVALIDATE_I_NO_OTHERS
              : HomeMesi.Event.GLOBAL_INVALIDATE_I;
      case PutS _, PutE _, PutM _ -> put(message, sender, state, page, at);
      case InvAckToHome _ ->
          lastAck(transaction) ? HomeMesi.Event.LAST_INV_ACK : HomeMesi.Event.INV_ACK;
      case Copyback _ -> {
        requireOwner(message, sender, page, at, map);
        yield page.sharerCount(at) == 0
            ? HomeMesi.Event.COPYBACK_NO_SHARERS
            : HomeMesi.Event.COPYBACK;
      }
      case InvalidateIAck _ ->
          lastAck(transaction)
              ? HomeMesi.Event.LAST_INVALIDATE_I_ACK
              : HomeMesi.Event.INVALIDATE_I_ACK;
    };
  }

  private static HomeMesi.Event put(
      ToHome message, int sender, HomeState state, LinePage page, int at) {
    if (page.shares(at, sender)) {
      boolean last = page.sharerCount(at) == 1;
      boolean stays = state == HomeState.S_D || state == HomeState.EMS_D;
      return last && !stays ? HomeMesi.Event.PUTS_LAST : HomeMesi.Event.PUTS;
    }
    boolean owned = state == HomeState.EM || state == HomeState.EM_G;
    if (!owned || page.owner(at) != sender) {
      return HomeMesi.Event.PUT_LATE;
    }
    return switch (message) {
      case PutM _ -> HomeMesi.Event.PUTM;
      case PutE _ -> HomeMesi.Event.PUTE;
      default -> HomeMesi.Event.PUTS;
    };
  }

  /** The line that a message brings home. */
  static byte[] lineIn(ToHome message) {
    return switch (message) {
      case PutM put -> put.data();
      case Copyback copy -> copy.data();
      default -> throw new BrokenInvariant("no line in " + message);
    };
  }

  private static boolean lastAck(HomeTransaction transaction) {
    return transaction != null && transaction.acksPending == 1;
  }

  private static void requireOwner(
      ToHome message, int sender, LinePage page, int at, MachineMap map) {
    if (page.owner(at) != sender) {
      throw new BrokenInvariant(
          map.nameOf(map.homeOf(message.line()))
              + ": "
              + message.getClass().getSimpleName()
              + " of "
              + map.nameOf(sender)
              + ", which does not own line 0x"
              + Long.toHexString(message.line())
              + " in "
              + page.state(at));
    }
  }
}
