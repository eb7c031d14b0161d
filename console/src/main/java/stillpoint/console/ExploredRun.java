package stillpoint.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import stillpoint.kernel.explore.Explored;
import stillpoint.machine.explore.Delay;

/**
 * What is kept of an explored run: a line of the results.
 *
 * @param run number of the variation
 * @param verdict its text, or {@link #BROKEN}
 * @param signature of the cause
 * @param cause in words
 * @param decisions number of messages and steps that were late
 * @param lateCycles how late, all together
 * @param verdictAtNanos virtual time at which the verdict was known
 * @param digest of the run; empty if the simulator broke
 */
record ExploredRun(
    long run,
    String verdict,
    String signature,
    String cause,
    long decisions,
    long lateCycles,
    long verdictAtNanos,
    String digest) {
  /** Stands for a verdict where the simulator broke a rule of its own. */
  static final String BROKEN = "broken-invariant";

  private static final ObjectMapper JSON = new ObjectMapper();

  static ExploredRun of(Variations.Run run) {
    if (run.result().isEmpty()) {
      String what = run.broken().orElseThrow().lines().findFirst().orElse("");
      String cause = BROKEN + ": " + Words.masked(what);
      String signature = ReplayFile.sha256(cause.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      return new ExploredRun(run.number(), BROKEN, signature.substring(0, 8), cause, 0, 0, 0, "");
    }
    Explored result = run.result().get();
    return new ExploredRun(
        run.number(),
        result.report().verdict().text(),
        result.cause().signature(),
        result.cause().text(),
        result.struck().size(),
        result.struck().stream().mapToLong(Delay::cycles).sum(),
        result.report().verdictAtNanos(),
        result.digest());
  }

  String line() {
    ObjectNode line = JSON.createObjectNode();
    line.put("run", run);
    line.put("verdict", verdict);
    line.put("signature", signature);
    line.put("cause", cause);
    line.put("decisions", decisions);
    line.put("late_cycles", lateCycles);
    line.put("verdict_at_ns", verdictAtNanos);
    line.put("digest", digest);
    try {
      return JSON.writeValueAsString(line);
    } catch (JsonProcessingException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** Reads a line. */
  static ExploredRun parse(String line) throws IOException {
    JsonNode node = JSON.readTree(line);
    if (node == null || !node.path("run").isIntegralNumber() || !node.path("digest").isTextual()) {
      throw new IOException("not the line of a run");
    }
    return new ExploredRun(
        node.get("run").asLong(),
        node.path("verdict").asText(),
        node.path("signature").asText(),
        node.path("cause").asText(),
        node.path("decisions").asLong(),
        node.path("late_cycles").asLong(),
        node.path("verdict_at_ns").asLong(),
        node.get("digest").asText());
  }
}
