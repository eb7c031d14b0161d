package stillpoint.machine.bare;

import java.util.List;
import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.cpu.Bus;
import stillpoint.machine.cpu.Core;
import stillpoint.machine.l1.DataCache;
import stillpoint.machine.l1.L1State;

/**
 * Memory and devices right behind one core's caches: misses are served at once. Where there is
 * neither is a bus error. Instruction lines are filled with what the data cache holds, since that is
 * newer than memory; otherwise the two caches know nothing of each other.
 */
final class BareBus implements Bus {
  private final SparseMemory memory;
  private final List<Device> devices;

  BareBus(SparseMemory memory, List<Device> devices) {
    this.memory = memory;
    this.devices = List.copyOf(devices);
  }

  @Override
  public boolean serve(Core core) {
    DataCache l1d = core.dataCache();
    long line = l1d.geometry().lineAddress(core.accessAddress());
    int lineBytes = l1d.geometry().lineBytes();
    boolean data = core.accessKind() == AccessKind.LOAD || core.accessKind() == AccessKind.STORE;
    if (data && deviceWithin(line, lineBytes) != null) {
      return uncached(core);
    }
    if (!memory.contains(line, lineBytes)) {
      return false;
    }
    switch (core.accessKind()) {
      case FETCH -> fetch(core, line, lineBytes);
      case LOAD -> bring(core, line, L1State.E);
      case STORE -> bring(core, line, L1State.M);
      case GLOBAL_INVALIDATE_I -> core.instructionCache().invalidateLine(line);
    }
    return true;
  }

  @Override
  public boolean uncached(Core core) {
    long address = core.accessAddress();
    int bytes = core.accessBytes();
    boolean store = core.accessKind() == AccessKind.STORE;
    Device device = deviceWithin(address, bytes);
    if (device == null && !memory.contains(address, bytes)) {
      return false;
    }
    long value = 0;
    if (device != null && store) {
      device.store(address, bytes, core.accessValue());
    } else if (device != null) {
      value = device.load(address, bytes);
    } else if (store) {
      memory.store(address, bytes, core.accessValue());
    } else {
      value = memory.load(address, bytes);
    }
    core.completeUncached(value);
    return true;
  }

  private Device deviceWithin(long physical, int bytes) {
    for (Device device : devices) {
      if (device.base() < physical + bytes && physical < device.base() + device.bytes()) {
        return device;
      }
    }
    return null;
  }

  private void fetch(Core core, long line, int lineBytes) {
    int slot = core.dataCache().find(line);
    boolean held = slot >= 0 && core.dataCache().readable(slot);
    core.instructionCache()
        .fill(line, held ? core.dataCache().copyOfLine(slot) : memory.copy(line, lineBytes));
  }

  private void bring(Core core, long line, L1State state) {
    DataCache l1d = core.dataCache();
    int slot = l1d.find(line);
    if (slot >= 0) {
      l1d.setState(slot, state); // nobody else has it: an upgrade is free
      return;
    }
    slot = l1d.victimFor(line);
    if (l1d.state(slot) != L1State.I) {
      core.lineLost(l1d.lineAddress(slot));
      if (l1d.state(slot) == L1State.M) {
        memory.put(l1d.lineAddress(slot), l1d.copyOfLine(slot));
      }
      l1d.setState(slot, L1State.I);
    }
    l1d.install(slot, line, state, memory.copy(line, l1d.geometry().lineBytes()));
  }

  /** A word as the core would load it: from its data cache, or from memory. */
  int word(Core core, long physical) {
    DataCache l1d = core.dataCache();
    int slot = l1d.find(physical);
    return (int)
        (slot >= 0 && l1d.readable(slot)
            ? l1d.read(slot, physical, 4)
            : memory.contains(physical, 4) ? memory.load(physical, 4) : 0);
  }
}
