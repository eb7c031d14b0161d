package stillpoint.console;

import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** What a program prints, byte by byte, gathered into lines of UTF-8. */
final class ExecOutput {
  private static final int MOST_KEPT_BYTES = 1 << 16;

  private final PrintWriter out;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  ExecOutput(PrintWriter out) {
    this.out = out;
  }

  void put(int value) {
    bytes.write(value);
    if (value == '\n' || bytes.size() >= MOST_KEPT_BYTES) {
      give();
    }
  }

  /** A line of the simulator's own, after what the program has printed. */
  void line(String text) {
    give();
    out.println(text);
  }

  private void give() {
    if (bytes.size() > 0) {
      out.write(bytes.toString(StandardCharsets.UTF_8));
      bytes.reset();
    }
  }

  /** Also what is no whole line yet. */
  void flush() {
    give();
    out.flush();
  }
}
