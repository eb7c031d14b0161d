package stillpoint.actors.checkpoint;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import stillpoint.machine.time.BrokenInvariant;

/**
 * A part of a checkpoint: the states of some processes, as a gzipped sequence of CBOR items: their
 * number, then for each its id and its state as a byte string.
 */
final class PartCodec {
  private static final CBORFactory CBOR = new CBORFactory();

  private PartCodec() {}

  /** Fast rather than small: most of a state is empty cache lines, which any level makes vanish. */
  private static final class QuickGzip extends GZIPOutputStream {
    QuickGzip(OutputStream out) throws IOException {
      super(out, 1 << 16);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }

  /** What to do with a state that was read. */
  interface Receiver {
    void accept(int id, byte[] state);
  }

  static byte[] pack(int[] ids, byte[][] states) {
    if (ids.length != states.length) {
      throw new BrokenInvariant("%d states of %d processes".formatted(states.length, ids.length));
    }
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (JsonGenerator out = CBOR.createGenerator(new QuickGzip(packed))) {
      out.writeNumber(ids.length);
      for (int i = 0; i < ids.length; i++) {
        out.writeNumber(ids[i]);
        out.writeBinary(states[i]);
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return packed.toByteArray();
  }

  /**
   * @throws IOException if it is no part, with one line why
   */
  static void unpack(byte[] part, Receiver receiver) throws IOException {
    try (InputStream plain = new GZIPInputStream(new ByteArrayInputStream(part), 1 << 16);
        JsonParser in = CBOR.createParser(plain)) {
      int count = number(in);
      for (int i = 0; i < count; i++) {
        int id = number(in);
        if (in.nextToken() != JsonToken.VALUE_EMBEDDED_OBJECT) {
          throw new IOException("a state is missing");
        }
        receiver.accept(id, in.getBinaryValue());
      }
      if (in.nextToken() != null) {
        throw new IOException("it goes on after its end");
      }
    }
  }

  private static int number(JsonParser in) throws IOException {
    if (in.nextToken() != JsonToken.VALUE_NUMBER_INT) {
      throw new IOException("a number is missing");
    }
    int number = in.getIntValue();
    if (number < 0) {
      throw new IOException("a number is negative");
    }
    return number;
  }
}
