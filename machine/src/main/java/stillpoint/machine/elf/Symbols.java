package stillpoint.machine.elf;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Finds the symbols of an image: by name, and functions by address, the way a kernel prints them.
 */
public final class Symbols {
  private final Map<String, ElfImage.Symbol> byName = new TreeMap<>();

  /** One function an address, ascending, unsigned. */
  private final List<ElfImage.Symbol> functions;

  public Symbols(ElfImage image) {
    for (ElfImage.Symbol symbol : image.symbols()) {
      byName.putIfAbsent(symbol.name(), symbol);
    }
    List<ElfImage.Symbol> all = image.symbols().stream().filter(ElfImage.Symbol::function).toList();
    functions = new ArrayList<>();
    for (ElfImage.Symbol function : all) {
      if (functions.isEmpty() || functions.getLast().address() != function.address()) {
        functions.add(function);
      }
    }
  }

  /** The symbol of exactly this name; of several the one at the lowest address. */
  public Optional<ElfImage.Symbol> named(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /**
   * The function that an address lies in: the nearest one at or below it, unless that has a size
   * and ends before the address. Of several that start together, the longest, then the first by
   * name.
   */
  public Optional<ElfImage.Symbol> functionAt(long address) {
    int low = 0;
    int high = functions.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(functions.get(middle).address(), address) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low == 0) {
      return Optional.empty();
    }
    ElfImage.Symbol nearest = functions.get(low - 1);
    boolean inside =
        nearest.bytes() == 0
            || Long.compareUnsigned(address - nearest.address(), nearest.bytes()) < 0;
    return inside ? Optional.of(nearest) : Optional.empty();
  }

  /** Name of the function that an address lies in, or the address in hexadecimal. */
  public String nameAt(long address) {
    return functionAt(address).map(ElfImage.Symbol::name).orElseGet(() -> hex(address));
  }

  /**
   * {@code name+0x10/0x80}: offset into the function and its size, as a kernel prints; else
   * hexadecimal.
   */
  public String format(long address) {
    return functionAt(address)
        .map(
            function ->
                String.format(
                    Locale.ROOT,
                    "%s+0x%x/0x%x",
                    function.name(),
                    address - function.address(),
                    function.bytes()))
        .orElseGet(() -> hex(address));
  }

  private static String hex(long address) {
    return "0x" + Long.toHexString(address);
  }
}
