package stillpoint.kernel.system;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import stillpoint.kernel.config.GuestConfig;
import stillpoint.kernel.config.KernelConfig;
import stillpoint.kernel.ftrace.CallSites;
import stillpoint.machine.board.Board;
import stillpoint.machine.elf.ElfFormatException;
import stillpoint.machine.elf.ElfImage;

/**
 * The guest's program as it stands in memory at reset: its segments, by default with every call site already turned into a
 * nop, as a booted kernel with dynamic ftrace leaves them.
 */
final class GuestImage {
  private GuestImage() {}

  /** Bytes at a physical address. */
  record Piece(long physical, byte[] content) {}

  static List<Piece> pieces(GuestConfig guest, Board board, KernelConfig kernel, CallSites sites)
      throws ElfFormatException {
    ElfImage image = guest.image();
    if (image.bigEndian() != board.bigEndian()) {
      throw new ElfFormatException(
          guest.elfPath(),
          "is "
              + endianness(image.bigEndian())
              + ", but board "
              + board.name()
              + " is "
              + endianness(board.bigEndian()));
    }
    List<Piece> pieces = new ArrayList<>();
    for (ElfImage.Segment segment : image.segments()) {
      ByteBuffer content = ByteBuffer.wrap(segment.content().clone());
      content.order(image.bigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
      if (kernel.ftrace().convertAtBoot()) {
        for (CallSites.CallSite site : sites.sites()) {
          put(content, segment, site.ipVirtual(), site.nopWord());
          if (site.words() == 2) {
            put(content, segment, site.ipVirtual() + Integer.BYTES, CallSites.NOP);
          }
        }
      }
      if (sites.hasLongCalls()) {
        // they call _mcount itself: booting takes the branch away that leads to its end
        put(content, segment, sites.mcountVirtual(), CallSites.NOP);
      }
      pieces.add(new Piece(segment.physicalAddress(), content.array()));
    }
    return pieces;
  }

  private static void put(ByteBuffer content, ElfImage.Segment segment, long virtual, int word) {
    long offset = virtual - segment.virtualAddress();
    if (offset >= 0 && offset + Integer.BYTES <= content.capacity()) {
      content.putInt((int) offset, word);
    }
  }

  private static String endianness(boolean big) {
    return big ? "big endian" : "little endian";
  }
}
