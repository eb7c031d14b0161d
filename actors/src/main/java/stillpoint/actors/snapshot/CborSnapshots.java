package stillpoint.actors.snapshot;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.Model;
import stillpoint.machine.time.RunnerState;
import stillpoint.machine.time.SeededRandom;
import stillpoint.machine.time.Snapshots;

/**
 * Snapshots as sequences of CBOR items (RFC 8949). They hold positions instead of names, so they
 * are for the version that wrote them; each class is named once with a fingerprint of its fields,
 * so another version finds out. May be used by several threads at once.
 */
public final class CborSnapshots implements Snapshots {
  /** A console may have logged much, but one line of it is not so long. */
  private static final int LONGEST_TEXT = 1 << 20;

  private final CBORFactory cbor =
      CBORFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(LONGEST_TEXT).build())
          .build();

  private final Constants constants;
  private final boolean ownGenerators;

  public CborSnapshots(Model model) {
    this(model, false);
  }

  private CborSnapshots(Model model, boolean ownGenerators) {
    this.constants = new Constants(model);
    this.ownGenerators = ownGenerators;
  }

  /**
   * For runs that begin alike and have different seeds: each goes on with the generators that its
   * own processes were built with, in the places of those that were saved, which must not have been
   * used.
   */
  public static CborSnapshots ofCommonStart(Model model) {
    return new CborSnapshots(model, true);
  }

  @Override
  public byte[] save(RunnerState state, LogicalProcess process) {
    return written(
        out -> {
          out.number(state.id());
          out.number(state.cutCycle());
          out.number(state.lastActiveCycle());
          out.number(state.handledCount());
          out.number(state.sequence());
          out.number(state.hash());
          out.number(state.pending().size());
          for (RunnerState.Pending event : state.pending()) {
            out.number(event.arrivalCycle());
            out.number(event.order());
            out.graph(event.message());
          }
          out.graph(process);
        });
  }

  @Override
  public RunnerState load(byte[] snapshot, LogicalProcess process) {
    return read(
        snapshot,
        ownGenerators ? generatorsOf(process) : null,
        in -> {
          int id = Math.toIntExact(in.number());
          long cutCycle = in.number();
          long lastActiveCycle = in.number();
          long handledCount = in.number();
          long sequence = in.number();
          long hash = in.number();
          int events = in.count();
          List<RunnerState.Pending> pending = new ArrayList<>();
          for (int i = 0; i < events; i++) {
            pending.add(new RunnerState.Pending(in.number(), in.number(), in.made(Message.class)));
          }
          in.fill(process);
          return new RunnerState(
              id, cutCycle, lastActiveCycle, handledCount, sequence, hash, pending);
        });
  }

  @Override
  public byte[] save(CutJudge judge) {
    return written(out -> out.graph(judge));
  }

  @Override
  public void load(byte[] snapshot, CutJudge judge) {
    read(
        snapshot,
        ownGenerators ? generatorsOf(judge) : null,
        in -> {
          in.fill(judge);
          return judge;
        });
  }

  private interface Writing {
    void to(GraphWriter out) throws IOException;
  }

  private interface Reading<T> {
    T from(GraphReader in) throws IOException;
  }

  private byte[] written(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(4096);
    try (JsonGenerator generator = cbor.createGenerator(bytes)) {
      GraphWriter out = new GraphWriter(constants, generator);
      out.number(constants.count());
      writing.to(out);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  /** Those that an object was built with, in the order of a snapshot. */
  private List<SeededRandom> generatorsOf(Object built) {
    List<SeededRandom> generators = new ArrayList<>();
    written(
        out -> {
          out.graph(built);
          generators.addAll(out.generators());
        });
    return generators;
  }

  private <T> T read(byte[] snapshot, List<SeededRandom> own, Reading<T> reading) {
    Iterator<SeededRandom> generators = own == null ? null : own.iterator();
    try (JsonParser parser = cbor.createParser(snapshot)) {
      GraphReader in = new GraphReader(constants, parser, snapshot.length, generators);
      long known = in.number();
      if (known != constants.count()) {
        throw new DamagedSnapshot(
            "it is of another machine: that has %d constants, this one %d"
                .formatted(known, constants.count()));
      }
      T value = reading.from(in);
      in.end();
      if (generators != null && generators.hasNext()) {
        throw new DamagedSnapshot("it holds fewer generators than there are here");
      }
      return value;
    } catch (SeededRandom.Drawn drawn) {
      throw drawn;
    } catch (JsonProcessingException damaged) {
      throw new DamagedSnapshot("it is damaged: " + damaged.getOriginalMessage(), damaged);
    } catch (IOException damaged) {
      throw new DamagedSnapshot("it is damaged: " + damaged.getMessage(), damaged);
    } catch (ArithmeticException | BrokenInvariant wrong) {
      throw new DamagedSnapshot("it is damaged: " + wrong.getMessage(), wrong);
    }
  }
}
