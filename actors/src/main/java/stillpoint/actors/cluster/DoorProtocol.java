package stillpoint.actors.cluster;

import akka.actor.typed.ActorRef;
import java.util.Map;

/**
 * The talk between a JVM that would join and a member, before it joins. Texts only: other versions of
 * this program must be able to read it, so it never changes.
 */
interface DoorProtocol {
  /**
   * Who would join -> any member.
   *
   * @param name host and port
   * @param facts its {@link Passport}
   */
  record Knock(String name, Map<String, String> facts, ActorRef<Answer> replyTo)
      implements ClusterMessage {}

  /**
   * A member -> who would join.
   *
   * @param name of the member
   * @param facts its {@link Passport}; both sides compare, and both say what differs
   */
  record Answer(String name, Map<String, String> facts) implements ClusterMessage {}
}
