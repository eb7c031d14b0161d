package stillpoint.console;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import stillpoint.actors.cluster.RunMaker;
import stillpoint.kernel.system.MachineSetup;
import stillpoint.kernel.system.PackedSetup;
import stillpoint.machine.packed.Codec;

/** The variations of a scenario as what a node makes: the lines of the results, byte for byte as one JVM alone would write them. */
record VariationsOnNode(Variations variations) implements RunMaker {
  /** What the asking side sends: all that the runs depend on, by value. */
  private record Spec(MachineSetup setup, Variations.How how) {}

  private static final Codec<Spec> CODEC = PackedSetup.codecs().of(Spec.class);

  static byte[] pack(MachineSetup setup, Variations.How how) {
    return CODEC.toBytes(new Spec(setup, how));
  }

  static RunMaker unpack(byte[] bytes) {
    Spec spec = CODEC.fromBytes(bytes);
    return new VariationsOnNode(new Variations(spec.setup(), spec.how()));
  }

  @Override
  public Optional<byte[]> make(long number, BooleanSupplier stop) {
    return variations
        .run(number, stop)
        .map(run -> ExploredRun.of(run).line().getBytes(StandardCharsets.UTF_8));
  }
}
