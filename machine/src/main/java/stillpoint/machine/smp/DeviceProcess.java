package stillpoint.machine.smp;

import java.util.Arrays;
import java.util.Optional;
import stillpoint.machine.bare.UartRegisters;
import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.smp.DeviceProtocol.DeviceAnswer;
import stillpoint.machine.smp.DeviceProtocol.DeviceLoad;
import stillpoint.machine.smp.DeviceProtocol.DeviceStore;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.Report;
import stillpoint.machine.time.StateHash;

/** The UART and the exit word of a bare multiprocessor, which stand where a board's console is. */
final class DeviceProcess implements LogicalProcess {
  private static final long NOWHERE = -1;

  private final int id;
  private final MachineMap map;
  private final long uartBase;
  private final UartRegisters uart = new UartRegisters();
  private byte[] transmitted = new byte[64];
  private int transmittedCount;
  private boolean exited;
  private long exitValue;

  DeviceProcess(int id, MachineMap map, SmpSetup setup) {
    this.id = id;
    this.map = map;
    this.uartBase = setup.uart().orElse(NOWHERE);
  }

  @Override
  public void handle(long cycle, int sender, Message message, Outbox outbox) {
    long answer =
        switch (message) {
          case DeviceLoad load -> isUart(load) ? uart.load(registerAt(load)) : 0;
          case DeviceStore store -> {
            store(store);
            yield 0;
          }
          default ->
              throw new BrokenInvariant(
                  map.nameOf(id) + " at cycle " + cycle + " cannot take " + message);
        };
    outbox.send(sender, cycle + map.latencyCycles(id, sender), new DeviceAnswer(answer));
  }

  private boolean isUart(DeviceProtocol.ToDevice access) {
    return uartBase != NOWHERE
        && access.physical() < uartBase + UartRegisters.COUNT
        && uartBase < access.physical() + access.bytes();
  }

  /** Of a wider access the register at its address is what counts. */
  private int registerAt(DeviceProtocol.ToDevice access) {
    return (int) (access.physical() - uartBase) & UartRegisters.COUNT - 1;
  }

  /** Whatever is no UART is the exit word: nothing else is sent here. The first store counts. */
  private void store(DeviceStore store) {
    if (isUart(store)) {
      int sent = uart.store(registerAt(store), (int) store.value());
      if (sent != UartRegisters.NOTHING) {
        transmit(sent);
      }
    } else if (!exited) {
      exited = true;
      exitValue = store.value();
    }
  }

  private void transmit(int value) {
    if (transmittedCount == transmitted.length) {
      transmitted = Arrays.copyOf(transmitted, 2 * transmittedCount);
    }
    transmitted[transmittedCount++] = (byte) value;
  }

  @Override
  public void run(long untilCycle, Outbox outbox) {
    throw new BrokenInvariant(map.nameOf(id) + " has nothing to do on its own");
  }

  @Override
  public long nextOwnCycle() {
    return NEVER;
  }

  @Override
  public Report inspect(long cycle) {
    byte[] bytes = Arrays.copyOf(transmitted, transmittedCount);
    transmittedCount = 0;
    return new SmpReport.Devices(bytes, exited ? Optional.of(exitValue) : Optional.empty());
  }

  @Override
  public void foldState(StateHash hash) {
    uart.foldState(hash);
    hash.fold(exited).fold(exitValue);
  }
}
