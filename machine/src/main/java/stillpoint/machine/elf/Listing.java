package stillpoint.machine.elf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import stillpoint.machine.isa.ObjdumpStyle;

/**
 * The disassembly of an executable, laid out as {@code objdump -d -M no-aliases} does: labels,
 * address, word, instruction; runs of zeros that are no delay slot as three dots.
 */
public final class Listing {
  private final ElfImage image;
  private final List<ElfSection> sections;

  /** One symbol an address, ascending, unsigned. */
  private final List<ElfImage.Symbol> symbols = new ArrayList<>();

  private final ObjdumpStyle style;

  public Listing(ElfImage image, List<ElfSection> sections) {
    this.image = image;
    this.sections = sections;
    for (ElfImage.Symbol symbol : image.symbols()) {
      if (symbols.isEmpty() || symbols.getLast().address() != symbol.address()) {
        symbols.add(symbol);
      }
    }
    this.style = new ObjdumpStyle(!image.is64Bit(), this::place);
  }

  /** The file's lines, without a head that names the file. */
  public void print(Consumer<String> lines) {
    for (ElfSection section : sections) {
      lines.accept("");
      lines.accept("Disassembly of section " + section.name() + ":");
      section(section, lines);
    }
  }

  private void section(ElfSection section, Consumer<String> lines) {
    long start = section.address();
    int length = section.content().length;
    int skipped = skippedDigits(start + length);
    int next = firstSymbolFrom(start);
    ByteBuffer bytes =
        ByteBuffer.wrap(section.content())
            .order(image.bigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    for (int offset = 0; offset < length; ) {
      long at = start + offset;
      ElfImage.Symbol here = at(next);
      boolean labelled = here != null && here.address() == at;
      if (labelled) {
        next++;
      }
      lines.accept("");
      lines.accept(padded(at) + " <" + (labelled ? here.name() : nameAt(at)) + ">:");
      // offsets, not addresses: a damaged section may run over the end of the address space
      ElfImage.Symbol following = at(next);
      long distance = following == null ? length : following.address() - start;
      boolean within = distance > offset && distance < length;
      int stop = within ? (int) distance : length;
      piece(bytes, start, offset, stop, skipped, lines);
      offset = stop;
    }
  }

  private ElfImage.Symbol at(int index) {
    return index < symbols.size() ? symbols.get(index) : null;
  }

  private void piece(
      ByteBuffer bytes, long base, int from, int stop, int skipped, Consumer<String> lines) {
    boolean delaySlot = false;
    for (int offset = from; offset < stop; ) {
      long at = base + offset;
      int left = stop - offset;
      int zeros = zeros(bytes, offset, left);
      if (!delaySlot && (zeros >= 8 || zeros == left && zeros < 3)) {
        lines.accept("\t...");
        // more follows: what is skipped is whole words
        offset += zeros == left ? zeros : zeros & ~3;
        continue;
      }
      if (left < 4) {
        rest(bytes, offset, left, at, skipped, lines);
        return;
      }
      int word = bytes.getInt(offset);
      lines.accept(
          shortened(at, skipped)
              + String.format(Locale.ROOT, ":\t%08x \t%s", word, style.text(at, word)));
      delaySlot = ObjdumpStyle.hasDelaySlot(word);
      offset += 4;
    }
  }

  /** Bytes after the last whole word. */
  private void rest(
      ByteBuffer bytes, int offset, int left, long at, int skipped, Consumer<String> lines) {
    StringBuilder text = new StringBuilder(shortened(at, skipped)).append(":\t");
    for (int i = 0; i < left; i++) {
      text.append(String.format(Locale.ROOT, "%02x ", bytes.get(offset + i)));
    }
    lines.accept(text.toString());
  }

  private static int zeros(ByteBuffer bytes, int offset, int left) {
    int count = 0;
    while (count < left && bytes.get(offset + count) == 0) {
      count++;
    }
    return count;
  }

  // addresses

  private String padded(long address) {
    return image.is64Bit()
        ? String.format(Locale.ROOT, "%016x", address)
        : String.format(Locale.ROOT, "%08x", (int) address);
  }

  /** How many leading digits all addresses of a section may leave out, in fours. */
  private int skippedDigits(long end) {
    String text = padded(end);
    int skipped = 0;
    while (text.startsWith("00000", skipped)) {
      skipped += 4;
    }
    return skipped;
  }

  private String shortened(long address, int skipped) {
    String text = padded(address).substring(skipped);
    int digit = 0;
    while (digit < text.length() - 1 && text.charAt(digit) == '0') {
      digit++;
    }
    return " ".repeat(digit) + text.substring(digit);
  }

  private String place(long target) {
    String name = nameAt(target);
    String address = Long.toHexString(image.is64Bit() ? target : target & 0xFFFF_FFFFL);
    return name.isEmpty() ? address : address + " <" + name + ">";
  }

  /** The last symbol at or below an address, with the distance to it; else the section's start. */
  private String nameAt(long address) {
    int index = firstSymbolFrom(address);
    if (index == symbols.size() || symbols.get(index).address() != address) {
      index--;
    }
    String name;
    long distance;
    if (index >= 0) {
      name = symbols.get(index).name();
      distance = address - symbols.get(index).address();
    } else if (!symbols.isEmpty()) {
      name = symbols.getFirst().name();
      distance = address - symbols.getFirst().address();
    } else {
      name = sections.getFirst().name();
      distance = address - sections.getFirst().address();
    }
    if (distance == 0) {
      return name;
    }
    String sign = distance < 0 ? "-" : "+";
    return name + sign + "0x" + Long.toHexString(Math.abs(distance));
  }

  /** Index of the first symbol at or after an address. */
  private int firstSymbolFrom(long address) {
    int low = 0;
    int high = symbols.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(symbols.get(middle).address(), address) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
