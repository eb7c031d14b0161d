package stillpoint.kernel.locking;

import java.util.Optional;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.mm.KernelMemory;
import stillpoint.kernel.wait.Wait;
import stillpoint.machine.coherence.AccessKind;

/**
 * Takes a mutex: spins while another CPU's task has it, but gives way to the own stopper, for which that task may be waiting.
 */
public record MutexLock(KernelLock mutex) implements Frame {
  /** Whoever rewrites text or stops the machine holds this one, tracers too. */
  public static KernelLock textMutex(KernelMemory memory) {
    return new KernelLock("text_mutex", memory.traceTypesLock());
  }

  @Override
  public String function() {
    return "mutex_lock";
  }

  @Override
  public Step step(KernelCpu cpu) {
    if (cpu.lacks(AccessKind.STORE, mutex.address())) {
      return Step.stall(AccessKind.STORE, mutex.address());
    }
    if (cpu.load(mutex.address()) != 0) {
      return cpu.needResched()
          ? new Step.CondResched(this, Costs.FEW)
          : new Step.Spin(mutex.address());
    }
    cpu.store(mutex.address(), cpu.cpu() + 1L);
    return Step.done(Costs.FEW);
  }

  @Override
  public Optional<Wait> waitsFor(KernelCpu cpu) {
    if (cpu.lacks(AccessKind.LOAD, mutex.address()) || cpu.load(mutex.address()) == 0) {
      return Optional.empty();
    }
    int owner = (int) cpu.load(mutex.address()) - 1;
    return Optional.of(new Wait.Mutex(function(), mutex.name(), owner));
  }
}
