package stillpoint.machine.cpu;

/** Wants to know when words at certain addresses execute, for instance ftrace's call sites. */
public interface CodeWatch {
  /** Watches nothing. */
  CodeWatch NONE = Nothing.WATCHED;

  /** Watches nothing. */
  enum Nothing implements CodeWatch {
    WATCHED;

    @Override
    public boolean watches(long physical) {
      return false;
    }

    @Override
    public void executed(long physical, int word, long cycle, long pc) {}
  }

  /**
   * Whether the word at a physical address is watched. Asked when a word is decoded, so it must not
   * change.
   */
  boolean watches(long physical);

  /**
   * A watched word has retired.
   *
   * @param word as the instruction cache had it, perhaps stale
   * @param cycle it executed in
   * @param pc its virtual address
   */
  void executed(long physical, int word, long cycle, long pc);
}
