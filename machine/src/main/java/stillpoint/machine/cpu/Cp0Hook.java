package stillpoint.machine.cpu;

/** Sees moves to CP0 before they happen, as debug registers of simulators want it. */
@FunctionalInterface
public interface Cp0Hook {
  /**
   * @param value all 64 bits of the general register
   * @return whether the move is dealt with and does not reach CP0
   */
  boolean movedToCp0(int register, int select, long value);
}
