package stillpoint.kernel.fault;

/** What kinds of faults make of their triggers. */
public final class Triggers {
  private Triggers() {}

  /** Whether a fault strikes once and by itself, or else whatever matches it. */
  public static boolean strikesOnce(Fault.OfMachine fault) {
    return switch (fault) {
      case Fault.SpuriousIrq _,
          Fault.IrqsHeld _,
          Fault.CpuFrozen _,
          Fault.CpuSlow _,
          Fault.ClockSkew _,
          Fault.BitFlip _ ->
          true;
      case Fault.IpiLost _,
          Fault.IpiDelayed _,
          Fault.IpiDuplicated _,
          Fault.StoreFault _,
          Fault.SlowMemory _,
          Fault.SlowLink _ ->
          false;
    };
  }

  /** Whether CPUs decide about it, which see what the kernel does; else slices and whoever sends. */
  public static boolean decidedByCpus(Fault.OfMachine fault) {
    return switch (fault) {
      case Fault.SpuriousIrq _,
          Fault.IrqsHeld _,
          Fault.CpuFrozen _,
          Fault.CpuSlow _,
          Fault.ClockSkew _,
          Fault.IpiLost _,
          Fault.IpiDelayed _,
          Fault.IpiDuplicated _,
          Fault.StoreFault _ ->
          true;
      case Fault.BitFlip _, Fault.SlowMemory _, Fault.SlowLink _ -> false;
    };
  }
}
