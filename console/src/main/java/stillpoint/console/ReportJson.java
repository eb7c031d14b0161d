package stillpoint.console;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import stillpoint.clusterconfig.Scenario;
import stillpoint.kernel.report.RunReport;
import stillpoint.kernel.report.RunReport.IpiCount;

/** A run as one JSON document on one line. Names and order are a contract: scripts depend on it. */
final class ReportJson {
  /** Kinds that are always there, in this order; others follow by name. */
  private static final List<String> IPI_KINDS = List.of("call-function", "resched", "icache-flush");

  /** Of one fault that are listed; "victims" counts all. */
  private static final int MOST_STRIKES = 100;

  private static final JsonFactory FACTORY = new JsonFactory();

  private ReportJson() {}

  static String of(Scenario scenario, Finished finished, Judgement judgement) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      write(json, scenario, finished, judgement);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(
      JsonGenerator json, Scenario scenario, Finished finished, Judgement judgement)
      throws IOException {
    RunReport report = finished.report();
    json.writeStartObject();
    json.writeStringField("scenario", scenario.name());
    json.writeNumberField("seed", scenario.setup().seed());
    json.writeNumberField("cpus", scenario.setup().board().cpuCount());
    json.writeNumberField("nodes", finished.nodes());
    json.writeStringField("verdict", report.verdict().text());
    json.writeNumberField("verdict_at_ns", report.verdictAtNanos());
    cycle(json, report.cycle());
    lockups(json, report.lockups());
    json.writeArrayFieldStart("warnings");
    for (String warning : report.warnings()) {
      json.writeString(warning);
    }
    json.writeEndArray();
    counters(json, finished);
    faults(json, report.faults());
    staleCode(json, report.staleCode());
    json.writeStringField("expectation", judgement.text());
    json.writeStringField("digest", finished.digest());
    json.writeNumberField("wall_ms", finished.wallMs());
    json.writeEndObject();
  }

  private static void staleCode(JsonGenerator json, List<RunReport.StaleFetch> examples)
      throws IOException {
    json.writeArrayFieldStart("stale_code");
    for (RunReport.StaleFetch one : examples) {
      json.writeStartObject();
      json.writeStringField("kind", one.kind());
      json.writeNumberField("cpu", one.cpu());
      json.writeNumberField("cycle", one.cycle());
      json.writeNumberField("at_ns", one.atNanos());
      json.writeStringField("pc", "0x" + Long.toHexString(one.pc()));
      json.writeStringField("symbol", one.symbol());
      json.writeStringField("old_word", "%08x".formatted(one.oldWord()));
      json.writeStringField("new_word", "%08x".formatted(one.newWord()));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void cycle(JsonGenerator json, List<RunReport.WaitEdge> cycle) throws IOException {
    json.writeArrayFieldStart("cycle");
    for (RunReport.WaitEdge edge : cycle) {
      json.writeStartObject();
      json.writeNumberField("cpu", edge.cpu());
      json.writeStringField("in", edge.in());
      json.writeArrayFieldStart("waits_for");
      for (int cpu : edge.waitsFor()) {
        json.writeNumber(cpu);
      }
      json.writeEndArray();
      json.writeStringField("for", edge.what());
      json.writeStringField("because", edge.because());
      fault(json, edge.fault());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void lockups(JsonGenerator json, List<RunReport.Lockup> lockups)
      throws IOException {
    json.writeArrayFieldStart("lockups");
    for (RunReport.Lockup lockup : lockups) {
      json.writeStartObject();
      json.writeStringField("detector", lockup.detector());
      json.writeNumberField("cpu", lockup.cpu());
      json.writeNumberField("at_ns", lockup.atNanos());
      json.writeStringField("text", lockup.text());
      fault(json, lockup.fault());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void counters(JsonGenerator json, Finished finished) throws IOException {
    RunReport.Counters counters = finished.report().counters();
    json.writeObjectFieldStart("counters");
    json.writeNumberField("words_patched", counters.wordsPatched());
    json.writeNumberField("icache_flushes", counters.icacheFlushes());
    json.writeObjectFieldStart("ipis");
    Map<String, IpiCount> others = new TreeMap<>(counters.ipis());
    for (String kind : IPI_KINDS) {
      IpiCount count = others.remove(kind);
      ipi(json, kind, count == null ? new IpiCount(0, 0) : count);
    }
    for (Map.Entry<String, IpiCount> other : others.entrySet()) {
      ipi(json, other.getKey(), other.getValue());
    }
    json.writeEndObject();
    json.writeNumberField("stale_fetches", counters.staleFetches());
    json.writeNumberField("late_stale_fetches", counters.lateStaleFetches());
    json.writeNumberField("torn_fetches", counters.tornFetches());
    json.writeNumberField("instructions", counters.instructions());
    json.writeNumberField("events", finished.events());
    json.writeNumberField("windows", finished.windows());
    json.writeNumberField("remote_batches", finished.remoteBatches());
    json.writeEndObject();
  }

  private static void ipi(JsonGenerator json, String kind, IpiCount count) throws IOException {
    json.writeObjectFieldStart(kind);
    json.writeNumberField("sent", count.sent());
    json.writeNumberField("taken", count.taken());
    json.writeEndObject();
  }

  /** A fault that never struck is there too, with a count of 0. */
  private static void faults(JsonGenerator json, List<RunReport.Fault> faults) throws IOException {
    json.writeArrayFieldStart("faults");
    for (RunReport.Fault fault : faults) {
      json.writeStartObject();
      json.writeNumberField("number", fault.number());
      json.writeStringField("kind", fault.kind());
      json.writeStringField("fault", fault.text());
      json.writeNumberField("count", fault.count());
      json.writeNumberField("victims", fault.strikes().size());
      if (fault.count() == 0) {
        json.writeNullField("at_ns");
        json.writeNullField("victim");
      } else {
        json.writeNumberField("at_ns", fault.strikes().getFirst().atNanos());
        json.writeStringField("victim", fault.strikes().getFirst().victim());
      }
      strikes(json, fault.strikes());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void strikes(JsonGenerator json, List<RunReport.FaultStrike> strikes)
      throws IOException {
    json.writeArrayFieldStart("strikes");
    for (RunReport.FaultStrike strike :
        strikes.subList(0, Math.min(MOST_STRIKES, strikes.size()))) {
      json.writeStartObject();
      json.writeStringField("victim", strike.victim());
      json.writeStringField("what", strike.what());
      json.writeNumberField("at_ns", strike.atNanos());
      json.writeNumberField("last_at_ns", strike.lastAtNanos());
      json.writeNumberField("count", strike.count());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** Only where there is one. */
  private static void fault(JsonGenerator json, int number) throws IOException {
    if (number != RunReport.WaitEdge.NO_FAULT) {
      json.writeNumberField("fault", number);
    }
  }
}
