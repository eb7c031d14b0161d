package stillpoint.actors.snapshot;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.SeededRandom;

/**
 * Writes objects field by field, what they refer to included. What is referred to twice is written
 * once, so that the way back ({@link GraphReader}) makes the same graph, cycles included. Equal
 * graphs give equal bytes.
 *
 * <p>What it does not know it refuses, with the path to it: a class outside the machine and its
 * kernel, a lambda, a collection whose order the next JVM might not repeat.
 */
final class GraphWriter {
  /** Deeper is no state but a chain that somebody forgot to cut. */
  static final int MOST_DEEP = 400;

  private final Constants constants;
  private final JsonGenerator out;
  private final Map<Object, Integer> seen = new IdentityHashMap<>();
  private final Map<Class<?>, Integer> classes = new HashMap<>();
  private final ArrayDeque<String> path = new ArrayDeque<>();

  /** Those met in the last graph, in the order in which a reader meets them. */
  private final List<SeededRandom> generators = new ArrayList<>();

  GraphWriter(Constants constants, JsonGenerator out) {
    this.constants = constants;
    this.out = out;
  }

  void number(long number) throws IOException {
    out.writeNumber(number);
  }

  /** Writes one graph. What an earlier one held is no longer known. */
  void graph(Object root) throws IOException {
    seen.clear();
    generators.clear();
    try {
      reference(root);
    } catch (BrokenInvariant refused) {
      throw new BrokenInvariant(
          "no snapshot of %s at %s: %s"
              .formatted(
                  root.getClass().getSimpleName(), String.join(".", path), refused.getMessage()),
          refused);
    }
  }

  List<SeededRandom> generators() {
    return generators;
  }

  private void reference(Object value) throws IOException {
    if (value == null) {
      tag(Tag.NULL);
    } else if (!plain(value)) {
      int constant = constants.numberOf(value);
      Integer before = seen.get(value);
      if (constant >= 0) {
        tag(Tag.CONSTANT);
        out.writeNumber(constant);
      } else if (before != null) {
        tag(Tag.SEEN);
        out.writeNumber(before);
      } else {
        seen.put(value, seen.size());
        structured(value);
      }
    }
  }

  /** Values without identity. */
  private boolean plain(Object value) throws IOException {
    switch (value) {
      case String text -> {
        tag(Tag.STRING);
        out.writeString(text);
      }
      case Long number -> {
        tag(Tag.LONG);
        out.writeNumber(number);
      }
      case Integer number -> {
        tag(Tag.INTEGER);
        out.writeNumber(number);
      }
      case Boolean flag -> {
        tag(Tag.BOOLEAN);
        out.writeNumber(flag ? 1 : 0);
      }
      case Double fraction -> {
        tag(Tag.DOUBLE);
        out.writeNumber(Double.doubleToRawLongBits(fraction));
      }
      case Enum<?> constant -> {
        tag(Tag.ENUM);
        type(constant.getDeclaringClass());
        out.writeNumber(constant.ordinal());
      }
      case Optional<?> optional -> {
        tag(Tag.OPTIONAL);
        reference(optional.orElse(null));
      }
      case OptionalInt optional -> {
        tag(Tag.OPTIONAL_INT);
        reference(optional.isPresent() ? optional.getAsInt() : null);
      }
      case OptionalLong optional -> {
        tag(Tag.OPTIONAL_LONG);
        reference(optional.isPresent() ? optional.getAsLong() : null);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private void structured(Object value) throws IOException {
    Class<?> type = value.getClass();
    Tag collection = Tag.ofCollection(value);
    if (collection != null) {
      tag(collection);
      collection(value);
    } else if (type.isArray() && type.getComponentType().isPrimitive()) {
      PackedNumbers kind = PackedNumbers.of(value);
      tag(Tag.NUMBERS);
      out.writeNumber(kind.ordinal());
      out.writeBinary(kind.pack(value));
    } else if (type.isArray()) {
      Object[] array = (Object[]) value;
      tag(Tag.ARRAY);
      type(type.getComponentType());
      out.writeNumber(array.length);
      for (int i = 0; i < array.length; i++) {
        inside("[]", array[i]);
      }
    } else {
      tag(type.isRecord() ? Tag.RECORD : Tag.OBJECT);
      type(type);
      if (value instanceof SeededRandom generator) {
        generators.add(generator);
      }
      fields(value, Shape.of(type));
    }
  }

  private void fields(Object owner, Shape shape) throws IOException {
    for (Slot slot : shape.slots()) {
      if (slot.isPrimitive()) {
        out.writeNumber(slot.getNumber(owner));
      } else {
        inside(slot.name(), slot.get(owner));
      }
    }
  }

  private void collection(Object value) throws IOException {
    switch (value) {
      case Map<?, ?> map -> {
        out.writeNumber(map.size());
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          inside("key", entry.getKey());
          inside("value", entry.getValue());
        }
      }
      case Collection<?> elements -> {
        out.writeNumber(elements.size());
        for (Object element : elements) {
          inside("()", element);
        }
      }
      case BitSet bits -> out.writeBinary(bits.toByteArray());
      default -> throw new BrokenInvariant(value.getClass().getName() + " is no collection");
    }
  }

  /** Leaves the path as it is when something is refused: it is the way there. */
  private void inside(String name, Object value) throws IOException {
    path.addLast(name);
    if (path.size() > MOST_DEEP) {
      throw new BrokenInvariant("a state of more than " + MOST_DEEP + " levels");
    }
    reference(value);
    path.removeLast();
  }

  /** A class by its number; by its name and shape the first time. */
  private void type(Class<?> type) throws IOException {
    Integer known = classes.get(type);
    if (known != null) {
      out.writeNumber(known);
      return;
    }
    out.writeNumber(classes.size());
    out.writeString(type.getName());
    out.writeNumber(ClassNames.fingerprint(type));
    classes.put(type, classes.size());
  }

  private void tag(Tag tag) throws IOException {
    out.writeNumber(tag.ordinal());
  }
}
