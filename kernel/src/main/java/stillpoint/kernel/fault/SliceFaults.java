package stillpoint.kernel.fault;

import java.util.ArrayList;
import java.util.List;
import stillpoint.kernel.system.MachineSetup;
import stillpoint.machine.board.Board;
import stillpoint.machine.coherence.MemoryFaults;
import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.time.StateHash;

/**
 * Faults of the memory behind one directory slice. A bit that flips at a time is found flipped when the line is next asked
 * for; nobody could have seen it sooner. Mutable, owned by the slice.
 */
public final class SliceFaults implements MemoryFaults {
  private record Flip(Fault.BitFlip fault, TriggerState state) {}

  private record Slow(Fault.SlowMemory fault, TriggerState state) {}

  private final int id;
  private final Board board;
  private final StrikeLog log;
  private final List<Flip> flips = new ArrayList<>(0);
  private final List<Slow> slow = new ArrayList<>(0);

  private SliceFaults(int id, MachineMap map, MachineSetup setup, StrikeLog log) {
    this.id = id;
    this.board = map.board();
    this.log = log;
    for (Fault.OfMachine fault : setup.faults()) {
      var random = TriggerState.randomOf(setup.seed(), fault.number(), id);
      TriggerState state = new TriggerState(fault.trigger(), board, random);
      if (fault instanceof Fault.BitFlip flip && map.homeOf(flip.physical()) == id) {
        flips.add(new Flip(flip, state));
      } else if (fault instanceof Fault.SlowMemory slowed) {
        slow.add(new Slow(slowed, state));
      }
    }
  }

  /** Those of a slice; {@code log} is the slice's. */
  public static MemoryFaults of(int id, MachineMap map, MachineSetup setup, StrikeLog log) {
    SliceFaults faults = new SliceFaults(id, map, setup, log);
    return faults.flips.isEmpty() && faults.slow.isEmpty() ? MemoryFaults.NONE : faults;
  }

  @Override
  public byte[] found(long line, long cycle, byte[] content) {
    byte[] now = content;
    for (Flip flip : flips) {
      boolean timed = flip.fault().trigger().nth() == 0;
      if (timed && isIn(line, flip) && flip.state().dueCycle() <= cycle) {
        long at = flip.state().dueCycle();
        now = flip.state().strikesNow() ? flipped(now, line, flip.fault(), at) : now;
      }
    }
    return now;
  }

  @Override
  public byte[] read(long line, long cycle, byte[] content) {
    byte[] now = content;
    for (Flip flip : flips) {
      boolean counted = flip.fault().trigger().nth() > 0;
      if (counted && isIn(line, flip) && flip.state().strikes(cycle)) {
        now = flipped(now, line, flip.fault(), cycle);
      }
    }
    return now;
  }

  private boolean isIn(long line, Flip flip) {
    long offset = flip.fault().physical() - line;
    return offset >= 0 && offset < board.lineBytes();
  }

  private byte[] flipped(byte[] content, long line, Fault.BitFlip fault, long cycle) {
    int word = (int) (fault.physical() - line);
    int ofWord = fault.bit() / Byte.SIZE;
    byte[] changed = content.clone();
    changed[word + (board.bigEndian() ? Integer.BYTES - 1 - ofWord : ofWord)] ^=
        (byte) (1 << fault.bit() % Byte.SIZE);
    String what = "memory at 0x" + Long.toHexString(fault.physical());
    log.add(fault.number(), id, Strike.NOBODY, what, cycle);
    return changed;
  }

  @Override
  public long extraCycles(long line, long cycle) {
    long extra = 0;
    for (Slow one : slow) {
      if (one.fault().lines().holds(line) && one.state().strikes(cycle)) {
        log.add(one.fault().number(), id, Strike.NOBODY, "memory reads", cycle);
        extra += board.cycleAt(one.fault().byNanos());
      }
    }
    return extra;
  }

  @Override
  public void foldState(StateHash hash) {
    flips.forEach(one -> one.state().foldState(hash));
    slow.forEach(one -> one.state().foldState(hash));
  }
}
