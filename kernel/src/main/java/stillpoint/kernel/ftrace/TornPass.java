package stillpoint.kernel.ftrace;

/**
 * A pass of one CPU over a call site of two words that executed one word from before a rewrite and one from after it: a pair
 * that the text never was. It leaves the guest's stack off by what the delay slot makes room for.
 *
 * @param cycle of the second word
 * @param physical of the first word
 * @param oldWord the one as compiled
 * @param newWord the other
 */
public record TornPass(long cycle, long physical, int oldWord, int newWord) {}
