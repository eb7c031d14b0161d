package stillpoint.clusterconfig;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import stillpoint.kernel.config.ShellCommand;
import stillpoint.kernel.config.ShellCommand.KernelFile;
import stillpoint.kernel.shell.TestModules;

/**
 * Parses what is typed at the guest's shell: {@code cat FILE}, {@code echo WORDS > FILE}, {@code dmesg}. A command, file or value
 * that a shell would complain of is a line like another, {@link ShellCommand.Fails}, with a hint for who wrote it; what is
 * no line at all, or cannot be meant, is refused.
 */
final class ShellLine {
  /** Why a line is none that the shell knows, and what would do. */
  record Refused(String problem, String remedy) {}

  /** A file that can be written, and how what is written to it reads. */
  private interface WritableFile {
    ShellCommand written(List<String> words, boolean append);
  }

  private static final String CURRENT_TRACER = "/debug/tracing/current_tracer";
  private static final String SET_FTRACE_FILTER = "/debug/tracing/set_ftrace_filter";
  private static final String SYSRQ_TRIGGER = "/proc/sysrq-trigger";
  private static final String STOP_MACHINE_TEST = "stop_machine_test.ko";
  private static final String DUMMY = "dummy";
  private static final Pattern ONLINE =
      Pattern.compile("/sys/devices/system/cpu/cpu(\\d{1,7})/online");
  private static final String INVALID_ARGUMENT = "-bash: echo: write error: Invalid argument";
  private static final String KNOWN =
      "the shell knows cat FILE, echo WORDS > FILE (or >>), dmesg, insmod "
          + STOP_MACHINE_TEST
          + ", modprobe test_... and rmmod dummy";

  private final Map<String, WritableFile> writable = new LinkedHashMap<>();
  private final Function<Refused, ? extends RuntimeException> refusal;
  private final Consumer<Refused> hints;

  private ShellLine(
      Function<Refused, ? extends RuntimeException> refusal, Consumer<Refused> hints) {
    this.refusal = refusal;
    this.hints = hints;
    writable.put(CURRENT_TRACER, this::currentTracer);
    writable.put(SET_FTRACE_FILTER, this::setFtraceFilter);
    writable.put(KernelFile.WATCHDOG_THRESH.path(), this::watchdogThresh);
    writable.put(SYSRQ_TRIGGER, this::sysrq);
  }

  /**
   * @param refusal what to throw if the line is none
   * @param hints takes what is wrong with a line that its shell will complain of
   */
  static ShellCommand parse(
      String line, Function<Refused, ? extends RuntimeException> refusal, Consumer<Refused> hints) {
    return new ShellLine(refusal, hints).command(line);
  }

  private ShellCommand command(String line) {
    List<String> words = wordsOf(line);
    return switch (words.isEmpty() ? "" : words.getFirst()) {
      case "cat" -> cat(words.subList(1, words.size()));
      case "echo" -> echo(words.subList(1, words.size()));
      case "dmesg" -> {
        if (words.size() > 1) {
          throw refuse("gives dmesg more than it takes", "write dmesg alone");
        }
        yield new ShellCommand.ShowKernelLog();
      }
      case "insmod" -> insmod(words.subList(1, words.size()));
      case "modprobe" -> {
        if (!TestModules.loads(line)) {
          throw refuse("loads no module", "write modprobe test_... with its parameters");
        }
        yield new ShellCommand.RunTestModule(line);
      }
      case "rmmod" -> rmmod(words.subList(1, words.size()));
      case "" -> throw refuse("is empty", KNOWN);
      default ->
          fails(
              "-bash: " + words.getFirst() + ": command not found",
              "is not a line the shell knows",
              KNOWN);
    };
  }

  private ShellCommand cat(List<String> files) {
    if (files.size() != 1) {
      throw refuse("names " + files.size() + " files to show", "name one: " + all(shown()));
    }
    String path = plainPath(files.getFirst());
    Matcher online = ONLINE.matcher(path);
    if (online.matches()) {
      return new ShellCommand.ShowCpuOnline(Integer.parseInt(online.group(1)));
    }
    for (KernelFile file : KernelFile.values()) {
      if (file.path().equals(path)) {
        return new ShellCommand.Show(file);
      }
    }
    return fails(
        "cat: " + files.getFirst() + ": No such file or directory",
        "shows a file that does not exist",
        Names.suggest(path, shown()));
  }

  private ShellCommand echo(List<String> words) {
    int arrow = Math.max(words.indexOf(">"), words.indexOf(">>"));
    if (arrow < 0 || arrow != words.size() - 2) {
      throw refuse("does not say where to echo to", "write echo WORDS > FILE");
    }
    String path = plainPath(words.getLast());
    Matcher online = ONLINE.matcher(path);
    if (online.matches()) {
      String value = String.join(" ", words.subList(0, arrow));
      return new ShellCommand.SetCpuOnline(Integer.parseInt(online.group(1)), value);
    }
    WritableFile file = writable.get(path);
    if (file == null) {
      return fails(
          "-bash: " + words.getLast() + ": " + cannotCreate(path),
          "writes a file that does not exist",
          Names.suggest(path, List.copyOf(writable.keySet())));
    }
    return file.written(words.subList(0, arrow), words.get(arrow).equals(">>"));
  }

  private ShellCommand currentTracer(List<String> words, boolean append) {
    return switch (String.join(" ", words)) {
      case "function" -> new ShellCommand.SetCurrentTracer(true);
      case "nop" -> new ShellCommand.SetCurrentTracer(false);
      default ->
          fails(
              INVALID_ARGUMENT,
              "sets a tracer that does not exist",
              Names.suggest(String.join(" ", words), List.of("function", "nop")));
    };
  }

  private ShellCommand setFtraceFilter(List<String> words, boolean append) {
    for (String word : words) {
      if (!word.matches("!?[\\w.$*?]+")) {
        throw refuse(
            "filters by " + word + ", which is no name of a function",
            "write names, in which * and ? stand for any text and letter, behind a ! to take them"
                + " out");
      }
    }
    return new ShellCommand.SetFtraceFilter(words, append);
  }

  private ShellCommand watchdogThresh(List<String> words, boolean append) {
    if (words.size() != 1 || !words.getFirst().matches("-?\\d{1,9}")) {
      return fails(
          INVALID_ARGUMENT, "sets no number of seconds", "write one whole number, for instance 10");
    }
    return new ShellCommand.SetWatchdogThresh(Long.parseLong(words.getFirst()));
  }

  private ShellCommand sysrq(List<String> words, boolean append) {
    // the kernel looks at the first letter only
    if (!String.join(" ", words).startsWith("l")) {
      hints.accept(
          new Refused(
              "asks SysRq for what it does not know", "there is l, a backtrace of all CPUs"));
      return new ShellCommand.SysrqHelp();
    }
    return new ShellCommand.SysrqShowAllCpus();
  }

  private ShellCommand insmod(List<String> words) {
    if (!words.equals(List.of(STOP_MACHINE_TEST))) {
      return fails(
          "insmod: ERROR: could not load module "
              + String.join(" ", words)
              + ": No such file or directory",
          "loads a module that does not exist",
          Names.suggest(String.join(" ", words), List.of(STOP_MACHINE_TEST)));
    }
    return new ShellCommand.StopMachineTest();
  }

  private ShellCommand rmmod(List<String> words) {
    if (!words.equals(List.of(DUMMY))) {
      return fails(
          "rmmod: ERROR: Module " + String.join(" ", words) + " is not currently loaded",
          "takes away a module that does not exist",
          Names.suggest(String.join(" ", words), List.of(DUMMY)));
    }
    return new ShellCommand.RemoveModule();
  }

  private static List<String> shown() {
    List<String> paths = new ArrayList<>();
    for (KernelFile file : KernelFile.values()) {
      paths.add(file.path());
    }
    return paths;
  }

  /** Words, quotes taken off, with {@code >} and {@code >>} words of their own. */
  private static List<String> wordsOf(String line) {
    String spaced = line.strip().replaceAll("\\s*(>>?)\\s*", " $1 ");
    List<String> words = new ArrayList<>();
    for (String word : spaced.strip().split("\\s+")) {
      String bare = word.replaceAll("^([\"'])(.*)\\1$", "$2");
      if (!bare.isEmpty()) {
        words.add(bare);
      }
    }
    return words;
  }

  private static String plainPath(String path) {
    return path.replaceFirst("^/sys/kernel/(debug/tracing|tracing)/", "/debug/tracing/");
  }

  private static String all(List<String> names) {
    return String.join(", ", names);
  }

  /** What a file system that makes no files says to who wants one. */
  private static String cannotCreate(String path) {
    return path.matches("/(debug|sys)/.*") ? "Permission denied" : "No such file or directory";
  }

  private ShellCommand fails(String complaint, String problem, String remedy) {
    hints.accept(new Refused(problem, remedy));
    return new ShellCommand.Fails(complaint);
  }

  private RuntimeException refuse(String problem, String remedy) {
    return refusal.apply(new Refused(problem, remedy));
  }
}
