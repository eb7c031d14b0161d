package stillpoint.kernel.cpu;

/** What the CPU is doing. */
enum CpuMode {
  /** Executing; the next piece of work is at the own cycle. */
  RUNNING,
  /** One access waits for the fabric; no interrupt is taken meanwhile, as in an in-order pipeline. */
  STALLED,
  /** Spins on a line that it holds; goes on when that line is lost or an interrupt may be taken. */
  SPINNING,
  /** Waits for the interrupt controller's answer. */
  AWAITING_CONTROLLER,
  /** The idle task runs: goes on with the next interrupt. */
  IDLE
}
