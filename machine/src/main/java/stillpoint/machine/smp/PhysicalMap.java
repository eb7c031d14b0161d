package stillpoint.machine.smp;

import java.util.List;
import stillpoint.machine.l1.StoreBuffer;

/**
 * What is behind physical addresses: devices where there are some, else memory from 0 on, else
 * nothing. The lines that hold registers are never cached, whatever segment a program uses.
 *
 * @param ramBytes memory from address 0 on
 * @param devices where devices are; they do not overlap
 */
public record PhysicalMap(long ramBytes, List<Region> devices) implements StoreBuffer.Bufferable {
  /**
   * Registers of a device.
   *
   * @param base address of the first one
   * @param bytes number of bytes from there, at least 1
   * @param process id of the logical process that is the device; CPUs have a link to it
   */
  public record Region(long base, long bytes, int process) {}

  public PhysicalMap {
    devices = List.copyOf(devices);
  }

  /** Whether all bytes are memory, or would be were there no device. */
  public boolean isMemory(long physical, long bytes) {
    return Long.compareUnsigned(physical, ramBytes) < 0 && bytes <= ramBytes - physical;
  }

  /** A store to a device, or to nothing, is done at once. */
  @Override
  public boolean isBufferable(long line, int bytes) {
    return isMemory(line, bytes) && deviceWithin(line, bytes) == null;
  }

  /** The device that some of these bytes belong to, or null. */
  public Region deviceWithin(long physical, long bytes) {
    for (Region region : devices) {
      if (region.base < physical + bytes && physical < region.base + region.bytes) {
        return region;
      }
    }
    return null;
  }
}
