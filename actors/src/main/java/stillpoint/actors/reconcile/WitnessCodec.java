package stillpoint.actors.reconcile;

import java.util.ArrayList;
import java.util.List;
import stillpoint.machine.packed.Codec;
import stillpoint.machine.packed.PackedInput;
import stillpoint.machine.packed.PackedOutput;
import stillpoint.machine.time.Message;

/** What one process took and sent since it was last asked, as bytes: none if it did nothing. */
final class WitnessCodec {
  /** {@code hash}: over all of its events so far. */
  record Account(long hash, long stateHash, List<Witnessed> events) {}

  private final Codec<Message> messages;

  WitnessCodec(Codec<Message> messages) {
    this.messages = messages;
  }

  byte[] pack(ProcessWitness witness) {
    PackedOutput out = new PackedOutput();
    if (witness.active()) {
      out.putSigned(witness.hash());
      out.putSigned(witness.stateHash());
      out.putUnsigned(witness.events().size());
      for (Witnessed event : witness.events()) {
        out.putBoolean(event.sent());
        out.putUnsigned(event.cycle());
        out.putUnsigned(event.sent() ? event.target() : event.sender());
        messages.write(event.message(), out);
      }
    }
    return out.toBytes();
  }

  Account unpack(int id, PackedInput in) {
    long hash = in.getSigned();
    long stateHash = in.getSigned();
    List<Witnessed> events = new ArrayList<>();
    for (int left = in.getCount(4); left > 0; left--) {
      boolean sent = in.getBoolean();
      long cycle = in.getUnsigned();
      int peer = (int) in.getUnsigned();
      Message message = messages.read(in);
      long content = ProcessWitness.contentOf(message);
      events.add(
          new Witnessed(sent, id, cycle, sent ? id : peer, sent ? peer : id, message, content));
    }
    return new Account(hash, stateHash, events);
  }
}
