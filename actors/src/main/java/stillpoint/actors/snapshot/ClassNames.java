package stillpoint.actors.snapshot;

import java.lang.reflect.Modifier;
import java.util.Set;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.StateHash;

/** The classes that a snapshot may name: those with a {@link Shape}, and elements of arrays. */
final class ClassNames {
  /** What arrays may be made of besides: the holder decides what goes in. */
  private static final Set<String> ELEMENTS =
      Set.of(
          "java.lang.Object",
          "java.lang.String",
          "java.lang.Long",
          "java.lang.Integer",
          "java.util.List",
          "java.util.ArrayList",
          "java.util.ArrayDeque",
          "java.util.Map",
          "java.util.TreeMap",
          "java.util.LinkedHashMap",
          "java.util.Set",
          "java.util.TreeSet",
          "java.util.LinkedHashSet",
          "java.util.BitSet",
          "java.util.Optional");

  private ClassNames() {}

  /** What this version and another one would disagree in. */
  static long fingerprint(Class<?> type) {
    if (type.isArray() || type.isPrimitive() || ELEMENTS.contains(type.getName())) {
      return new StateHash().fold(type.getName()).value();
    }
    if (type.isInterface() || Modifier.isAbstract(type.getModifiers()) && !type.isEnum()) {
      if (!Shape.isOurs(type.getName())) {
        throw new BrokenInvariant("an array of " + type.getName() + " cannot go into a snapshot");
      }
      return new StateHash().fold(type.getName()).value();
    }
    return Shape.of(type).fingerprint();
  }

  /** Loads a class that a snapshot names, if it may, without running any of its code. */
  static Class<?> load(String name) {
    String element = name.replaceFirst("^\\[+L(.*);$", "$1");
    boolean numbers = name.matches("\\[+[BCDIJSZ]");
    if (!numbers && !ELEMENTS.contains(element) && !Shape.isOurs(element)) {
      throw new DamagedSnapshot("it names a class that no state may have");
    }
    try {
      return Class.forName(name, false, ClassNames.class.getClassLoader());
    } catch (ClassNotFoundException | LinkageError unknown) {
      throw new DamagedSnapshot("it holds a %s, which this version lacks".formatted(name), unknown);
    }
  }
}
