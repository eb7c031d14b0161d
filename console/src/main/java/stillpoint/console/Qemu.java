package stillpoint.console;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** QEMU's Malta board, where it is installed: runs a bare-metal image and returns what it prints. */
final class Qemu {
  private static final long MOST_SECONDS = 120;

  private final Path program;

  private Qemu(Path program) {
    this.program = program;
  }

  /** The emulator of a byte order, if it is on the PATH. */
  static Optional<Qemu> find(boolean bigEndian) {
    String name = bigEndian ? "qemu-system-mips64" : "qemu-system-mips64el";
    String path = System.getenv().getOrDefault("PATH", "");
    for (String folder : path.split(File.pathSeparator)) {
      Path candidate = Path.of(folder, name);
      if (Files.isExecutable(candidate)) {
        return Optional.of(new Qemu(candidate));
      }
    }
    return Optional.empty();
  }

  /** The first line of its version. */
  String version() throws IOException {
    Process process = new ProcessBuilder(program.toString(), "--version").start();
    try (var out = process.inputReader()) {
      return String.valueOf(out.readLine());
    }
  }

  /**
   * A run to its end.
   *
   * @param text of the serial line
   * @param seconds of the wall clock, the emulator's start included
   * @param cpuSeconds the emulator's user time, from 0.01 s on exact
   */
  record Run(String text, double seconds, double cpuSeconds) {}

  /**
   * Runs an image until it resets the board; returns the text of its serial line.
   *
   * @throws IOException if it cannot run, or does not end within {@value #MOST_SECONDS} s
   */
  String run(byte[] image) throws IOException {
    return timed(image).text();
  }

  /** The same, with the time it took. */
  Run timed(byte[] image) throws IOException {
    Path folder = Files.createTempDirectory("stillpoint-qemu");
    Path elf = folder.resolve("image.elf");
    Path text = folder.resolve("serial.txt");
    Path complaints = folder.resolve("stderr.txt");
    Path times = folder.resolve("times.txt");
    try {
      Files.write(elf, image);
      long start = System.nanoTime();
      Process process =
          new ProcessBuilder(timing(command(elf, text)))
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .redirectOutput(times.toFile())
              .redirectError(complaints.toFile())
              .start();
      boolean over = await(process);
      double seconds = (System.nanoTime() - start) / 1e9;
      String printed =
          Files.exists(text) ? Files.readString(text, StandardCharsets.ISO_8859_1) : "";
      if (!over) {
        return new Run(printed, seconds, Double.NaN); // hangs: what is missing tells where
      }
      if (process.exitValue() != 0) {
        throw new IOException(program.getFileName() + ": " + Files.readString(complaints).strip());
      }
      return new Run(printed, seconds, userSeconds(Files.readString(times)));
    } finally {
      for (Path file : List.of(elf, text, complaints, times, folder)) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** The shell knows what its children have used when they are gone; Java does not. */
  private static List<String> timing(List<String> command) {
    List<String> all = new ArrayList<>();
    all.addAll(List.of("/bin/sh", "-c", "\"$@\"; code=$?; times; exit $code", "sh"));
    all.addAll(command);
    return all;
  }

  /** Of the shell's children: the second line, {@code 0m1.23s 0m0.04s}; NaN if it is not there. */
  private static double userSeconds(String times) {
    Matcher user = Pattern.compile("\n(\\d+)m([0-9.]+)s").matcher(times);
    return user.find()
        ? 60 * Double.parseDouble(user.group(1)) + Double.parseDouble(user.group(2))
        : Double.NaN;
  }

  private static boolean await(Process process) throws IOException {
    try {
      return process.waitFor(MOST_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted");
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private List<String> command(Path elf, Path text) {
    return List.of(
        program.toString(),
        "-M",
        "malta",
        "-cpu",
        "MIPS64R2-generic",
        "-m",
        "128",
        "-nodefaults",
        "-display",
        "none",
        "-vga",
        "none",
        "-nic",
        "none",
        "-monitor",
        "none",
        "-no-reboot",
        "-serial",
        "file:" + text,
        "-kernel",
        elf.toString());
  }
}
