package stillpoint.machine.smp;

import java.util.Optional;
import stillpoint.machine.bare.PhysicalAddresses;
import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.cpu.Core;
import stillpoint.machine.cpu.Trap;
import stillpoint.machine.l1.DataCache;

/**
 * Whether an exception that a core has taken has a handler: there is none where its vector holds
 * nothing but zeros. That is known when the vector has been fetched.
 */
final class VectorProof {
  /** Of the vector, these must all be zero. */
  private static final int BYTES = 16;

  private static final int WORD_BYTES = 4;

  private final Core core;
  private final PhysicalMap addresses;

  /** An exception whose vector has not been looked at yet, or null. */
  private Trap taken;

  VectorProof(Core core, PhysicalMap addresses) {
    this.core = core;
    this.addresses = addresses;
  }

  /** The core has taken an exception; its vector is the next thing that it fetches. */
  void taken(Trap trap) {
    taken = PhysicalAddresses.isUnmapped(core.pc()) ? trap : null;
  }

  /** The vector is a device's: that is for the program to know. */
  void leave() {
    taken = null;
  }

  /** Looks at a cached vector, before the instruction there; returns how the program ends, if it does. */
  Optional<SmpReport.End> look() {
    if (taken == null) {
      return Optional.empty();
    }
    long vector = PhysicalAddresses.behind(core.pc());
    if (!addresses.isMemory(vector, BYTES)) {
      return proven(false);
    }
    if (PhysicalAddresses.isUncached(core.pc(), core.cp0().kseg0Attribute())) {
      return Optional.empty();
    }
    DataCache l1d = core.dataCache();
    int slot = l1d.find(vector);
    boolean fetched = core.instructionCache().holds(vector);
    if (!fetched && (slot == DataCache.ABSENT || !l1d.readable(slot))) {
      return Optional.empty();
    }
    long words = 0;
    for (int i = 0; i < BYTES; i += WORD_BYTES) {
      words |=
          fetched
              ? core.instructionCache().peek(vector + i)
              : l1d.read(slot, vector + i, WORD_BYTES);
    }
    return proven(words != 0);
  }

  /** How much is to be read where the core has stopped to fetch past the caches. */
  int fetchBytes() {
    return isFetched() ? BYTES : WORD_BYTES;
  }

  private boolean isFetched() {
    return taken != null && core.accessKind() == AccessKind.FETCH;
  }

  /** So many bytes have come. */
  Optional<SmpReport.End> fetched(byte[] bytes) {
    if (!isFetched()) {
      return Optional.empty();
    }
    boolean handled = false;
    for (byte one : bytes) {
      handled |= one != 0;
    }
    return proven(handled);
  }

  private Optional<SmpReport.End> proven(boolean handled) {
    Trap trap = taken;
    taken = null;
    return handled ? Optional.empty() : Optional.of(new SmpReport.Unhandled(trap, core.pc()));
  }
}
