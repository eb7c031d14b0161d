package stillpoint.machine.packed;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import stillpoint.machine.time.BrokenInvariant;

/** A record as its components, in their order. */
final class RecordCodec<R> implements Codec<R> {
  private final Class<R> type;
  private final String[] names;
  private final MethodHandle[] accessors;
  private final Codec<Object>[] codecs;
  private final MethodHandle constructor;

  @SuppressWarnings("unchecked")
  RecordCodec(Class<R> type, List<? extends Codec<?>> componentCodecs) {
    RecordComponent[] components = type.getRecordComponents();
    this.type = type;
    this.names = Arrays.stream(components).map(RecordComponent::getName).toArray(String[]::new);
    this.codecs = componentCodecs.toArray(Codec[]::new);
    this.accessors = new MethodHandle[components.length];
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      for (int i = 0; i < components.length; i++) {
        Method accessor = components[i].getAccessor();
        accessor.setAccessible(true);
        accessors[i] =
            lookup.unreflect(accessor).asType(MethodType.methodType(Object.class, Object.class));
      }
      Constructor<R> canonical =
          type.getDeclaredConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
      canonical.setAccessible(true);
      constructor =
          lookup
              .unreflectConstructor(canonical)
              .asSpreader(Object[].class, components.length)
              .asType(MethodType.methodType(Object.class, Object[].class));
    } catch (ReflectiveOperationException impossible) {
      throw new BrokenInvariant(type.getName() + " cannot be packed", impossible);
    }
  }

  @Override
  public void write(R value, PackedOutput out) {
    for (int i = 0; i < codecs.length; i++) {
      Object component = component(value, i);
      if (component == null) {
        throw new BrokenInvariant(type.getSimpleName() + "." + names[i] + " is null: " + value);
      }
      codecs[i].write(component, out);
    }
  }

  private Object component(R value, int index) {
    try {
      return accessors[index].invokeExact((Object) value);
    } catch (Throwable failure) {
      throw new BrokenInvariant(
          type.getSimpleName() + "." + names[index] + ": " + failure, failure);
    }
  }

  @Override
  @SuppressWarnings("unchecked")
  public R read(PackedInput in) {
    Object[] components = new Object[codecs.length];
    for (int i = 0; i < codecs.length; i++) {
      components[i] = codecs[i].read(in);
    }
    try {
      return (R) constructor.invokeExact(components);
    } catch (Throwable refused) {
      Throwable cause = refused instanceof InvocationTargetException e ? e.getCause() : refused;
      throw new PackedFormatException(
          "no " + type.getSimpleName() + " can be made of it: " + cause);
    }
  }
}
