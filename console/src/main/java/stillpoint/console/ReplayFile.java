package stillpoint.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import stillpoint.clusterconfig.Overrides;
import stillpoint.clusterconfig.Scenario;
import stillpoint.clusterconfig.ScenarioError;
import stillpoint.clusterconfig.ScenarioReader;

/**
 * A finding as a file that needs nothing beside it: a line with the format's version and a checksum over all that follows,
 * then a JSON document. A guest that comes with Stillpoint is named with its hash, any other is inside.
 */
final class ReplayFile {
  static final int FORMAT_VERSION = 2;

  private static final Pattern HEAD =
      Pattern.compile("stillpoint-replay (\\d{1,9}) sha256:([0-9a-f]{64})");
  private static final int MOST_GUEST_BYTES = 1 << 28;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DefaultIndenter LINES = new DefaultIndenter("  ", "\n");

  private final Services services;

  ReplayFile(Services services) {
    this.services = services;
  }

  byte[] bytes(Finding finding) {
    ObjectNode document = JSON.createObjectNode();
    document.put("stillpoint", Versions.stillpoint());
    document.put("build", finding.build());
    document.put("scenario", finding.scenario().name());
    document.put("verdict", finding.verdict());
    document.put("signature", finding.signature());
    document.put("cause", finding.cause());
    document.put("digest", finding.digest());
    guest(document.putObject("guest"), finding);
    document.putArray("text");
    finding.scenario().effective().lines().forEach(document.withArray("text")::add);
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentArraysWith(LINES);
    printer.indentObjectsWith(LINES);
    byte[] body;
    try {
      body =
          (JSON.writer(printer).writeValueAsString(document) + "\n")
              .getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException impossible) {
      throw new UncheckedIOException(impossible);
    }
    String head = "stillpoint-replay " + FORMAT_VERSION + " sha256:" + sha256(body) + "\n";
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    all.writeBytes(body);
    return all.toByteArray();
  }

  private void guest(ObjectNode guest, Finding finding) {
    String name = finding.scenario().setup().guest().elfPath();
    guest.put("sha256", sha256(finding.guest()));
    if (Arrays.equals(shipped(name), finding.guest())) {
      guest.put("shipped", name);
    } else {
      guest.put("gzip_base64", Base64.getEncoder().encodeToString(zipped(finding.guest())));
    }
  }

  /** The file of that name that comes with Stillpoint; no bytes if there is none. */
  private byte[] shipped(String name) {
    try {
      Path home = services.home().normalize();
      Path file = home.resolve(name).normalize();
      return file.startsWith(home) && Files.isRegularFile(file)
          ? Files.readAllBytes(file)
          : new byte[0];
    } catch (IOException | java.nio.file.InvalidPathException unreadable) {
      return new byte[0];
    }
  }

  /**
   * @param named as messages name the file
   */
  Finding read(String named, byte[] file) {
    int end = 0;
    while (end < file.length && file[end] != '\n') {
      end++;
    }
    Matcher head = HEAD.matcher(new String(file, 0, end, StandardCharsets.ISO_8859_1));
    if (!head.matches() || end == file.length) {
      throw new UserError(
          named + " is no replay file; './stillpoint explore' writes them for what it finds");
    }
    if (!head.group(1).equals(Integer.toString(FORMAT_VERSION))) {
      throw new UserError(
          "%s is a replay file of format %s, this program reads format %d; take the version that wrote it"
              .formatted(named, head.group(1), FORMAT_VERSION));
    }
    byte[] body = Arrays.copyOfRange(file, end + 1, file.length);
    if (!sha256(body).equals(head.group(2))) {
      throw new UserError(named + " was altered: its checksum does not fit; take it anew");
    }
    try {
      return finding(named, JSON.readTree(body));
    } catch (IOException e) {
      throw new UserError(named + " is no replay file: it holds no JSON document; take it anew");
    }
  }

  private Finding finding(String named, JsonNode document) {
    String version = text(named, document, "stillpoint");
    if (!version.equals(Versions.stillpoint())) {
      throw new UserError(
          "%s was written by Stillpoint %s, this is %s; replay it with the version that wrote it"
              .formatted(named, version, Versions.stillpoint()));
    }
    byte[] guest = guestOf(named, document.path("guest"));
    StringBuilder lines = new StringBuilder();
    document.path("text").forEach(line -> lines.append(line.asText()).append('\n'));
    Scenario scenario;
    try {
      scenario =
          ScenarioReader.withGuest(services.elfs(), guest)
              .read(text(named, document, "scenario"), lines.toString(), Overrides.NONE);
    } catch (ScenarioError e) {
      throw new UserError("the scenario in " + named + " cannot be read: " + e.getMessage());
    }
    return new Finding(
        scenario,
        guest,
        text(named, document, "verdict"),
        text(named, document, "signature"),
        text(named, document, "cause"),
        text(named, document, "digest"),
        text(named, document, "build"));
  }

  private byte[] guestOf(String named, JsonNode guest) {
    byte[] file;
    if (guest.has("shipped")) {
      file = shipped(guest.get("shipped").asText());
    } else {
      file = unzipped(named, text(named, guest, "gzip_base64"));
    }
    if (!sha256(file).equals(text(named, guest, "sha256"))) {
      throw new UserError(
          "%s needs the guest %s as it was, and here is another or none; restore that file"
              .formatted(named, guest.path("shipped").asText("inside it")));
    }
    return file;
  }

  private static String text(String named, JsonNode document, String key) {
    JsonNode value = document.get(key);
    if (value == null || !value.isTextual()) {
      throw new UserError(named + " is no replay file: it has no " + key + "; take it anew");
    }
    return value.textValue();
  }

  private static byte[] zipped(byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
      zip.write(content);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  private static byte[] unzipped(String named, String base64) {
    try (var zip =
        new GZIPInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(base64)))) {
      return zip.readNBytes(MOST_GUEST_BYTES);
    } catch (IOException | IllegalArgumentException e) {
      throw new UserError(named + " is no replay file: its guest cannot be read; take it anew");
    }
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("this JVM lacks SHA-256, which every JVM has", impossible);
    }
  }
}
