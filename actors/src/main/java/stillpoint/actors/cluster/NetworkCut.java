package stillpoint.actors.cluster;

import akka.actor.Address;
import akka.actor.ExtendedActorSystem;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.cluster.typed.Cluster;
import akka.remote.RemoteActorRefProvider;
import akka.remote.testkit.Blackhole$;
import akka.remote.testkit.Direction;
import akka.remote.testkit.SetThrottle;
import akka.remote.testkit.ThrottleMode;
import akka.remote.testkit.Unthrottled$;
import java.util.ArrayList;
import java.util.List;

/**
 * Between this node and all others, while it is cut: every message that goes out or comes in is dropped without a word, those
 * of Akka's own, heartbeats among them, by Artery's stages for tests, which must be on; frames of runs by whoever asks
 * {@link #isCut}. Connections stay, as they do when a cable is pulled.
 */
final class NetworkCut {
  private static final String STAGES = "akka.remote.artery.advanced.test-mode";

  private final List<Address> away = new ArrayList<>();
  private volatile boolean cut;

  boolean isCut() {
    return cut;
  }

  /** Nobody hears this node from now on, nor does it hear anybody. */
  synchronized void cut(ActorSystem<?> system) {
    if (!system.settings().config().getBoolean(STAGES)) {
      throw new IllegalStateException(STAGES + " is off: this node cannot be cut off");
    }
    cut = true;
    Cluster cluster = Cluster.get(system);
    cluster
        .state()
        .getMembers()
        .forEach(
            member -> {
              if (!member.address().equals(cluster.selfMember().address())) {
                away.add(member.address());
              }
            });
    away.forEach(other -> tell(system, other, Blackhole$.MODULE$.getInstance()));
  }

  synchronized void heal(ActorSystem<?> system) {
    away.forEach(other -> tell(system, other, Unthrottled$.MODULE$.getInstance()));
    away.clear();
    cut = false;
  }

  private static void tell(ActorSystem<?> system, Address other, ThrottleMode mode) {
    ExtendedActorSystem classic = (ExtendedActorSystem) Adapter.toClassic(system);
    ((RemoteActorRefProvider) classic.provider())
        .transport()
        .managementCommand(new SetThrottle(other, Direction.Both$.MODULE$.getInstance(), mode));
  }
}
