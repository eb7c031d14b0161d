package stillpoint.machine.interrupt;

import stillpoint.machine.time.StateHash;

/**
 * The registers of an {@link OcteonCiu}, as offsets from 0x1070000000000, 64 bits each: CIU_INT_SUM0
 * of line x at 8 x, CIU_INT_EN0 at 0x200 + 16 x, where line 2 n is IP2 of core n and 2 n + 1 its IP3;
 * CIU_MBOX_SET at 0x600 + 8 n, CIU_MBOX_CLR at 0x680 + 8 n. Accesses of other sizes than 8 bytes do
 * nothing.
 */
final class OcteonCiuRegisters implements MappedController {
  private static final int SUM = 0;
  private static final int ENABLE = 0x200;
  private static final int MAILBOX_SET = 0x600;
  private static final int MAILBOX_CLEAR = 0x680;
  private static final int MOST_CORES = 16;

  private final OcteonCiu ciu;

  OcteonCiuRegisters(OcteonCiu ciu) {
    this.ciu = ciu;
  }

  @Override
  public int windowBytes() {
    return 0x800;
  }

  @Override
  public int mostVps() {
    return MOST_CORES;
  }

  @Override
  public int sources() {
    return Long.SIZE;
  }

  /** The core that a register at an offset within its group belongs to, or -1. */
  private int core(int within, int stride) {
    int core = within / stride;
    return within % 8 == 0 && core < ciu.cores() ? core : -1;
  }

  @Override
  public long read(long cycle, int vp, int offset, int bytes) {
    if (bytes != 8) {
      return 0;
    }
    if (offset >= MAILBOX_CLEAR) {
      return mailbox(core(offset - MAILBOX_CLEAR, 8));
    }
    if (offset >= MAILBOX_SET) {
      return mailbox(core(offset - MAILBOX_SET, 8));
    }
    if (offset >= ENABLE) {
      int core = core(offset - ENABLE, 32);
      return core < 0 || offset % 16 != 0 ? 0 : ciu.enable(core, offset / 16 & 1);
    }
    int core = core(offset - SUM, 16);
    return core < 0 ? 0 : ciu.sum(core);
  }

  private long mailbox(int core) {
    return core < 0 ? 0 : ciu.mailbox(core) & 0xFFFF_FFFFL;
  }

  @Override
  public void write(long cycle, int vp, int offset, int bytes, long value) {
    if (bytes != 8) {
      return;
    }
    if (offset >= MAILBOX_CLEAR) {
      int core = core(offset - MAILBOX_CLEAR, 8);
      if (core >= 0) {
        ciu.clearMailbox(core, (int) value);
      }
    } else if (offset >= MAILBOX_SET) {
      int core = core(offset - MAILBOX_SET, 8);
      if (core >= 0) {
        ciu.setMailbox(core, (int) value);
      }
    } else if (offset >= ENABLE) {
      int core = core(offset - ENABLE, 32);
      if (core >= 0 && offset % 16 == 0) {
        ciu.setEnable(core, offset / 16 & 1, value);
      }
    } else if (core(offset - SUM, 16) >= 0) {
      ciu.clearEdges(value);
    }
  }

  @Override
  public void input(int source, boolean level) {
    ciu.input(source, level);
  }

  @Override
  public int levels(int vp) {
    return ciu.levels(vp);
  }

  @Override
  public long spurious() {
    return ciu.idleClears();
  }

  @Override
  public void foldState(StateHash hash) {
    ciu.foldMailboxes(hash);
    ciu.foldRest(hash);
  }
}
