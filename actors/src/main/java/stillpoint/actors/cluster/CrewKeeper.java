package stillpoint.actors.cluster;

import akka.actor.typed.ActorRef;
import java.util.List;
import java.util.Map;

/** The coordinator's side of explorations: tells who asks for one which nodes there are, once there are enough. */
final class CrewKeeper {
  private static final long SAY_AGAIN_NANOS = 5_000_000_000L;

  private final Map<String, ControlProtocol.Announce> nodes;
  private ExploreProtocol.Explore wanted;
  private boolean given;
  private long since;
  private long saidAt;

  /** {@code nodes}: that are there, by name; the coordinator's own. */
  CrewKeeper(Map<String, ControlProtocol.Announce> nodes) {
    this.nodes = nodes;
  }

  boolean isBusy() {
    return wanted != null;
  }

  boolean isFor(String run) {
    return wanted != null && wanted.run().equals(run);
  }

  boolean isClient(ActorRef<Void> actor) {
    return wanted != null && wanted.client().equals(actor);
  }

  /** Nobody explores any more. */
  void free() {
    wanted = null;
  }

  /**
   * An exploration is wanted, or still is.
   *
   * @param settled whether all nodes that are there have probably been heard of
   * @return whether it is heard of for the first time
   */
  boolean wants(ExploreProtocol.Explore explore, boolean settled) {
    if (wanted != null && !isFor(explore.run())) {
      explore.client().tell(new ExploreProtocol.Lost(explore.run(), busy("an exploration")));
      return false;
    }
    boolean first = wanted == null;
    if (first) {
      wanted = explore;
      given = explore.again();
      since = System.nanoTime();
      saidAt = since;
    }
    look(settled);
    return first;
  }

  static String busy(String with) {
    return "the cluster is busy with " + with + "; try again when it is over";
  }

  void look(boolean settled) {
    if (wanted == null) {
      return;
    }
    List<ExploreProtocol.Member> members = members();
    long now = System.nanoTime();
    boolean enough =
        given
            || (wanted.nodes() > 0
                ? members.size() >= wanted.nodes()
                : !members.isEmpty() && settled);
    if (enough) {
      given = true;
      wanted.client().tell(new ExploreProtocol.Crew(wanted.run(), members));
    } else if (now - since > wanted.waitMillis() * 1_000_000L) {
      wanted.client().tell(new ExploreProtocol.Lost(wanted.run(), "gave up: " + missing(members)));
      wanted = null;
    } else if (now - saidAt > SAY_AGAIN_NANOS) {
      saidAt = now;
      wanted
          .client()
          .tell(new ExploreProtocol.Waiting(wanted.run(), "waiting: " + missing(members)));
    }
  }

  /** Every node carries the whole machine of a run. */
  private List<ExploreProtocol.Member> members() {
    return nodes.values().stream()
        .filter(node -> node.capacity() >= wanted.places())
        .limit(wanted.nodes() > 0 ? wanted.nodes() : Long.MAX_VALUE)
        .map(node -> new ExploreProtocol.Member(node.name(), node.agent()))
        .toList();
  }

  private String missing(List<ExploreProtocol.Member> members) {
    long small = nodes.values().stream().filter(node -> node.capacity() < wanted.places()).count();
    return "%d of %s nodes are there%s"
        .formatted(
            members.size(),
            wanted.nodes() == 0 ? "1 or more" : String.valueOf(wanted.nodes()),
            small == 0
                ? ""
                : ", and %d too small: a run has %d CPUs, all on one node; start some with a larger --capacity"
                    .formatted(small, wanted.places()));
  }
}
