package stillpoint.kernel.system;

import java.util.List;
import stillpoint.kernel.console.ConsoleProtocol;
import stillpoint.machine.coherence.CoherenceProtocol;
import stillpoint.machine.interconnect.Routed;
import stillpoint.machine.interrupt.CpuSet;
import stillpoint.machine.interrupt.InterruptProtocol;
import stillpoint.machine.packed.Codec;
import stillpoint.machine.packed.Codecs;
import stillpoint.machine.time.Message;

/** All that the processes of an emulated machine say to each other, as bytes. */
public final class PackedMessages {
  private static final Codec<Message> CODEC =
      new Codecs()
          .with(CpuSet.class, CpuSet.PACKED)
          .union(
              Message.class,
              List.of(
                  CoherenceProtocol.ToHome.class,
                  CoherenceProtocol.ToL1.class,
                  CoherenceProtocol.ToDevice.class,
                  InterruptProtocol.ToController.class,
                  InterruptProtocol.ToCpu.class,
                  ConsoleProtocol.ToConsole.class,
                  ConsoleProtocol.ToCpu.class,
                  Routed.class));

  private PackedMessages() {}

  public static Codec<Message> codec() {
    return CODEC;
  }
}
