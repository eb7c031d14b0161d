package stillpoint.clusterconfig;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The named rows that come with Stillpoint: boards, kernel variants, and a scenario's defaults. */
public final class Presets {
  private Presets() {}

  /** Names of the board presets, in the order of the file. */
  public static List<String> boardNames() {
    return List.of("xls416", "octeon-cn58", "malta-34k", "malta-i6400", "generic");
  }

  /** Names of the kernel variants, in the order of the file. */
  public static List<String> variantNames() {
    return List.of(
        "stop-machine+wait-ipi",
        "hang+irqs-on",
        "call-function-nowait",
        "mailbox-nowait",
        "delayed-flush",
        "delayed-flush+preempt-disable",
        "irqsave",
        "stop-machine+local-flush",
        "upstream",
        "upstream+wait-ipi");
  }

  /** Names of the interconnects, in the order of the file. */
  public static List<String> topologyNames() {
    return List.of("crossbar", "ring", "mesh", "numa");
  }

  record Rows(List<String> names, ConfigObject byName) {}

  static Rows boards() {
    return new Rows(boardNames(), resource("boards.conf").root());
  }

  static Rows interconnects() {
    return new Rows(topologyNames(), resource("interconnects.conf").root());
  }

  static Rows variants() {
    ConfigObject rows = resource("variants.conf").root();
    ConfigObject plain = resource("switches.conf").root();
    for (String name : variantNames()) {
      rows = rows.withValue(name, rows.get(name).withFallback(plain));
    }
    return new Rows(variantNames(), rows);
  }

  static Config defaults() {
    return resource("defaults.conf");
  }

  /** The section with the row that {@code selector} names beneath what it says itself. */
  static Section complete(String path, ConfigObject object, String selector, Rows rows) {
    Section own = new Section(path, object);
    String name = own.text(selector);
    if (!rows.names().contains(name)) {
      throw own.bad(selector, "does not exist", Names.suggest(name, rows.names()));
    }
    Section complete = new Section(path, object.withFallback(rows.byName().get(name)));
    complete.has(selector);
    return complete;
  }

  private static Config resource(String name) {
    try (InputStream stream = Presets.class.getResourceAsStream(name)) {
      return ConfigFactory.parseString(
          new String(stream.readAllBytes(), StandardCharsets.UTF_8),
          ConfigParseOptions.defaults().setOriginDescription(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
