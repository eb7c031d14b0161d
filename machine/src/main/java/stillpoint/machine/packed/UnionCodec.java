package stillpoint.machine.packed;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import stillpoint.machine.time.BrokenInvariant;

/**
 * One of several classes: a tag, which is its place in the list, then the value. Both ends must
 * have the same list.
 */
final class UnionCodec<T> implements Codec<T> {
  private final String name;
  private final Map<Class<?>, Integer> tags = new LinkedHashMap<>();
  private final List<Codec<Object>> codecs;

  UnionCodec(String name, List<Class<?>> members, List<Codec<Object>> codecs) {
    this.name = name;
    this.codecs = codecs;
    for (int tag = 0; tag < members.size(); tag++) {
      if (tags.put(members.get(tag), tag) != null) {
        throw new BrokenInvariant(members.get(tag).getName() + " is twice in the union " + name);
      }
    }
  }

  @Override
  public void write(T value, PackedOutput out) {
    Integer tag = tags.get(value.getClass());
    if (tag == null) {
      throw new BrokenInvariant(
          value.getClass().getName() + " is no packed " + name + ": " + value);
    }
    out.putUnsigned(tag);
    codecs.get(tag).write(value, out);
  }

  @Override
  @SuppressWarnings("unchecked")
  public T read(PackedInput in) {
    long tag = in.getUnsigned();
    if (tag < 0 || tag >= codecs.size()) {
      throw new PackedFormatException("no " + name + " has the tag " + Long.toUnsignedString(tag));
    }
    return (T) codecs.get((int) tag).read(in);
  }
}
