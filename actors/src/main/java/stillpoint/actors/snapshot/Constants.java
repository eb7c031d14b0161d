package stillpoint.actors.snapshot;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import stillpoint.machine.time.Model;

/**
 * What the processes of a model share and nobody ever changes: a snapshot names it by a number
 * instead of holding it, and a model built anew of the same scenario has the same things under the
 * same numbers. May be read by several threads at once.
 */
final class Constants {
  private static final int NONE = -1;

  private final Map<Object, Integer> numbers = new IdentityHashMap<>();
  private final List<Object> objects = new ArrayList<>();

  Constants(Model model) {
    model.constants().forEach(this::add);
  }

  int count() {
    return objects.size();
  }

  /** Its number, or -1 if it is none of the constants. */
  int numberOf(Object object) {
    return numbers.getOrDefault(object, NONE);
  }

  Object at(long number) {
    if (number < 0 || number >= objects.size()) {
      throw new DamagedSnapshot("it names constant %d of %d".formatted(number, objects.size()));
    }
    return objects.get((int) number);
  }

  /** A constant, and what records and lists in it hold; other objects are taken as they are. */
  private void add(Object object) {
    if (object == null || isPlain(object) || numbers.containsKey(object)) {
      return;
    }
    numbers.put(object, objects.size());
    objects.add(object);
    if (object instanceof Record) {
      Shape.of(object.getClass()).slots().stream()
          .filter(slot -> !slot.isPrimitive())
          .forEach(slot -> add(slot.get(object)));
    } else if (object instanceof List<?> list) {
      list.forEach(this::add);
    }
  }

  /** Values that cost as little as their number, and of which the JVM may have one or many. */
  private static boolean isPlain(Object object) {
    return object instanceof String
        || object instanceof Number
        || object instanceof Boolean
        || object instanceof Enum<?>
        || object instanceof List<?> list && list.isEmpty()
        || !Shape.isOurs(object.getClass().getName()) && !(object instanceof List<?>);
  }
}
