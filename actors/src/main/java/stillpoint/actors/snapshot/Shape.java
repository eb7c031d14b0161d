package stillpoint.actors.snapshot;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.Restorable;
import stillpoint.machine.time.StateHash;
import sun.reflect.ReflectionFactory;

/**
 * What a snapshot knows of a class of states: its fields in the order in which they are written,
 * and how an object is made. Only classes of the simulated machine and its kernel have a shape.
 *
 * <p>Final fields come first, so that what an object was built with is met before what it refers
 * to for now. A transient field is not part of the state: it is as the model built it, or {@link
 * Restorable} puts it right.
 */
final class Shape {
  private static final List<String> PACKAGES = List.of("stillpoint.machine.", "stillpoint.kernel.");

  private static final ClassValue<Shape> SHAPES =
      new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
          return new Shape(type);
        }
      };

  private final Class<?> type;
  private final List<Slot> slots;
  private final boolean hasTransients;
  private final Constructor<?> maker;
  private final long fingerprint;

  private Shape(Class<?> type) {
    refusal(type)
        .ifPresent(
            why -> {
              throw new BrokenInvariant(type.getName() + " cannot go into a snapshot: " + why);
            });
    this.type = type;
    this.slots = type.isRecord() ? components(type) : type.isEnum() ? List.of() : fields(type);
    this.hasTransients = !type.isRecord() && !type.isEnum() && hasTransients(type);
    this.maker = type.isRecord() ? canonical(type) : null;
    this.fingerprint = fingerprint(type, slots);
  }

  /** The shape of a class; of an enum's constant with a body of its own, that of the enum. */
  static Shape of(Class<?> type) {
    Class<?> parent = type.getSuperclass();
    return SHAPES.get(parent != null && parent.isEnum() ? parent : type);
  }

  /** Whether a class of this name may be part of a state, and so be loaded and made. */
  static boolean isOurs(String className) {
    return PACKAGES.stream().anyMatch(className::startsWith);
  }

  /** Why objects of exactly this class cannot be part of a state; empty if they can. */
  static Optional<String> refusal(Class<?> type) {
    if (type.isHidden() || type.isSynthetic()) {
      return Optional.of("it is a lambda; make it a class with a name, or its field transient");
    }
    if (!isOurs(type.getName())) {
      return Optional.of(
          "it is neither of the machine, nor of the kernel, nor one of the collections that can");
    }
    if (type.isAnonymousClass() || type.isLocalClass()) {
      return Optional.of("it has no name of its own");
    }
    if (type.isInterface() || type.isAnnotation() || Throwable.class.isAssignableFrom(type)) {
      return Optional.of("it is no class of states");
    }
    return Optional.empty();
  }

  /** Its fields that are part of the state, final ones first. */
  List<Slot> slots() {
    return slots;
  }

  Class<?> type() {
    return type;
  }

  /** A hash over the names and types of its fields or constants: what two versions disagree in. */
  long fingerprint() {
    return fingerprint;
  }

  /** Makes an object with nothing in it; no constructor runs. */
  Object allocate() {
    if (hasTransients && !Restorable.class.isAssignableFrom(type)) {
      throw new BrokenInvariant(
          type.getName() + " has transient fields, is made anew, and is not Restorable");
    }
    if (Modifier.isAbstract(type.getModifiers())) {
      throw new DamagedSnapshot(type.getName() + " is abstract");
    }
    try {
      return ReflectionFactory.getReflectionFactory()
          .newConstructorForSerialization(type, Object.class.getDeclaredConstructor())
          .newInstance();
    } catch (ReflectiveOperationException failure) {
      throw new BrokenInvariant("cannot make a " + type.getName(), failure);
    }
  }

  /** Makes a record; its constructor may refuse. */
  Object make(Object[] components) {
    try {
      return maker.newInstance(components);
    } catch (InvocationTargetException refused) {
      throw new DamagedSnapshot(
          "a %s refuses its values: %s".formatted(type.getName(), refused.getCause()), refused);
    } catch (IllegalArgumentException wrongType) {
      throw new DamagedSnapshot(
          "a %s cannot hold %s".formatted(type.getName(), Arrays.toString(components)), wrongType);
    } catch (ReflectiveOperationException failure) {
      throw new BrokenInvariant("cannot make a " + type.getName(), failure);
    }
  }

  private static List<Slot> components(Class<?> type) {
    List<Slot> slots = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      try {
        slots.add(new Slot(type.getDeclaredField(component.getName())));
      } catch (NoSuchFieldException impossible) {
        throw new BrokenInvariant(type.getName() + " has no " + component.getName(), impossible);
      }
    }
    return List.copyOf(slots);
  }

  private static Constructor<?> canonical(Class<?> type) {
    Class<?>[] types =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor;
    } catch (NoSuchMethodException impossible) {
      throw new BrokenInvariant(type.getName() + " has no canonical constructor", impossible);
    }
  }

  /** Sorted by name within each class: the JVM promises no order. */
  private static List<Slot> fields(Class<?> type) {
    List<Slot> slots = new ArrayList<>();
    for (Class<?> one = type; one != Object.class; one = one.getSuperclass()) {
      Arrays.stream(one.getDeclaredFields())
          .filter(field -> !Modifier.isStatic(field.getModifiers()))
          .filter(field -> !Modifier.isTransient(field.getModifiers()))
          .sorted(Comparator.comparing(Field::getName))
          .map(Slot::new)
          .forEach(slots::add);
    }
    slots.sort(Comparator.comparing(slot -> !slot.isFinal()));
    return List.copyOf(slots);
  }

  private static boolean hasTransients(Class<?> type) {
    for (Class<?> one = type; one != Object.class; one = one.getSuperclass()) {
      for (Field field : one.getDeclaredFields()) {
        int modifiers = field.getModifiers();
        if (Modifier.isTransient(modifiers) && !Modifier.isStatic(modifiers)) {
          return true;
        }
      }
    }
    return false;
  }

  private static long fingerprint(Class<?> type, List<Slot> slots) {
    StateHash hash = new StateHash().fold(type.getName());
    for (Slot slot : slots) {
      hash.fold(slot.describe()).fold(slot.type().getName());
    }
    if (type.isEnum()) {
      for (Object constant : type.getEnumConstants()) {
        hash.fold(((Enum<?>) constant).name());
      }
    }
    return hash.value();
  }
}
