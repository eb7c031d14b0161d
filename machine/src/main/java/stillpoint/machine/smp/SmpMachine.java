package stillpoint.machine.smp;

import java.util.ArrayList;
import java.util.List;
import stillpoint.machine.bare.UartRegisters;
import stillpoint.machine.coherence.DirectorySlice;
import stillpoint.machine.explore.Explorable;
import stillpoint.machine.explore.Lateness;
import stillpoint.machine.explore.Schedule;
import stillpoint.machine.interconnect.EgressProcess;
import stillpoint.machine.interconnect.JitteredProcess;
import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.interconnect.RouterProcess;
import stillpoint.machine.interrupt.InterruptController;
import stillpoint.machine.interrupt.MappedController;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.PlaceRange;
import stillpoint.machine.time.SeededRandom;

/**
 * The whole bare multiprocessor as a model for the engine. Ids are those of {@link MachineMap}; the
 * devices stand where a board's console is.
 */
public final class SmpMachine implements Explorable {
  private final SmpSetup setup;
  private final Schedule schedule;
  private final MachineMap map;
  private final PhysicalMap addresses;

  /** A machine that is never disturbed. */
  public SmpMachine(SmpSetup setup) {
    this(setup, Schedule.NONE);
  }

  public SmpMachine(SmpSetup setup, Schedule schedule) {
    this.setup = setup;
    this.schedule = schedule;
    this.map = new MachineMap(setup.board());
    List<PhysicalMap.Region> devices = new ArrayList<>();
    setup
        .uart()
        .ifPresent(
            at -> devices.add(new PhysicalMap.Region(at, UartRegisters.COUNT, map.console())));
    setup.exit().ifPresent(at -> devices.add(new PhysicalMap.Region(at, 4, map.console())));
    setup.controller().ifPresent(at -> devices.addAll(controllers(at)));
    this.addresses = new PhysicalMap(setup.ramBytes(), devices);
  }

  public MachineMap map() {
    return map;
  }

  public PhysicalMap addresses() {
    return addresses;
  }

  @Override
  public int size() {
    return map.size();
  }

  @Override
  public Schedule schedule() {
    return schedule;
  }

  @Override
  public LogicalProcess create(int id, Lateness lateness) {
    LogicalProcess process = steady(id, lateness);
    if (setup.board().flitBytes() > 0 && map.kindOf(id) != MachineMap.Kind.ROUTER) {
      process = new EgressProcess(process, id, map);
    }
    if (setup.board().latencyJitter() == 0) {
      return process;
    }
    SeededRandom root = SeededRandom.ofSeed(setup.seed());
    return new JitteredProcess(process, id, map, root.fork("link-jitter").fork(id));
  }

  private LogicalProcess steady(int id, Lateness lateness) {
    return switch (map.kindOf(id)) {
      case CPU -> new SmpCpu(id, setup, map, addresses, lateness);
      case INTERRUPT_SLICE ->
          setup.controller().isPresent()
              ? controller(id, setup.controller().getAsLong())
              : InterruptController.create(id, map);
      case DIRECTORY_SLICE -> {
        DirectorySlice slice = new DirectorySlice(id, map);
        setup.image().forEach(piece -> slice.loadMemory(piece.physical(), piece.content()));
        yield slice;
      }
      case CONSOLE -> new DeviceProcess(id, map, setup);
      case ROUTER -> new RouterProcess(id, map);
    };
  }

  private List<PhysicalMap.Region> controllers(long base) {
    List<PhysicalMap.Region> regions = new ArrayList<>();
    for (int i = 0; i < setup.board().interruptSlices(); i++) {
      int bytes = registersOf(i).windowBytes();
      regions.add(new PhysicalMap.Region(base + (long) i * bytes, bytes, map.interruptSlice(i)));
    }
    return regions;
  }

  private ControllerDevice controller(int id, long base) {
    int index = id - map.interruptSlice(0);
    MappedController registers = registersOf(index);
    long at = base + (long) index * registers.windowBytes();
    return new ControllerDevice(id, map, at, registers, cpusOf(index));
  }

  private MappedController registersOf(int index) {
    return MappedController.of(setup.board().interruptController(), cpusOf(index));
  }

  private int cpusOf(int slice) {
    return map.firstCpuOfInterruptSlice(slice + 1) - map.firstCpuOfInterruptSlice(slice);
  }

  @Override
  public List<Object> constants() {
    return List.of(setup, map, addresses, schedule);
  }

  @Override
  public String nameOf(int id) {
    return map.nameOf(id);
  }

  @Override
  public long lookaheadCycles() {
    return map.lookaheadCycles();
  }

  @Override
  public int places() {
    return map.cpuCount();
  }

  @Override
  public int placeOf(int id) {
    return map.placeOf(id);
  }

  @Override
  public long lookaheadBetween(PlaceRange a, PlaceRange b) {
    return map.smallestLatencyBetween(a, b);
  }

  @Override
  public int boards() {
    return map.boards();
  }

  @Override
  public int firstPlaceOfBoard(int index) {
    return map.firstCpuOfBoard(index);
  }
}
