package stillpoint.kernel.cpu;

import java.util.List;
import stillpoint.kernel.config.Barrier;
import stillpoint.kernel.config.KernelConfig;
import stillpoint.kernel.ftrace.CallSites;
import stillpoint.kernel.ftrace.PatchStore;
import stillpoint.kernel.mm.KernelMemory;
import stillpoint.kernel.system.Shared;
import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.interrupt.CpuSet;
import stillpoint.machine.l1.DataCache;
import stillpoint.machine.l1.InstructionCache;
import stillpoint.machine.l1.L1State;
import stillpoint.machine.l1.StoreBuffer;
import stillpoint.machine.time.StateHash;

/** The part of {@link KernelCpu} that is memory: kernel variables and text through the CPU's own caches. */
abstract class KernelCaches {
  private static final int WORD_BYTES = 8;

  final int cpu;
  final Shared shared;
  final CpuCounters counters = new CpuCounters();
  final AppendLog<PatchStore> stores = new AppendLog<>();
  private final DataCache l1d;
  private final InstructionCache l1i;

  /** Stores that are not in the cache yet; null if there is no buffer. The process's. */
  private transient StoreBuffer buffer;

  private boolean globalInvalidateDone;
  private CpuSet online;
  private long onlineGeneration;

  /** Set by the process around every call. */
  long cycle;

  KernelCaches(int cpu, Shared shared, DataCache l1d, InstructionCache l1i) {
    this.cpu = cpu;
    this.shared = shared;
    this.l1d = l1d;
    this.l1i = l1i;
    this.online = shared.possible();
  }

  public int cpu() {
    return cpu;
  }

  /** Current virtual time of this CPU. */
  public long cycle() {
    return cycle;
  }

  /** Cycles that a span of virtual time takes. */
  public long cyclesIn(long nanos) {
    return map().board().cycleAt(nanos);
  }

  public KernelMemory memory() {
    return shared.memory();
  }

  public KernelConfig config() {
    return shared.setup().kernel();
  }

  /** Cycles of a time. */
  public long cyclesOfNanos(long nanos) {
    return map().board().cycleAt(nanos);
  }

  public long nanosAt(long at) {
    return map().board().nanosAt(at);
  }

  public CallSites sites() {
    return shared.sites();
  }

  /** All CPUs that the machine has. */
  public CpuSet possible() {
    return shared.possible();
  }

  /** CPUs that were online when this CPU last read the mask: see {@link stillpoint.kernel.hotplug.ReadOnlineMask}. */
  public CpuSet online() {
    return online;
  }

  /** How often the mask had changed then. */
  public long onlineGeneration() {
    return onlineGeneration;
  }

  /** This CPU has read the mask. */
  public void sawOnline(long generation, CpuSet cpus) {
    onlineGeneration = generation;
    online = cpus;
  }

  MachineMap map() {
    return shared.map();
  }

  void setStoreBuffer(StoreBuffer stores) {
    buffer = stores;
  }

  /** Whether this machine's CPUs have store buffers. */
  public boolean buffersStores() {
    return buffer != null;
  }

  /** Of which kind a plain store is that comes after this barrier. */
  public StoreKind after(Barrier barrier) {
    return leavesOut(barrier) ? StoreKind.PLAIN : StoreKind.RELEASE;
  }

  /** Whether the scenario leaves this barrier out. */
  public boolean leavesOut(Barrier barrier) {
    return config().missingBarriers().contains(barrier);
  }

  /** Whether all earlier stores of this CPU are in its cache; if not, a frame returns a {@link Step.Barrier}. */
  public boolean storesDone() {
    return buffer == null || buffer.isEmpty();
  }

  /**
   * Whether this CPU cannot make this access now: the frame returns a {@link Step.Stall} for it. A load needs the line, also
   * where the buffer has the word: a step may read others of the line too, and who spins waits for the line to go. A store,
   * {@link StoreKind#ORDERED} here, waits until the buffer is empty.
   */
  public boolean lacks(AccessKind kind, long physical) {
    return kind == AccessKind.STORE
        ? lacks(StoreKind.ORDERED, physical)
        : !isCached(false, physical);
  }

  /** Whether a store of this kind cannot be made now. */
  public boolean lacks(StoreKind kind, long physical) {
    return lacks(kind, physical, 1);
  }

  /** Whether several stores of this kind to a line cannot be made now, one after the other in one step. */
  public boolean lacks(StoreKind kind, long physical, int stores) {
    if (buffer == null) {
      return !isCached(true, physical);
    }
    return switch (asMade(kind)) {
      case PLAIN -> buffer.room() < stores;
      case RELEASE -> !buffer.isEmpty();
      case RELAXED -> buffer.holdsSome(physical, WORD_BYTES) || !isCached(true, physical);
      case ORDERED -> !buffer.isEmpty() || !isCached(true, physical);
    };
  }

  /** Whether a variable cannot be read and then be stored to. */
  public boolean lacksUpdate(StoreKind kind, long physical) {
    return lacks(kind, physical) || lacks(AccessKind.LOAD, physical);
  }

  /** Of which kind a store is made by this machine, which has a buffer. */
  StoreKind asMade(StoreKind kind) {
    return kind.buffered() && buffer.entries() < KernelConfig.LEAST_BUFFER_ENTRIES
        ? StoreKind.ORDERED
        : kind;
  }

  private boolean isCached(boolean writable, long physical) {
    int slot = l1d.find(physical);
    if (slot == DataCache.ABSENT) {
      return false;
    }
    L1State state = l1d.state(slot);
    return writable ? state.writable() : state.readable();
  }

  /** Reads an 8-byte kernel variable that is not lacking, as this CPU's own stores have left it. */
  public long load(long physical) {
    long cached = l1d.read(l1d.find(physical), physical, WORD_BYTES);
    return buffer == null || buffer.isEmpty() ? cached : buffer.seen(physical, WORD_BYTES, cached);
  }

  /** Writes an 8-byte kernel variable that is not lacking for an ordered store. */
  public void store(long physical, long value) {
    l1d.write(l1d.find(physical), physical, WORD_BYTES, value);
  }

  /** Writes an 8-byte kernel variable that is not lacking for a store of this kind. */
  public void store(StoreKind kind, long physical, long value) {
    if (buffer == null || !asMade(kind).buffered()) {
      store(physical, value);
    } else {
      buffer.add(physical, WORD_BYTES, value);
      buffer.stamp(cycle);
    }
  }

  /** Whether the word of text at a physical address belongs to a call site that cannot be stored to. */
  public boolean isReadOnlyText(long physical) {
    List<String> readOnly = shared.setup().guest().readOnlyText();
    return !readOnly.isEmpty()
        && sites().siteOf(physical).filter(site -> readOnly.contains(site.function())).isPresent();
  }

  /** A virtual address as the log shows it: {@code function+0x8/0x98}. */
  public String symbolOf(long virtual) {
    return shared.symbols().format(virtual);
  }

  /** Rewrites a word of text that is not lacking for a store, and counts it. */
  public void patchText(long physical, int newWord) {
    int slot = l1d.find(physical);
    int oldWord = (int) l1d.read(slot, physical, Integer.BYTES);
    l1d.write(slot, physical, Integer.BYTES, newWord & 0xFFFF_FFFFL);
    stores.add(new PatchStore(cycle, physical, oldWord, newWord));
    counters.wordsPatched++;
  }

  /** Drops the lines of the own instruction cache that hold {@code bytes} bytes from {@code physical}. */
  public void invalidateOwnIcache(long physical, long bytes) {
    int lineBytes = l1i.geometry().lineBytes();
    for (long line = l1i.geometry().lineAddress(physical);
        line < physical + bytes;
        line += lineBytes) {
      l1i.invalidateLine(line);
    }
  }

  /** Address of the line after the one that holds a physical address. */
  public long lineAfter(long physical) {
    return l1i.geometry().lineAddress(physical) + l1i.geometry().lineBytes();
  }

  public void invalidateOwnIcache() {
    l1i.invalidateAll();
  }

  /** Whether the global invalidate asked for by a stall has been done since this was last asked. */
  public boolean takeGlobalInvalidateDone() {
    boolean done = globalInvalidateDone;
    globalInvalidateDone = false;
    return done;
  }

  void globalInvalidateDone() {
    globalInvalidateDone = true;
  }

  void foldCaches(StateHash hash) {
    hash.fold(globalInvalidateDone).fold(onlineGeneration);
    online.fold(hash);
  }
}
