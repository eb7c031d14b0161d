package stillpoint.machine.smp;

import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.coherence.L1Controller;
import stillpoint.machine.coherence.StoreDrain;
import stillpoint.machine.cpu.Core;
import stillpoint.machine.l1.DataCache;
import stillpoint.machine.time.Outbox;

/**
 * What a core that has stopped wants of the fabric: lines for its caches, memory past them, and
 * operations on its data cache, one at a time.
 */
final class MemoryAccess {
  private final Core core;
  private final L1Controller l1;

  /** Null if stores need no buffer. */
  private final StoreDrain drain;

  MemoryAccess(Core core, L1Controller l1, StoreDrain drain) {
    this.core = core;
    this.l1 = l1;
    this.drain = drain;
  }

  /**
   * Asks for what the instruction needs, or leaves it to be tried again if the store buffer's request
   * is under way.
   *
   * @param uncached the core has stopped by UNCACHED
   * @param fetchBytes how much is read where an instruction is fetched past the caches
   * @return whether there is anything to wait for; if not, the instruction can go on at once
   */
  boolean ask(boolean uncached, int fetchBytes, long cycle, Outbox outbox) {
    AccessKind kind = core.accessKind();
    if (drain != null && drain.asking()) {
      return true;
    }
    if (kind == AccessKind.CACHE_OPERATION) {
      return operate(cycle, outbox);
    }
    if (uncached) {
      pass(kind, fetchBytes, cycle, outbox);
    } else if (kind == AccessKind.STORE && core.accessIsConditional()) {
      l1.requestStoreConditional(core.accessAddress(), cycle, outbox);
    } else {
      l1.request(kind, core.accessAddress(), cycle, outbox);
    }
    return true;
  }

  /** A hit operation is done when it is answered, one by index when nothing is left to ask for. */
  private boolean operate(long cycle, Outbox outbox) {
    int slot = core.accessSlot();
    if (slot == DataCache.ABSENT) {
      l1.requestOperation(core.accessOperation(), core.accessAddress(), cycle, outbox);
    } else if (!l1.requestIndexOperation(core.accessOperation(), slot, cycle, outbox)) {
      core.completeUncached(0);
    }
    return l1.stalled();
  }

  private void pass(AccessKind kind, int fetchBytes, long cycle, Outbox outbox) {
    long physical = core.accessAddress();
    if (kind == AccessKind.STORE) {
      byte[] bytes = bytesOf(core.accessValue(), core.accessBytes());
      l1.requestUncachedStore(physical, bytes, cycle, outbox);
    } else {
      int bytes = kind == AccessKind.FETCH ? fetchBytes : core.accessBytes();
      l1.requestUncachedLoad(physical, bytes, cycle, outbox);
    }
  }

  /** The access past the caches is done; {@code bytes} is what a load or fetch has read. */
  void passed(byte[] bytes) {
    core.completeUncached(
        core.accessKind() == AccessKind.STORE ? 0 : valueOf(bytes, core.accessBytes()));
  }

  /** The operation on the data cache is done, or, by index, to be tried again. */
  void operated() {
    if (core.accessSlot() == DataCache.ABSENT) {
      core.completeUncached(0);
    }
  }

  private byte[] bytesOf(long value, int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[core.bigEndian() ? count - 1 - i : i] = (byte) (value >>> 8 * i);
    }
    return bytes;
  }

  private long valueOf(byte[] bytes, int count) {
    long value = 0;
    for (int i = 0; i < count; i++) {
      value |= (bytes[core.bigEndian() ? count - 1 - i : i] & 0xFFL) << 8 * i;
    }
    return value;
  }
}
