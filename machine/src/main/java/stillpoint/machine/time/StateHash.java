package stillpoint.machine.time;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A running 64-bit hash over numbers, the same on every JVM and host. Order matters. Not cryptographic: the run's digest
 * is SHA-256 over these.
 */
public final class StateHash {
  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private long value = 0x9E3779B97F4A7C15L;

  public StateHash fold(long number) {
    value = mix(value ^ mix(number + 0x9E3779B97F4A7C15L));
    return this;
  }

  public StateHash fold(boolean flag) {
    return fold(flag ? 1L : 0L);
  }

  public StateHash fold(Enum<?> constant) {
    return fold(constant.ordinal());
  }

  public StateHash fold(String text) {
    fold(text.length());
    for (int i = 0; i < text.length(); i++) {
      fold(text.charAt(i));
    }
    return this;
  }

  public StateHash fold(long[] numbers) {
    fold(numbers.length);
    for (long number : numbers) {
      fold(number);
    }
    return this;
  }

  /** Eight bytes at a time, the first one lowest; the last word is filled up with zeros. */
  public StateHash fold(byte[] bytes) {
    fold(bytes.length);
    int whole = bytes.length & -Long.BYTES;
    for (int i = 0; i < whole; i += Long.BYTES) {
      fold((long) WORDS.get(bytes, i));
    }
    if (whole < bytes.length) {
      long last = 0;
      for (int i = bytes.length - 1; i >= whole; i--) {
        last = last << Byte.SIZE | bytes[i] & 0xFF;
      }
      fold(last);
    }
    return this;
  }

  public long value() {
    return value;
  }

  /** Goes on from a value that {@link #value} gave. */
  void resume(long from) {
    value = from;
  }

  /** The finalizer of SplitMix64 (Steele, Lea and Flood, 2014): a bijection that spreads every bit over all others. */
  public static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
