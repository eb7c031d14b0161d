package stillpoint.actors.snapshot;

import stillpoint.machine.time.BrokenInvariant;

/** What comes next in a snapshot. Written as the ordinal; new ones go to the end. */
enum Tag {
  NULL,
  /** Something that was met before: its number. */
  SEEN,
  /** Something that the model holds: its number. */
  CONSTANT,
  /** An object: its class, its fields. */
  OBJECT,
  /** A record: its class, its components. */
  RECORD,
  /** A constant of an enum: its class, its ordinal. */
  ENUM,
  STRING,
  LONG,
  INTEGER,
  BOOLEAN,
  DOUBLE,
  /** An array of numbers: its kind, its bytes, lowest byte first. */
  NUMBERS,
  /** An array of references: the class of its elements, its length, its elements. */
  ARRAY,
  ARRAY_LIST,
  IMMUTABLE_LIST,
  ARRAY_DEQUE,
  LINKED_HASH_MAP,
  LINKED_HASH_SET,
  TREE_MAP,
  TREE_SET,
  BIT_SET,
  OPTIONAL,
  OPTIONAL_INT,
  OPTIONAL_LONG;

  private static final Tag[] ALL = values();

  static Tag of(long number) {
    if (number < 0 || number >= ALL.length) {
      throw new DamagedSnapshot(
          "it holds a tag %d, which this version does not know".formatted(number));
    }
    return ALL[(int) number];
  }

  /** The tag of a collection that can be part of a state; null for other objects. */
  static Tag ofCollection(Object object) {
    return switch (object.getClass().getName()) {
      case "java.util.ArrayList" -> ARRAY_LIST;
      case "java.util.ImmutableCollections$ListN", "java.util.ImmutableCollections$List12" ->
          IMMUTABLE_LIST;
      case "java.util.ArrayDeque" -> ARRAY_DEQUE;
      case "java.util.LinkedHashMap" -> LINKED_HASH_MAP;
      case "java.util.LinkedHashSet" -> LINKED_HASH_SET;
      case "java.util.TreeMap" ->
          natural(TREE_MAP, ((java.util.TreeMap<?, ?>) object).comparator());
      case "java.util.TreeSet" -> natural(TREE_SET, ((java.util.TreeSet<?>) object).comparator());
      case "java.util.BitSet" -> BIT_SET;
      case "java.util.Optional" -> OPTIONAL;
      case "java.util.OptionalInt" -> OPTIONAL_INT;
      case "java.util.OptionalLong" -> OPTIONAL_LONG;
      default -> null;
    };
  }

  private static Tag natural(Tag tag, Object comparator) {
    if (comparator != null) {
      throw new BrokenInvariant("a sorted collection with a comparator cannot go into a snapshot");
    }
    return tag;
  }
}
