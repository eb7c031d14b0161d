package stillpoint.kernel.shell;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;

/** Reads a file whose text is put together from what every CPU logged up to this cycle. */
record SeqRead() implements Frame {
  @Override
  public String function() {
    return "seq_read";
  }

  @Override
  public Step step(KernelCpu cpu) {
    return Step.done(CommandStatus.OK, Costs.CALL);
  }
}
