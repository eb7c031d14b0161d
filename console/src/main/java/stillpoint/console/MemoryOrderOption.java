package stillpoint.console;

import java.util.Locale;
import stillpoint.machine.board.MemoryOrder;

/** {@code --memory-order}. */
final class MemoryOrderOption {
  private MemoryOrderOption() {}

  /** The order of that name, with the buffer that machines have by default. */
  static MemoryOrder read(String name) {
    for (MemoryOrder.Kind kind : MemoryOrder.Kind.values()) {
      if (kind.name().toLowerCase(Locale.ROOT).equals(name)) {
        return new MemoryOrder(kind, MemoryOrder.SC.bufferEntries(), MemoryOrder.SC.drainCycles());
      }
    }
    throw new UserError("--memory-order " + name + " does not exist; there are: sc, tso, pso");
  }
}
