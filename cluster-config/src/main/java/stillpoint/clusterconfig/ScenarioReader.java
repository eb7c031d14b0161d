package stillpoint.clusterconfig;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import stillpoint.kernel.config.GuestConfig;
import stillpoint.kernel.config.KernelConfig;
import stillpoint.kernel.config.ScriptCommand;
import stillpoint.kernel.config.ShellCommand;
import stillpoint.kernel.fault.Fault;
import stillpoint.kernel.ftrace.CallSites;
import stillpoint.kernel.shell.TestModules;
import stillpoint.kernel.system.MachineSetup;
import stillpoint.kernel.testmod.TestSites;
import stillpoint.machine.board.Board;
import stillpoint.machine.board.Board.InterruptControllerKind;
import stillpoint.machine.elf.ElfFormatException;
import stillpoint.machine.explore.Schedule;

/**
 * Reads a scenario file: text to checked records. Whatever is wrong is one {@link ScenarioError}.
 *
 * <p>Layers, each over the next: {@code --seed} and {@code --cpus}, {@code --set} (later over
 * earlier), the file, the rows of presets it names, the defaults.
 */
public final class ScenarioReader {
  private static final String SUFFIX = ".conf";

  private final ElfLoader loader;
  private final List<Path> guestRoots;
  private final Optional<byte[]> givenGuest;

  /**
   * @param loader reads guest programs
   * @param guestRoots folders that relative guest paths start from, tried in order
   */
  public ScenarioReader(ElfLoader loader, List<Path> guestRoots) {
    this(loader, guestRoots, Optional.empty());
  }

  private ScenarioReader(ElfLoader loader, List<Path> guestRoots, Optional<byte[]> guest) {
    this.loader = loader;
    this.guestRoots = List.copyOf(guestRoots);
    this.givenGuest = guest;
  }

  /** A reader for a scenario whose guest is at hand; where the scenario says it is does not matter. */
  public static ScenarioReader withGuest(ElfLoader loader, byte[] guest) {
    return new ScenarioReader(loader, List.of(), Optional.of(guest));
  }

  /** Reads a file; its folder's parent is one more place to look for the guest. */
  public Scenario readFile(Path file, Overrides overrides) {
    String text;
    try {
      text = Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new ScenarioError(
          "scenario " + file + " does not exist; './stillpoint list' names all");
    } catch (MalformedInputException e) {
      throw new ScenarioError("scenario " + file + " is not a UTF-8 text; give a .conf file");
    } catch (IOException e) {
      throw new ScenarioError("scenario " + file + " cannot be read: " + e.getMessage());
    }
    List<Path> roots = new ArrayList<>(guestRoots);
    Path folder = file.toAbsolutePath().normalize().getParent();
    if (folder != null && folder.getParent() != null) {
      roots.add(folder.getParent());
    }
    return new ScenarioReader(loader, roots, givenGuest).read(file.toString(), text, overrides);
  }

  /**
   * @param fileName as messages shall name it
   */
  public Scenario read(String fileName, String text, Overrides overrides) {
    try {
      return check(fileName, layers(fileName, text, overrides), overrides);
    } catch (ConfigException e) {
      throw new ScenarioError(e.getMessage());
    }
  }

  /** Only {@code about} of a file, for listings; empty if it has none. */
  public static String aboutOf(String fileName, String text) {
    try {
      Config file = parse(fileName, text);
      return file.hasPath("about") ? file.getString("about") : "";
    } catch (ConfigException e) {
      throw new ScenarioError(e.getMessage());
    }
  }

  private static Config layers(String fileName, String text, Overrides overrides) {
    Config config = parse(fileName, text);
    for (String setting : overrides.settings()) {
      config = setting(setting).withFallback(config);
    }
    if (overrides.seed().isPresent()) {
      long seed = overrides.seed().getAsLong();
      config = config.withValue("seed", ConfigValueFactory.fromAnyRef(seed, "--seed " + seed));
    }
    if (overrides.cpus().isPresent()) {
      int cpus = overrides.cpus().getAsInt();
      ConfigValue value = ConfigValueFactory.fromAnyRef(cpus, "--cpus " + cpus);
      config = config.withValue("machine.cpus", value);
    }
    return config.withFallback(Presets.defaults()).resolve(ConfigResolveOptions.noSystem());
  }

  private static Config parse(String origin, String text) {
    ConfigParseOptions options =
        ConfigParseOptions.defaults()
            .setSyntax(ConfigSyntax.CONF)
            .setOriginDescription(origin)
            .setIncluder(new RefusingIncluder());
    return ConfigFactory.parseString(text, options);
  }

  /** {@code key=value}; a value that is no HOCON by itself, such as {@code a+b}, is a plain text. */
  private static Config setting(String setting) {
    String origin = "--set " + setting;
    int equals = setting.indexOf('=');
    if (equals <= 0) {
      throw new ScenarioError(
          "'" + origin + "' is not key=value; write for instance --set kernel.hz=100");
    }
    String key = setting.substring(0, equals).strip();
    String value = setting.substring(equals + 1).strip();
    try {
      return parse(origin, key + " = " + value);
    } catch (ConfigException e) {
      if (value.isEmpty() || "{[\"".indexOf(value.charAt(0)) >= 0) {
        throw e;
      }
      return ConfigFactory.empty().withValue(key, ConfigValueFactory.fromAnyRef(value, origin));
    }
  }

  private Scenario check(String fileName, Config config, Overrides overrides) {
    boolean cpusOverridden = overrides.cpus().isPresent();
    List<String> notes = new ArrayList<>();
    Section root = new Section("", config.root());
    String about = root.text("about");
    long seed = root.wholeNumber("seed", Long.MIN_VALUE, Long.MAX_VALUE);
    ConfigObject machine = objectOf(root, config, "machine");
    Board board = BoardReader.read(machine);
    if (cpusOverridden) {
      notes.add(
          "--cpus: "
              + board.name()
              + " with "
              + board.cpuCount()
              + (board.cpuCount() == 1 ? " CPU" : " CPUs")
              + "; everything else of the board stays");
    }
    KernelConfig kernel = KernelReader.read(objectOf(root, config, "kernel"), board.memoryOrder());
    if (board.interruptController() == InterruptControllerKind.VSMP
        && kernel.icacheFlush() == KernelConfig.IcacheFlush.MAILBOX_NOWAIT) {
      throw root.section("machine")
          .bad(
              "board",
              "has two software interrupts a CPU and none for icache-flush = mailbox-nowait",
              "choose machine.interrupt-controller = octeon-ciu, or another kernel.icache-flush");
    }
    Section limits = root.section("limits");
    long virtualTimeNanos = limits.nanos("virtual-time");
    if (virtualTimeNanos == 0) {
      throw limits.bad("virtual-time", "leaves no time", "give for instance 60s");
    }
    long settleNanos = limits.nanos("settle");
    boolean stopAtProof = limits.flag("stop-at-proof");
    limits.refuseUnknownKeys();
    List<ScriptCommand> script =
        ScriptReader.read(
            root.sections("script", "{ at = 100us, on = 0, run = \"...\" }"),
            board,
            cpusOverridden,
            virtualTimeNanos,
            notes);
    List<Section> faultSections =
        root.sections("faults", "{ kind = ipi-lost, from = 0, to = 3, nth = 2 }");
    Optional<Expectation> expect =
        root.has("expect")
            ? Optional.of(
                ExpectationReader.read(root.section("expect"), board, faultSections.size()))
            : Optional.empty();
    Section guestSection = root.section("guest");
    Schedule schedule =
        root.has("schedule") ? ScheduleReader.read(root.section("schedule"), board) : Schedule.NONE;
    root.refuseUnknownKeys();
    GuestConfig guest =
        new GuestReader(loader, guestRoots, givenGuest, board)
            .read(guestSection, cpusOverridden, notes);
    refuseUnfitGuest(guestSection, guest, script);
    List<Fault> faults =
        new FaultReader(board, kernel, guest, virtualTimeNanos).readAll(faultSections);
    MachineSetup setup =
        new MachineSetup(
            board,
            kernel,
            guest,
            script,
            seed,
            settleNanos,
            virtualTimeNanos,
            stopAtProof,
            faults.stream()
                .filter(Fault.OfMachine.class::isInstance)
                .map(Fault.OfMachine.class::cast)
                .toList(),
            schedule);
    String variant = config.getString("kernel.variant");
    return new Scenario(
        nameOf(fileName),
        about,
        variant,
        setup,
        expect,
        EffectiveText.of(about, variant, setup, faults, expect),
        notes,
        faults.stream()
            .filter(Fault.OfHost.class::isInstance)
            .map(Fault.OfHost.class::cast)
            .toList());
  }

  /** A test module that rewrites call sites knows one-word calls only; whether there are any is found out when the machine is built. */
  private static void refuseUnfitGuest(
      Section section, GuestConfig guest, List<ScriptCommand> script) {
    for (ScriptCommand line : script) {
      if (line.command() instanceof ShellCommand.RunTestModule(String text)
          && TestModules.rewritesSites(text)
          && !fits(guest)) {
        throw section.bad(
            "elf",
            "has call sites that '" + text + "' cannot rewrite",
            "give a 64-bit program without long calls, such as guest/functions.elf");
      }
    }
  }

  private static boolean fits(GuestConfig guest) {
    try {
      return TestSites.fit(CallSites.find(guest.elfPath(), guest.image()));
    } catch (ElfFormatException e) {
      // no program to trace at all: whoever builds the machine says so
      return true;
    }
  }

  /** The object at a key; presets are laid beneath it before it is read. */
  private static ConfigObject objectOf(Section root, Config config, String key) {
    root.section(key);
    return config.getObject(key);
  }

  private static String nameOf(String fileName) {
    String name = fileName.substring(fileName.lastIndexOf('/') + 1);
    return name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
  }
}
