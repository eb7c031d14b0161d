package stillpoint.machine.packed;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** Codecs of what records are made of. */
final class BasicCodecs {
  private BasicCodecs() {}

  /** By type: primitives under their own class, not the box's. */
  static final Map<Class<?>, Codec<?>> SCALARS =
      Map.ofEntries(
          Map.entry(int.class, of((out, value) -> out.putSigned(value), PackedInput::getInt)),
          Map.entry(Integer.class, of((out, value) -> out.putSigned(value), PackedInput::getInt)),
          Map.entry(
              long.class, BasicCodecs.<Long>of(PackedOutput::putSigned, PackedInput::getSigned)),
          Map.entry(
              Long.class, BasicCodecs.<Long>of(PackedOutput::putSigned, PackedInput::getSigned)),
          Map.entry(boolean.class, of(PackedOutput::putBoolean, PackedInput::getBoolean)),
          Map.entry(
              double.class,
              BasicCodecs.<Double>of(
                  (out, value) -> out.putUnsigned(Double.doubleToRawLongBits(value)),
                  in -> Double.longBitsToDouble(in.getUnsigned()))),
          Map.entry(String.class, of(PackedOutput::putText, PackedInput::getText)),
          Map.entry(byte[].class, of(PackedOutput::putBytes, PackedInput::getBytes)),
          Map.entry(int[].class, of(BasicCodecs::putInts, BasicCodecs::getInts)),
          Map.entry(long[].class, of(BasicCodecs::putLongs, BasicCodecs::getLongs)));

  static <T> Codec<T> of(BiConsumer<PackedOutput, T> write, Function<PackedInput, T> read) {
    return new Codec<>() {
      @Override
      public void write(T value, PackedOutput out) {
        write.accept(out, value);
      }

      @Override
      public T read(PackedInput in) {
        return read.apply(in);
      }
    };
  }

  private static void putInts(PackedOutput out, int[] values) {
    out.putUnsigned(values.length);
    for (int value : values) {
      out.putSigned(value);
    }
  }

  private static int[] getInts(PackedInput in) {
    int[] values = new int[in.getCount(1)];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.getInt();
    }
    return values;
  }

  private static void putLongs(PackedOutput out, long[] values) {
    out.putUnsigned(values.length);
    for (long value : values) {
      out.putSigned(value);
    }
  }

  private static long[] getLongs(PackedInput in) {
    long[] values = new long[in.getCount(1)];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.getSigned();
    }
    return values;
  }

  static <E> Codec<List<E>> list(Codec<E> element) {
    return of(
        (out, values) -> {
          out.putUnsigned(values.size());
          for (E value : values) {
            element.write(value, out);
          }
        },
        in -> {
          int count = in.getCount(1);
          List<E> values = new ArrayList<>(count);
          for (int i = 0; i < count; i++) {
            values.add(element.read(in));
          }
          return Collections.unmodifiableList(values);
        });
  }

  static <E> Codec<Optional<E>> optional(Codec<E> element) {
    return of(
        (out, value) -> {
          out.putBoolean(value.isPresent());
          value.ifPresent(present -> element.write(present, out));
        },
        in -> in.getBoolean() ? Optional.of(element.read(in)) : Optional.empty());
  }

  /** Written in the order of the keys; read into a map of that order. */
  static <K extends Comparable<K>, V> Codec<Map<K, V>> map(Codec<K> key, Codec<V> value) {
    return of(
        (out, values) -> {
          out.putUnsigned(values.size());
          new TreeMap<>(values)
              .forEach(
                  (k, v) -> {
                    key.write(k, out);
                    value.write(v, out);
                  });
        },
        in -> {
          int count = in.getCount(2);
          Map<K, V> values = new TreeMap<>();
          for (int i = 0; i < count; i++) {
            values.put(key.read(in), value.read(in));
          }
          return values;
        });
  }

  static <E extends Enum<E>> Codec<E> enumeration(Class<E> type) {
    E[] constants = type.getEnumConstants();
    return of(
        (out, value) -> out.putUnsigned(value.ordinal()),
        in -> {
          long ordinal = in.getUnsigned();
          if (ordinal < 0 || ordinal >= constants.length) {
            throw new PackedFormatException(
                "no constant " + ordinal + " in " + type.getSimpleName());
          }
          return constants[(int) ordinal];
        });
  }
}
