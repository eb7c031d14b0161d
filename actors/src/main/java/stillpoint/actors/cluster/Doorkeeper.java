package stillpoint.actors.cluster;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells who would join what this member is, and its operator who may not. */
final class Doorkeeper {
  static final String NAME = "door";

  private static final Logger LOG = LoggerFactory.getLogger(Doorkeeper.class);

  /** Names in the log; a stranger that invents ever new ones must not fill it. */
  private static final int MOST_NAMES = 1000;

  private Doorkeeper() {}

  static Behavior<DoorProtocol.Knock> create(String name, Passport own) {
    Set<String> refused = new HashSet<>();
    return Behaviors.receiveMessage(
        knock -> {
          List<String> differences = own.differences(knock.facts());
          if (!differences.isEmpty() && refused.size() < MOST_NAMES && refused.add(knock.name())) {
            LOG.warn("refused {}: {}", knock.name(), String.join("; ", differences));
          }
          knock.replyTo().tell(new DoorProtocol.Answer(name, own.facts()));
          return Behaviors.same();
        });
  }
}
