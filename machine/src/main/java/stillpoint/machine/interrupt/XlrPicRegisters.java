package stillpoint.machine.interrupt;

import stillpoint.machine.time.StateHash;

/**
 * The registers of an {@link XlrPic}, 32 bits each, register r at offset 4 r, numbered as in Linux's
 * arch/mips/include/asm/netlogic/xlr/pic.h: PIC_IPI 4, PIC_INT_ACK 6, the table's first words (thread
 * masks) from 0x40 and second words from 0x80 on.
 *
 * <p>EIRR and EIMR are registers 9.6 and 9.7 of coprocessor 0 on the XLR's cores. This core has none,
 * so they stand behind the controller's own, 64 bits each: those of thread n at 0x800 + 16 n, EIRR
 * first. A one written to EIRR clears a vector. IP2 is up while both have a bit in common.
 */
final class XlrPicRegisters implements MappedController {
  private static final int IPI = 4 * 0x04;
  private static final int ACKNOWLEDGE = 4 * 0x06;
  private static final int TABLE_0 = 4 * 0x40;
  private static final int TABLE_1 = 4 * 0x80;
  private static final int TABLE_BYTES = 4 * XlrPic.SOURCES;
  private static final int VECTORS_AT = 0x800;

  private final XlrPic pic;

  XlrPicRegisters(XlrPic pic) {
    this.pic = pic;
  }

  @Override
  public int windowBytes() {
    return 0x1000;
  }

  /** What PIC_IPI and a table's thread mask can name. */
  @Override
  public int mostVps() {
    return 32;
  }

  @Override
  public int sources() {
    return XlrPic.SOURCES;
  }

  @Override
  public long read(long cycle, int vp, int offset, int bytes) {
    if (offset >= VECTORS_AT) {
      return readVectors(offset - VECTORS_AT, bytes);
    }
    if (bytes != 4) {
      return 0;
    }
    if (within(offset, TABLE_0)) {
      return pic.threadMask(offset - TABLE_0 >> 2) & 0xFFFF_FFFFL;
    }
    return within(offset, TABLE_1) ? pic.entry(offset - TABLE_1 >> 2) & 0xFFFF_FFFFL : 0;
  }

  private static boolean within(int offset, int table) {
    return offset >= table && offset < table + TABLE_BYTES;
  }

  private long readVectors(int at, int bytes) {
    int thread = at >> 4;
    if (bytes != 8 || thread >= pic.threads()) {
      return 0;
    }
    return (at & 8) == 0 ? pic.pendingVectors(thread) : pic.enabledVectors(thread);
  }

  @Override
  public void write(long cycle, int vp, int offset, int bytes, long value) {
    if (offset >= VECTORS_AT) {
      writeVectors(offset - VECTORS_AT, bytes, value);
    } else if (bytes == 4 && offset == IPI) {
      interruptProcessor((int) value);
    } else if (bytes == 4 && offset == ACKNOWLEDGE) {
      pic.acknowledge((int) value);
    } else if (bytes == 4 && within(offset, TABLE_0)) {
      pic.setThreadMask(offset - TABLE_0 >> 2, (int) value);
    } else if (bytes == 4 && within(offset, TABLE_1)) {
      pic.setEntry(offset - TABLE_1 >> 2, (int) value);
    }
  }

  /** Core in bits 22-20, thread in 17-16, vector in 5-0. Bit 8, NMI, is not looked at. */
  private void interruptProcessor(int value) {
    int thread = (value >> 20 & 7) << 2 | value >> 16 & 3;
    if (thread < pic.threads()) {
      pic.raise(thread, value & 0x3F);
    }
  }

  private void writeVectors(int at, int bytes, long value) {
    int thread = at >> 4;
    if (bytes != 8 || thread >= pic.threads()) {
      return;
    }
    if ((at & 8) == 0) {
      pic.clearVectors(thread, value);
    } else {
      pic.setEnabledVectors(thread, value);
    }
  }

  @Override
  public void input(int source, boolean level) {
    pic.input(source, level);
  }

  @Override
  public int levels(int vp) {
    return pic.levels(vp);
  }

  @Override
  public long spurious() {
    return pic.idleAcknowledgements();
  }

  @Override
  public void foldState(StateHash hash) {
    pic.foldState(hash);
  }
}
