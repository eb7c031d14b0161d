package stillpoint.machine.smp;

import java.util.ArrayList;
import java.util.List;
import stillpoint.machine.bare.ProgramLoader;

/** Gathers what a program puts into memory, for {@link SmpSetup#image}. */
public final class SmpImage implements ProgramLoader.Target {
  private final long ramBytes;
  private final List<SmpSetup.Piece> pieces = new ArrayList<>();

  public SmpImage(long ramBytes) {
    this.ramBytes = ramBytes;
  }

  @Override
  public long sizeBytes() {
    return ramBytes;
  }

  @Override
  public boolean contains(long physical, long count) {
    return Long.compareUnsigned(physical, ramBytes) < 0
        && Long.compareUnsigned(count, ramBytes - physical) <= 0;
  }

  @Override
  public void put(long physical, byte[] content) {
    pieces.add(new SmpSetup.Piece(physical, content));
  }

  public List<SmpSetup.Piece> pieces() {
    return List.copyOf(pieces);
  }
}
