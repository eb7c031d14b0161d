package stillpoint.actors.time;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.ExtensibleBehavior;
import akka.actor.typed.Signal;
import akka.actor.typed.TypedActorContext;
import akka.actor.typed.javadsl.Behaviors;
import stillpoint.machine.time.BrokenInvariant;

/**
 * What all shells share: whatever is thrown in one ends the run. The guardian is told, the actor
 * stops, and since it then neither answers nor counts down, nothing goes on from a broken state.
 * One object an actor: there may be a million.
 */
abstract class Shell<C> extends ExtensibleBehavior<C> {
  private final ActorRef<SupervisionProtocol.RunCommand> guardian;

  Shell(ActorRef<SupervisionProtocol.RunCommand> guardian) {
    this.guardian = guardian;
  }

  abstract void on(C command);

  /** For a failure that does not name its place itself. */
  abstract String name();

  final ActorRef<SupervisionProtocol.RunCommand> guardian() {
    return guardian;
  }

  @Override
  public final Behavior<C> receive(TypedActorContext<C> context, C command) {
    try {
      on(command);
      return this;
    } catch (Throwable failure) {
      report(guardian, name(), failure);
      return Behaviors.stopped();
    }
  }

  @Override
  public final Behavior<C> receiveSignal(TypedActorContext<C> context, Signal signal) {
    return Behaviors.unhandled();
  }

  static void report(
      ActorRef<SupervisionProtocol.RunCommand> guardian, String name, Throwable failure) {
    guardian.tell(
        new SupervisionProtocol.Failed(
            failure instanceof BrokenInvariant broken
                ? broken
                : new BrokenInvariant(name + ": " + failure, failure)));
  }
}
