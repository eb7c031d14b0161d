package stillpoint.machine.coherence;

import stillpoint.machine.time.StateHash;

/** What goes wrong in the memory of one directory slice. Mutable, owned by the slice. */
public interface MemoryFaults {
  /** Nothing ever does. */
  MemoryFaults NONE = Nothing.WRONG;

  /** Nothing ever does. */
  enum Nothing implements MemoryFaults {
    WRONG;

    @Override
    public byte[] found(long line, long cycle, byte[] content) {
      return content;
    }

    @Override
    public byte[] read(long line, long cycle, byte[] content) {
      return content;
    }

    @Override
    public long extraCycles(long line, long cycle) {
      return 0;
    }

    @Override
    public void foldState(StateHash hash) {}
  }

  /**
   * The first thing when a message about a line has come: what memory holds by now.
   *
   * @param content what it held; never to be changed
   */
  byte[] found(long line, long cycle, byte[] content);

  /** Memory is being read. The same as {@link #found}, for what happens on a read. */
  byte[] read(long line, long cycle, byte[] content);

  /** How much longer this read takes, 0 or more. Asked once a read. */
  long extraCycles(long line, long cycle);

  void foldState(StateHash hash);
}
