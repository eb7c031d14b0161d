package stillpoint.actors.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.CutProgress;
import stillpoint.machine.time.EventOrder;

/**
 * The table of contents of a checkpoint: written last, so that a checkpoint with one is whole. Its
 * own last field is the SHA-256 of everything before it, so no byte of it can change unseen.
 *
 * @param files all others of the checkpoint
 */
record Manifest(
    String version,
    String scenario,
    long seed,
    String replay,
    CutProgress at,
    int processes,
    List<CheckpointFile> files) {
  static final String NAME = "manifest.json";

  /** Changes whenever a reader of the old format would misread a new one. */
  static final int FORMAT_VERSION = 1;

  private static final String FORMAT = "stillpoint-checkpoint";
  private static final String SUM_FIELD = "\n  \"sha256\" : \"";
  private static final String END = "\"\n}\n";

  Manifest {
    if (processes < 1 || processes > EventOrder.PROCESSES) {
      throw new IllegalArgumentException("it has " + processes + " processes");
    }
    files = List.copyOf(files);
  }

  byte[] write() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
      json.writeStartObject();
      json.writeStringField("format", FORMAT);
      json.writeNumberField("format_version", FORMAT_VERSION);
      json.writeStringField("stillpoint", version);
      json.writeStringField("scenario", scenario);
      json.writeNumberField("seed", seed);
      json.writeStringField("replay", replay);
      json.writeNumberField("cycle", at.cycle());
      json.writeNumberField("window", at.window());
      json.writeNumberField("next_cut_cycle", at.nextCutCycle());
      json.writeNumberField("processes", processes);
      json.writeArrayFieldStart("files");
      for (CheckpointFile file : files) {
        json.writeStartObject();
        json.writeStringField("name", file.name());
        json.writeNumberField("bytes", file.bytes());
        json.writeStringField("sha256", file.sha256());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    String open = text.toString();
    String body = open.substring(0, open.lastIndexOf("\n}")) + ",";
    return (body + SUM_FIELD + Sha256.of(bytes(body)) + END).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * @param file as messages name it
   * @throws CheckpointError if it is not, to the byte, what {@link #write} wrote
   */
  static Manifest read(String file, byte[] content) {
    String text = new String(content, StandardCharsets.UTF_8);
    JsonNode json = parse(file, text);
    if (!json.path("format").asText().equals(FORMAT)) {
      throw new CheckpointError(file + " is not the manifest of a checkpoint; give another folder");
    }
    int at = text.lastIndexOf(SUM_FIELD);
    String body = at < 0 ? "" : text.substring(0, at);
    String whole = body + SUM_FIELD + Sha256.of(bytes(body)) + END;
    if (!Arrays.equals(whole.getBytes(StandardCharsets.UTF_8), content)) {
      throw CheckpointFile.altered(file);
    }
    int formatVersion = json.path("format_version").asInt();
    if (formatVersion != FORMAT_VERSION) {
      throw new CheckpointError(
          "%s has format version %d, this version of Stillpoint reads %d; go on with the one that wrote it"
              .formatted(file, formatVersion, FORMAT_VERSION));
    }
    try {
      return checked(json);
    } catch (IllegalArgumentException | BrokenInvariant damaged) {
      throw new CheckpointError(
          "%s makes no sense: %s; run the scenario from its beginning"
              .formatted(file, damaged.getMessage()));
    }
  }

  private static JsonNode parse(String file, String text) {
    try {
      JsonNode json = new ObjectMapper().readTree(text);
      if (json == null || !json.isObject()) {
        throw CheckpointFile.altered(file);
      }
      return json;
    } catch (JsonProcessingException damaged) {
      throw CheckpointFile.altered(file);
    }
  }

  private static Manifest checked(JsonNode json) {
    List<CheckpointFile> files = new ArrayList<>();
    for (JsonNode one : field(json, "files", JsonNodeType.ARRAY)) {
      files.add(new CheckpointFile(text(one, "name"), number(one, "bytes"), text(one, "sha256")));
    }
    return new Manifest(
        text(json, "stillpoint"),
        text(json, "scenario"),
        number(json, "seed"),
        text(json, "replay"),
        new CutProgress(
            number(json, "cycle"), number(json, "window"), number(json, "next_cut_cycle")),
        Math.toIntExact(number(json, "processes")),
        files);
  }

  private static String text(JsonNode json, String key) {
    return field(json, key, JsonNodeType.STRING).textValue();
  }

  private static long number(JsonNode json, String key) {
    JsonNode number = field(json, key, JsonNodeType.NUMBER);
    if (!number.canConvertToLong() || !number.isIntegralNumber()) {
      throw new IllegalArgumentException(key + " is " + number);
    }
    return number.longValue();
  }

  private static JsonNode field(JsonNode json, String key, JsonNodeType type) {
    JsonNode field = json.path(key);
    if (field.getNodeType() != type) {
      throw new IllegalArgumentException("it lacks " + key);
    }
    return field;
  }
}
