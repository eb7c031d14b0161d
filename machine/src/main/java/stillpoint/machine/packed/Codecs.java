package stillpoint.machine.packed;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import stillpoint.machine.time.BrokenInvariant;

/**
 * Derives codecs from types: a record is its components, a sealed interface one of its permitted
 * records, an enum its ordinal. What is neither must be told by {@link #with}. Nothing outside the
 * types found from the root can ever be read: there are no class names in the bytes.
 */
public final class Codecs {
  private final Map<Type, Codec<?>> known = new LinkedHashMap<>(BasicCodecs.SCALARS);

  /** Says how a class that is no record is packed. */
  public <T> Codecs with(Class<T> type, Codec<T> codec) {
    known.put(type, codec);
    return this;
  }

  /** Values of exactly these classes; sealed interfaces among them stand for what they permit. */
  public <T> Codec<T> union(Class<T> type, List<? extends Class<? extends T>> members) {
    Later<T> later = new Later<>();
    known.put(type, later);
    List<Class<?>> leaves = new ArrayList<>();
    members.forEach(member -> addLeaves(member, leaves));
    List<Codec<Object>> codecs = new ArrayList<>();
    leaves.forEach(leaf -> codecs.add(codec(leaf)));
    Codec<T> union = new UnionCodec<>(type.getSimpleName(), leaves, codecs);
    later.codec = union;
    known.put(type, union);
    return union;
  }

  /** The classes of which a value of a type may be: the type itself, or what it permits. */
  public static List<Class<?>> leavesOf(Class<?> type) {
    List<Class<?>> leaves = new ArrayList<>();
    addLeaves(type, leaves);
    return leaves;
  }

  private static void addLeaves(Class<?> type, List<Class<?>> leaves) {
    if (!type.isSealed()) {
      leaves.add(type);
      return;
    }
    for (Class<?> permitted : type.getPermittedSubclasses()) {
      addLeaves(permitted, leaves);
    }
  }

  /** The codec of a type. */
  @SuppressWarnings("unchecked")
  public <T> Codec<T> of(Class<T> type) {
    return (Codec<T>) codec(type);
  }

  @SuppressWarnings("unchecked")
  private Codec<Object> codec(Type type) {
    Codec<?> codec = known.get(type);
    if (codec == null) {
      Later<Object> later = new Later<>();
      known.put(type, later);
      codec = derive(type);
      later.codec = (Codec<Object>) codec;
      known.put(type, codec);
    }
    return (Codec<Object>) codec;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private Codec<?> derive(Type type) {
    if (type instanceof ParameterizedType generic) {
      return deriveGeneric(generic);
    }
    if (type instanceof Class<?> plain) {
      if (plain.isEnum()) {
        return BasicCodecs.enumeration((Class) plain);
      }
      if (plain.isRecord()) {
        List<Codec<?>> components = new ArrayList<>();
        for (RecordComponent component : plain.getRecordComponents()) {
          components.add(codec(component.getGenericType()));
        }
        return new RecordCodec(plain, components);
      }
      if (plain.isSealed()) {
        return union((Class) plain, (List) List.of(plain));
      }
    }
    throw new BrokenInvariant("nobody says how a " + type.getTypeName() + " is packed");
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private Codec<?> deriveGeneric(ParameterizedType type) {
    Type[] arguments = type.getActualTypeArguments();
    if (type.getRawType() == List.class) {
      return BasicCodecs.list(codec(arguments[0]));
    }
    if (type.getRawType() == Optional.class) {
      return BasicCodecs.optional(codec(arguments[0]));
    }
    if (Map.class.isAssignableFrom((Class<?>) type.getRawType())) {
      return BasicCodecs.map((Codec) codec(arguments[0]), codec(arguments[1]));
    }
    throw new BrokenInvariant("nobody says how a " + type.getTypeName() + " is packed");
  }

  /** Stands for a codec that is being derived: a type may contain itself. */
  private static final class Later<T> implements Codec<T> {
    private Codec<T> codec;

    @Override
    public void write(T value, PackedOutput out) {
      codec.write(value, out);
    }

    @Override
    public T read(PackedInput in) {
      return codec.read(in);
    }
  }
}
