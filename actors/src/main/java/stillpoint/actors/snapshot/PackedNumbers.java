package stillpoint.actors.snapshot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import stillpoint.machine.time.BrokenInvariant;

/** Arrays of numbers as bytes, lowest byte first, and back. */
enum PackedNumbers {
  BYTES(byte[].class, Byte.BYTES),
  SHORTS(short[].class, Short.BYTES),
  CHARS(char[].class, Character.BYTES),
  INTS(int[].class, Integer.BYTES),
  LONGS(long[].class, Long.BYTES),
  DOUBLES(double[].class, Double.BYTES),
  BOOLEANS(boolean[].class, 1);

  private static final PackedNumbers[] ALL = values();

  private final Class<?> type;
  private final int width;

  PackedNumbers(Class<?> type, int width) {
    this.type = type;
    this.width = width;
  }

  static PackedNumbers of(Object array) {
    for (PackedNumbers one : ALL) {
      if (one.type == array.getClass()) {
        return one;
      }
    }
    throw new BrokenInvariant(array.getClass().getName() + " cannot go into a snapshot");
  }

  static PackedNumbers of(long number) {
    if (number < 0 || number >= ALL.length) {
      throw new DamagedSnapshot("it holds an array of an unknown kind, " + number);
    }
    return ALL[(int) number];
  }

  byte[] pack(Object array) {
    if (array instanceof byte[] bytes) {
      return bytes;
    }
    int length = java.lang.reflect.Array.getLength(array);
    ByteBuffer packed = ByteBuffer.allocate(length * width).order(ByteOrder.LITTLE_ENDIAN);
    switch (array) {
      case long[] numbers -> packed.asLongBuffer().put(numbers);
      case int[] numbers -> packed.asIntBuffer().put(numbers);
      case short[] numbers -> packed.asShortBuffer().put(numbers);
      case char[] numbers -> packed.asCharBuffer().put(numbers);
      case double[] numbers -> packed.asDoubleBuffer().put(numbers);
      case boolean[] flags -> {
        for (boolean flag : flags) {
          packed.put((byte) (flag ? 1 : 0));
        }
      }
      default -> throw new BrokenInvariant(array.getClass().getName() + " is not packed");
    }
    return packed.array();
  }

  /** A new array, or {@code present} filled anew if that is one of the same length. */
  Object unpack(byte[] bytes, Object present) {
    if (bytes.length % width != 0) {
      throw new DamagedSnapshot(
          "%d bytes are no array of %s".formatted(bytes.length, type.getSimpleName()));
    }
    int length = bytes.length / width;
    Object array = java.lang.reflect.Array.newInstance(type.getComponentType(), length);
    if (present != null) {
      if (present.getClass() != type || java.lang.reflect.Array.getLength(present) != length) {
        throw new DamagedSnapshot(
            "it holds %d of %s where this machine has another array"
                .formatted(length, type.getSimpleName()));
      }
      array = present;
    }
    ByteBuffer packed = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    switch (array) {
      case byte[] numbers -> packed.get(numbers);
      case long[] numbers -> packed.asLongBuffer().get(numbers);
      case int[] numbers -> packed.asIntBuffer().get(numbers);
      case short[] numbers -> packed.asShortBuffer().get(numbers);
      case char[] numbers -> packed.asCharBuffer().get(numbers);
      case double[] numbers -> packed.asDoubleBuffer().get(numbers);
      case boolean[] flags -> {
        for (int i = 0; i < length; i++) {
          flags[i] = packed.get(i) != 0;
        }
      }
      default -> throw new BrokenInvariant(type.getName() + " is not packed");
    }
    return array;
  }
}
