package stillpoint.kernel.system;

import java.util.List;
import stillpoint.kernel.console.ConsoleProcess;
import stillpoint.kernel.cpu.CpuProcess;
import stillpoint.kernel.fault.FaultedProcess;
import stillpoint.kernel.fault.SliceFaults;
import stillpoint.kernel.fault.StrikeLog;
import stillpoint.kernel.fault.Triggers;
import stillpoint.kernel.ftrace.CallSites;
import stillpoint.kernel.mm.KernelMemory;
import stillpoint.machine.coherence.DirectorySlice;
import stillpoint.machine.coherence.MemoryFaults;
import stillpoint.machine.elf.ElfFormatException;
import stillpoint.machine.elf.Symbols;
import stillpoint.machine.explore.Explorable;
import stillpoint.machine.explore.Lateness;
import stillpoint.machine.explore.Schedule;
import stillpoint.machine.interconnect.EgressProcess;
import stillpoint.machine.interconnect.JitteredProcess;
import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.interconnect.RouterProcess;
import stillpoint.machine.interrupt.CpuSet;
import stillpoint.machine.interrupt.InterruptController;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.PlaceRange;
import stillpoint.machine.time.SeededRandom;

/**
 * The whole machine as a model for the engine: CPUs, interrupt controller slices, directory slices with the guest's image
 * in their memory, and the console.
 */
public final class EmulatedMachine implements Explorable {
  private final Shared shared;
  private final List<GuestImage.Piece> image;

  /**
   * @throws ElfFormatException if the guest cannot run on this machine; one line for the user
   */
  public EmulatedMachine(MachineSetup setup) throws ElfFormatException {
    KernelMemory memory = new KernelMemory(setup.board().cpuCount(), setup.board().lineBytes());
    MachineMap map = new MachineMap(setup.board(), memory.ownedByCpus());
    if (!setup.guest().image().is64Bit() && map.cpuCount() > KernelMemory.MOST_LOW_STACKS) {
      throw new ElfFormatException(
          setup.guest().elfPath(),
          "is a 32-bit program: its stacks must lie in the lowest 512 MiB, room for "
              + KernelMemory.MOST_LOW_STACKS
              + " CPUs; take a 64-bit one");
    }
    CallSites sites = CallSites.find(setup.guest().elfPath(), setup.guest().image());
    for (String function : setup.guest().readOnlyText()) {
      if (sites.sites().stream().noneMatch(site -> site.function().equals(function))) {
        throw new ElfFormatException(
            setup.guest().elfPath(),
            "has no call site in " + function + ", which guest.read-only-text names");
      }
    }
    this.shared =
        new Shared(
            setup,
            map,
            memory,
            sites,
            new Symbols(setup.guest().image()),
            CpuSet.range(0, map.cpuCount()),
            Readings.of(setup));
    this.image = GuestImage.pieces(setup.guest(), setup.board(), setup.kernel(), sites);
  }

  private EmulatedMachine(Shared shared, List<GuestImage.Piece> image) {
    this.shared = shared;
    this.image = image;
  }

  /** The same hardware, kernel and guest with another script, seed or schedule: cheaper than building all anew. */
  public EmulatedMachine varied(MachineSetup setup) {
    MachineSetup own = shared.setup();
    if (!setup.board().equals(own.board())
        || !setup.kernel().equals(own.kernel())
        || setup.guest() != own.guest()) {
      throw new BrokenInvariant("a variation of a machine has another board, kernel or guest");
    }
    return new EmulatedMachine(
        new Shared(
            setup,
            shared.map(),
            shared.memory(),
            shared.sites(),
            shared.symbols(),
            shared.possible(),
            Readings.of(setup)),
        image);
  }

  public Shared shared() {
    return shared;
  }

  @Override
  public int size() {
    return shared.map().size();
  }

  @Override
  public Schedule schedule() {
    return shared.setup().schedule();
  }

  @Override
  public LogicalProcess create(int id, Lateness lateness) {
    LogicalProcess process = steady(id, lateness);
    boolean router = shared.map().kindOf(id) == MachineMap.Kind.ROUTER;
    if (shared.map().board().flitBytes() > 0 && !router) {
      process = new EgressProcess(process, id, shared.map());
    }
    if (shared.map().board().latencyJitter() == 0) {
      return process;
    }
    SeededRandom root = SeededRandom.ofSeed(shared.setup().seed());
    return new JitteredProcess(process, id, shared.map(), root.fork("link-jitter").fork(id));
  }

  private LogicalProcess steady(int id, Lateness lateness) {
    MachineMap map = shared.map();
    MachineSetup setup = shared.setup();
    return switch (map.kindOf(id)) {
      case CPU -> {
        CpuProcess cpu = new CpuProcess(id, shared, lateness);
        yield cpu.strikes().map(log -> faulted(cpu, id, log)).orElse(cpu);
      }
      case INTERRUPT_SLICE -> faulted(InterruptController.create(id, map), id, new StrikeLog());
      case DIRECTORY_SLICE -> {
        StrikeLog log = new StrikeLog();
        MemoryFaults faults = SliceFaults.of(id, map, setup, log);
        DirectorySlice slice = new DirectorySlice(id, map, faults);
        image.forEach(piece -> slice.loadMemory(piece.physical(), piece.content()));
        yield faulted(slice, id, log);
      }
      case CONSOLE -> faulted(new ConsoleProcess(shared), id, new StrikeLog());
      case ROUTER -> new RouterProcess(id, map);
    };
  }

  private LogicalProcess faulted(LogicalProcess process, int id, StrikeLog log) {
    return FaultedProcess.of(process, id, shared.map(), shared.setup(), log, tellsOfFaults());
  }

  /** Whether processes that are no CPUs may have to tell of faults that struck there. */
  public boolean tellsOfFaults() {
    return shared.setup().faults().stream().anyMatch(fault -> !Triggers.decidedByCpus(fault));
  }

  @Override
  public List<Object> constants() {
    return List.of(shared);
  }

  @Override
  public String nameOf(int id) {
    return shared.map().nameOf(id);
  }

  @Override
  public long lookaheadCycles() {
    return shared.map().lookaheadCycles();
  }

  @Override
  public int places() {
    return shared.map().cpuCount();
  }

  @Override
  public int placeOf(int id) {
    return shared.map().placeOf(id);
  }

  @Override
  public long lookaheadBetween(PlaceRange a, PlaceRange b) {
    return shared.map().smallestLatencyBetween(a, b);
  }

  @Override
  public int boards() {
    return shared.map().boards();
  }

  @Override
  public int firstPlaceOfBoard(int index) {
    return shared.map().firstCpuOfBoard(index);
  }
}
