package stillpoint.machine.elf;

/**
 * A file that cannot be used as a guest program. The message is one line for the user: which file,
 * what is wrong with it and where, and, if something would help, what.
 */
public final class ElfFormatException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * @param file as the user named it
   * @param problem what is wrong, in lower case, without a full stop
   */
  public ElfFormatException(String file, String problem) {
    super(file + ": " + problem);
  }
}
