package stillpoint.actors.snapshot;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import stillpoint.machine.time.BrokenInvariant;

/** One field of a class of states. */
final class Slot {
  private final Field field;
  private final Class<?> type;
  private final boolean isFinal;

  Slot(Field field) {
    this.field = field;
    this.type = field.getType();
    this.isFinal = Modifier.isFinal(field.getModifiers());
    field.setAccessible(true);
  }

  String name() {
    return field.getName();
  }

  String describe() {
    return field.getDeclaringClass().getSimpleName() + "." + field.getName();
  }

  Class<?> type() {
    return type;
  }

  boolean isFinal() {
    return isFinal;
  }

  boolean isPrimitive() {
    return type.isPrimitive();
  }

  Object get(Object owner) {
    try {
      return field.get(owner);
    } catch (IllegalAccessException impossible) {
      throw new BrokenInvariant("no access to " + describe(), impossible);
    }
  }

  void set(Object owner, Object value) {
    try {
      field.set(owner, value);
    } catch (IllegalArgumentException wrongType) {
      throw new DamagedSnapshot(
          "%s cannot hold a %s".formatted(describe(), value.getClass().getName()), wrongType);
    } catch (IllegalAccessException impossible) {
      throw new BrokenInvariant("no access to " + describe(), impossible);
    }
  }

  /** A primitive field's value, all kinds in one: integers as they are, fractions as their bits. */
  long getNumber(Object owner) {
    Object value = get(owner);
    return switch (value) {
      case Boolean flag -> flag ? 1 : 0;
      case Character letter -> letter;
      case Float fraction -> Float.floatToRawIntBits(fraction);
      case Double fraction -> Double.doubleToRawLongBits(fraction);
      default -> ((Number) value).longValue();
    };
  }

  void setNumber(Object owner, long number) {
    set(owner, boxed(number));
  }

  /** The value that a number of {@link #getNumber} stands for, boxed. */
  Object boxed(long number) {
    Object value =
        switch (type.getName()) {
          case "boolean" -> number != 0;
          case "byte" -> (byte) number;
          case "char" -> (char) number;
          case "short" -> (short) number;
          case "int" -> (int) number;
          case "long" -> number;
          case "float" -> Float.intBitsToFloat((int) number);
          case "double" -> Double.longBitsToDouble(number);
          default -> throw new BrokenInvariant(describe() + " is no number");
        };
    if (type != float.class && type != double.class && widened(value) != number) {
      throw new DamagedSnapshot("%d does not fit into %s".formatted(number, describe()));
    }
    return value;
  }

  private static long widened(Object value) {
    return switch (value) {
      case Boolean flag -> flag ? 1 : 0;
      case Character letter -> letter;
      default -> ((Number) value).longValue();
    };
  }
}
