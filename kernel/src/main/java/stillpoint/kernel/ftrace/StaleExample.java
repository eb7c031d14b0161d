package stillpoint.kernel.ftrace;

/**
 * One execution of a word that memory no longer held, or of a torn pair.
 *
 * @param kind what was wrong with it
 * @param cpu who executed it
 * @param cycle when
 * @param physical of the word; of a torn pair its first word
 * @param oldWord executed; of a torn pair the one as compiled
 * @param newWord what memory held; of a torn pair the other word executed
 */
public record StaleExample(
    Kind kind, int cpu, long cycle, long physical, int oldWord, int newWord) {
  /** What was wrong, harmless things first. */
  public enum Kind {
    /** The flush that has to prevent it had not returned yet. */
    STALE,
    /** It had, or never came. */
    LATE,
    /** An old and a new word of one site in one pass. */
    TORN
  }
}
