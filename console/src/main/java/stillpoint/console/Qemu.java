package stillpoint.console;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

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
   * Runs an image until it resets the board; returns the text of its serial line.
   *
   * @throws IOException if it cannot run, or does not end within {@value #MOST_SECONDS} s
   */
  String run(byte[] image) throws IOException {
    Path folder = Files.createTempDirectory("stillpoint-qemu");
    Path elf = folder.resolve("image.elf");
    Path text = folder.resolve("serial.txt");
    Path complaints = folder.resolve("stderr.txt");
    try {
      Files.write(elf, image);
      Process process =
          new ProcessBuilder(command(elf, text))
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(complaints.toFile())
              .start();
      boolean over = await(process);
      String printed =
          Files.exists(text) ? Files.readString(text, StandardCharsets.ISO_8859_1) : "";
      if (!over) {
        return printed; // hangs: what is missing tells where
      }
      if (process.exitValue() != 0) {
        throw new IOException(program.getFileName() + ": " + Files.readString(complaints).strip());
      }
      return printed;
    } finally {
      for (Path file : List.of(elf, text, complaints, folder)) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static boolean await(Process process) throws IOException {
    try {
      return process.waitFor(MOST_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted");
    } finally {
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
