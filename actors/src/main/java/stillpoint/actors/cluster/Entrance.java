package stillpoint.actors.cluster;

import akka.actor.Address;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Knocks at members' doors until one answers. */
final class Entrance {
  private static final Duration KNOCK_EVERY = Duration.ofMillis(300);

  private enum Again {
    KNOCK
  }

  private Entrance() {}

  /** {@code answered} gets what the first of {@code members} to answer says. */
  static Behavior<DoorProtocol.Answer> create(
      String name,
      Passport own,
      List<Address> members,
      CompletableFuture<DoorProtocol.Answer> answered) {
    return Behaviors.<Object>withTimers(
            timers -> {
              timers.startTimerWithFixedDelay(Again.KNOCK, KNOCK_EVERY);
              return Behaviors.setup(
                  context -> {
                    ActorRef<DoorProtocol.Answer> replyTo = context.getSelf().narrow();
                    var knock = new DoorProtocol.Knock(name, own.facts(), replyTo);
                    knock(context.getSystem(), members, knock);
                    return Behaviors.receiveMessage(
                        message -> {
                          if (message instanceof DoorProtocol.Answer answer) {
                            answered.complete(answer);
                            return Behaviors.stopped();
                          }
                          if (answered.isDone()) {
                            return Behaviors.stopped();
                          }
                          knock(context.getSystem(), members, knock);
                          return Behaviors.same();
                        });
                  });
            })
        .narrow();
  }

  private static void knock(
      ActorSystem<?> system, List<Address> members, DoorProtocol.Knock knock) {
    for (Address member : members) {
      Adapter.toClassic(system)
          .actorSelection(member + "/user/" + Doorkeeper.NAME)
          .tell(knock, akka.actor.ActorRef.noSender());
    }
  }
}
