package stillpoint.machine.packed;

/** How values of one type become bytes, and again values. */
public interface Codec<T> {
  void write(T value, PackedOutput out);

  /**
   * @throws PackedFormatException if these bytes were not written by this codec
   */
  T read(PackedInput in);

  /** As bytes of their own. */
  default byte[] toBytes(T value) {
    PackedOutput out = new PackedOutput();
    write(value, out);
    return out.toBytes();
  }

  /** The value that these bytes are, all of them. */
  default T fromBytes(byte[] bytes) {
    PackedInput in = new PackedInput(bytes);
    T value = read(in);
    in.requireEnd();
    return value;
  }
}
