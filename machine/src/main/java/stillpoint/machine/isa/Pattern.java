package stillpoint.machine.isa;

/**
 * The 32 bits of an instruction as the manual's page draws them: {@code 0} and {@code 1} are fixed,
 * a run of a letter is a field of that name, spaces end a run. Letters: s t d (registers), a (shift
 * amount), i (immediate), j (jump index), c (code), h (hint), l (select). A letter with two runs
 * names two fields that must be equal.
 */
public final class Pattern {
  private final String text;
  private final int mask;
  private final int match;
  private final int[] shifts = new int[26];
  private final int[] widths = new int[26];
  private char twin;
  private int twinShift;

  public Pattern(String text) {
    this.text = text;
    int length = text.replace(" ", "").length();
    if (length != 32) {
      throw new IllegalArgumentException("pattern '" + text + "' has " + length + " bits");
    }
    int mask = 0;
    int match = 0;
    int left = 32;
    for (String group : text.split(" ")) {
      for (int at = 0; at < group.length(); ) {
        char c = group.charAt(at);
        int end = at + 1;
        while (end < group.length() && group.charAt(end) == c) {
          end++;
        }
        left -= end - at;
        if (c == '0' || c == '1') {
          int run = ones(end - at) << left;
          mask |= run;
          match |= c == '1' ? run : 0;
        } else {
          addField(c, left, end - at);
        }
        at = end;
      }
    }
    this.mask = mask;
    this.match = match;
  }

  private void addField(char letter, int shift, int width) {
    int f = letter - 'a';
    if (widths[f] == 0) {
      shifts[f] = shift;
      widths[f] = width;
    } else if (twin == 0 && widths[f] == width) {
      twin = letter;
      twinShift = shift;
    } else {
      throw new IllegalArgumentException("pattern '" + text + "' repeats field " + letter);
    }
  }

  /** The fixed bits' places. */
  public int mask() {
    return mask;
  }

  /** The fixed bits' values. */
  public int match() {
    return match;
  }

  public boolean matches(int word) {
    return (word & mask) == match && (twin == 0 || twinsAgree(word));
  }

  private boolean twinsAgree(int word) {
    return get(twin, word) == (word >>> twinShift & ones(width(twin)));
  }

  /** Width of a field in bits, 0 if the pattern has none of that name. */
  public int width(char letter) {
    return widths[letter - 'a'];
  }

  /** Value of a field, zero-extended; 0 if there is none. */
  public int get(char letter, int word) {
    return word >>> shifts[letter - 'a'] & ones(width(letter));
  }

  /** {@code word} with the low bits of {@code value} put into a field. */
  public int set(char letter, int word, int value) {
    int ones = ones(width(letter));
    int shift = shifts[letter - 'a'];
    int changed = word & ~(ones << shift) | (value & ones) << shift;
    if (letter == twin) {
      changed = changed & ~(ones << twinShift) | (value & ones) << twinShift;
    }
    return changed;
  }

  /**
   * Whether some word matches both; two-run fields are taken as free, so the answer errs on the
   * side of yes.
   */
  public boolean overlaps(Pattern other) {
    return ((match ^ other.match) & mask & other.mask) == 0;
  }

  private static int ones(int count) {
    return count == 32 ? -1 : (1 << count) - 1;
  }

  @Override
  public String toString() {
    return text;
  }
}
