package stillpoint.kernel.ftrace;

/** A store of ftrace to a word of text: when it was performed, where, and what it changed. */
public record PatchStore(long cycle, long physical, int oldWord, int newWord) {}
