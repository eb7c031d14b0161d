package stillpoint.actors.snapshot;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.lang.reflect.Array;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.Restorable;
import stillpoint.machine.time.SeededRandom;

/**
 * Reads what {@link GraphWriter} wrote into the objects of a model built anew.
 *
 * <p>Idea: what an object was built with, its final fields, is there already. Objects, arrays and
 * collections in them are filled in place, values in them must be equal to those written, or this
 * is the snapshot of another machine. Everything else is made: records by their constructors,
 * other objects without one. Nothing is ever made but what {@link Shape} allows.
 */
final class GraphReader {
  /** A field that may be set to anything. */
  private static final Object FREE = new Object();

  private static final Object BEING_MADE = new Object();

  private final Constants constants;
  private final JsonParser in;

  /** No collection has more elements: each takes a byte at least. */
  private final int mostElements;

  private final List<Object> seen = new ArrayList<>();
  private final List<Class<?>> classes = new ArrayList<>();
  private final List<Restorable> restored = new ArrayList<>();

  /** What takes the place of each generator that was written, in their order; null: nothing does. */
  private final Iterator<SeededRandom> ownGenerators;

  private int depth;

  GraphReader(Constants constants, JsonParser in, int bytes, Iterator<SeededRandom> ownGenerators) {
    this.constants = constants;
    this.ownGenerators = ownGenerators;
    this.in = in;
    this.mostElements = bytes;
  }

  long number() throws IOException {
    if (in.nextToken() != JsonToken.VALUE_NUMBER_INT) {
      throw new DamagedSnapshot("it ends, or goes on with something else, where a number belongs");
    }
    return in.getLongValue();
  }

  int count() throws IOException {
    long count = number();
    if (count < 0 || count > mostElements) {
      throw new DamagedSnapshot("it claims to hold %d elements somewhere".formatted(count));
    }
    return (int) count;
  }

  /** The next graph, made anew, of a class that is a {@code type}. */
  <T> T made(Class<T> type) throws IOException {
    return type.cast(graph(FREE, type));
  }

  /** The next graph, put into an object that was built anew. */
  void fill(Object root) throws IOException {
    Object filled = graph(root, root.getClass());
    if (filled != root) {
      throw new DamagedSnapshot("it is not about a " + root.getClass().getName());
    }
  }

  void end() throws IOException {
    if (in.nextToken() != null) {
      throw new DamagedSnapshot("it goes on after its end");
    }
  }

  private Object graph(Object present, Class<?> type) throws IOException {
    seen.clear();
    restored.clear();
    Object value = reference(present);
    if (!type.isInstance(value)) {
      throw new DamagedSnapshot("it holds no %s where one belongs".formatted(type.getName()));
    }
    restored.forEach(Restorable::restored);
    return value;
  }

  /** Reads one value; {@code present}: what a final field holds, or FREE. */
  private Object reference(Object present) throws IOException {
    if (++depth > GraphWriter.MOST_DEEP) {
      throw new DamagedSnapshot("it has more than " + GraphWriter.MOST_DEEP + " levels");
    }
    Tag tag = Tag.of(number());
    Object value =
        switch (tag) {
          case NULL -> null;
          case SEEN -> seenBefore();
          case CONSTANT -> constants.at(number());
          case STRING -> text();
          case LONG -> number();
          case INTEGER -> Math.toIntExact(number());
          case BOOLEAN -> number() != 0;
          case DOUBLE -> Double.longBitsToDouble(number());
          case ENUM -> constant();
          case OPTIONAL -> Optional.ofNullable(reference(FREE));
          case OPTIONAL_INT ->
              reference(FREE) instanceof Integer one ? OptionalInt.of(one) : OptionalInt.empty();
          case OPTIONAL_LONG ->
              reference(FREE) instanceof Long one ? OptionalLong.of(one) : OptionalLong.empty();
          case OBJECT -> object(present);
          case RECORD -> record(present);
          case NUMBERS -> remember(PackedNumbers.of(number()).unpack(bytes(), held(present)));
          case ARRAY -> array(present);
          case IMMUTABLE_LIST -> immutableList();
          case ARRAY_LIST -> elements(held(present, ArrayList.class, new ArrayList<>()));
          case ARRAY_DEQUE -> elements(held(present, ArrayDeque.class, new ArrayDeque<>()));
          case LINKED_HASH_SET ->
              elements(held(present, LinkedHashSet.class, new LinkedHashSet<>()));
          case TREE_SET -> elements(held(present, TreeSet.class, new TreeSet<>()));
          case LINKED_HASH_MAP ->
              entries(held(present, LinkedHashMap.class, new LinkedHashMap<>()));
          case TREE_MAP -> entries(held(present, TreeMap.class, new TreeMap<>()));
          case BIT_SET -> bits(held(present, BitSet.class, new BitSet()));
        };
    depth--;
    return fitting(value, present);
  }

  /** In a final field only what is there already, or an equal value, can be right. */
  private static Object fitting(Object value, Object present) {
    if (present == FREE || present == value) {
      return value;
    }
    if (present == null || value == null || !present.equals(value)) {
      throw new DamagedSnapshot(
          "it is of another machine: %s there, %s here".formatted(brief(value), brief(present)));
    }
    return present;
  }

  private static String brief(Object value) {
    return value instanceof Number || value instanceof Enum<?> || value == null
        ? String.valueOf(value)
        : "a " + value.getClass().getSimpleName();
  }

  private Object seenBefore() throws IOException {
    long number = number();
    if (number < 0 || number >= seen.size() || seen.get((int) number) == BEING_MADE) {
      throw new DamagedSnapshot("it refers to part %d of %d".formatted(number, seen.size()));
    }
    return seen.get((int) number);
  }

  private Object remember(Object value) {
    seen.add(value);
    return value;
  }

  private Object object(Object present) throws IOException {
    Shape shape = Shape.of(type());
    boolean inPlace = present != FREE && present != null && present.getClass() == shape.type();
    if (present != FREE && !inPlace || shape.type().isRecord() || shape.type().isEnum()) {
      throw new DamagedSnapshot(
          "it holds a %s where %s is".formatted(shape.type().getName(), brief(present)));
    }
    if (ownGenerators != null && shape.type() == SeededRandom.class) {
      return generator(shape);
    }
    Object object = remember(inPlace ? present : shape.allocate());
    for (Slot slot : shape.slots()) {
      field(object, slot, inPlace);
    }
    if (object instanceof Restorable one) {
      restored.add(one);
    }
    return object;
  }

  /** One that belongs to the run that goes on; the one written must not have been used. */
  private Object generator(Shape shape) throws IOException {
    if (!ownGenerators.hasNext()) {
      throw new DamagedSnapshot("it holds more generators than there are here");
    }
    Object own = remember(ownGenerators.next());
    SeededRandom written = (SeededRandom) shape.allocate();
    for (Slot slot : shape.slots()) {
      field(written, slot, false);
    }
    written.requireFresh();
    return own;
  }

  private void field(Object owner, Slot slot, boolean inPlace) throws IOException {
    boolean given = inPlace && slot.isFinal();
    if (!slot.isPrimitive()) {
      Object value = reference(given ? slot.get(owner) : FREE);
      if (!given) {
        slot.set(owner, value);
      }
      return;
    }
    long number = number();
    if (!given) {
      slot.setNumber(owner, number);
    } else if (slot.getNumber(owner) != number) {
      throw new DamagedSnapshot(
          "it is of another machine: %s is %d there and %d here"
              .formatted(slot.describe(), number, slot.getNumber(owner)));
    }
  }

  private Object record(Object present) throws IOException {
    Shape shape = Shape.of(type());
    if (!shape.type().isRecord()) {
      throw new DamagedSnapshot(shape.type().getName() + " is no record");
    }
    int number = seen.size();
    remember(BEING_MADE);
    Object[] components = new Object[shape.slots().size()];
    for (int i = 0; i < components.length; i++) {
      Slot slot = shape.slots().get(i);
      components[i] = slot.isPrimitive() ? slot.boxed(number()) : reference(FREE);
    }
    Object record = fitting(shape.make(components), present);
    seen.set(number, record);
    return record;
  }

  private Object array(Object present) throws IOException {
    Class<?> element = type();
    int length = count();
    if (element.isPrimitive()) {
      throw new DamagedSnapshot("it holds references to " + element);
    }
    Object[] array = (Object[]) Array.newInstance(element, length);
    if (present != FREE) {
      if (present == null
          || present.getClass() != array.getClass()
          || Array.getLength(present) != length) {
        throw new DamagedSnapshot(
            "it holds %d elements where this machine has %s".formatted(length, brief(present)));
      }
      array = (Object[]) present;
    }
    remember(array);
    for (int i = 0; i < length; i++) {
      Object value = reference(FREE);
      if (value != null && !element.isInstance(value)) {
        throw new DamagedSnapshot("an array of %s holds %s".formatted(element, brief(value)));
      }
      array[i] = value;
    }
    return array;
  }

  private Object immutableList() throws IOException {
    int size = count();
    int number = seen.size();
    remember(BEING_MADE);
    List<Object> elements = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      Object element = reference(FREE);
      if (element == null) {
        throw new DamagedSnapshot("a list holds nothing where an element belongs");
      }
      elements.add(element);
    }
    List<Object> list = List.copyOf(elements);
    seen.set(number, list);
    return list;
  }

  private Object elements(Collection<Object> collection) throws IOException {
    remember(collection);
    int size = count();
    collection.clear();
    for (int i = 0; i < size; i++) {
      try {
        collection.add(reference(FREE));
      } catch (ClassCastException | NullPointerException wrong) {
        throw new DamagedSnapshot("a collection holds what it cannot hold", wrong);
      }
    }
    return collection;
  }

  private Object entries(Map<Object, Object> map) throws IOException {
    remember(map);
    int size = count();
    map.clear();
    for (int i = 0; i < size; i++) {
      Object key = reference(FREE);
      Object value = reference(FREE);
      try {
        map.put(key, value);
      } catch (ClassCastException | NullPointerException wrong) {
        throw new DamagedSnapshot("a map has a key that it cannot have", wrong);
      }
    }
    return map;
  }

  private Object bits(BitSet set) throws IOException {
    remember(set);
    set.clear();
    set.or(BitSet.valueOf(bytes()));
    return set;
  }

  private Object constant() throws IOException {
    Class<?> type = type();
    long ordinal = number();
    Object[] constants = type.getEnumConstants();
    if (constants == null || ordinal < 0 || ordinal >= constants.length) {
      throw new DamagedSnapshot("%s has no constant %d".formatted(type.getName(), ordinal));
    }
    return constants[(int) ordinal];
  }

  private Object held(Object present) {
    return present == FREE ? null : present;
  }

  /** The collection to fill: the one that is there, which must be of the right class, or a new one. */
  @SuppressWarnings("unchecked")
  private static <T> T held(Object present, Class<?> type, T fresh) {
    if (present == FREE) {
      return fresh;
    }
    if (present == null || present.getClass() != type) {
      throw new DamagedSnapshot("it holds a %s where %s is".formatted(type, brief(present)));
    }
    return (T) present;
  }

  private String text() throws IOException {
    if (in.nextToken() != JsonToken.VALUE_STRING) {
      throw new DamagedSnapshot("it ends, or goes on with something else, where a text belongs");
    }
    return in.getText();
  }

  private byte[] bytes() throws IOException {
    if (in.nextToken() != JsonToken.VALUE_EMBEDDED_OBJECT) {
      throw new DamagedSnapshot("it ends, or goes on with something else, where bytes belong");
    }
    return in.getBinaryValue();
  }

  private Class<?> type() throws IOException {
    long number = number();
    if (number < 0 || number > classes.size()) {
      throw new DamagedSnapshot("it refers to class %d of %d".formatted(number, classes.size()));
    }
    if (number < classes.size()) {
      return classes.get((int) number);
    }
    Class<?> type = ClassNames.load(text());
    long fingerprint = number();
    long here;
    try {
      here = ClassNames.fingerprint(type);
    } catch (BrokenInvariant refused) {
      throw new DamagedSnapshot(refused.getMessage(), refused);
    }
    if (fingerprint != here) {
      throw new DamagedSnapshot("%s was another class then".formatted(type.getName()));
    }
    classes.add(type);
    return type;
  }
}
