package stillpoint.actors.time;

import akka.actor.typed.ActorRef;
import stillpoint.machine.time.RemoteTraffic;

/** There is one node, this one. */
final class LocalGateway implements NodeGateway {
  private volatile ActorRef<NodeProtocol.Command> node;
  private volatile ActorRef<SupervisionProtocol.MachineCommand> machine;

  @Override
  public void connectNode(ActorRef<NodeProtocol.Command> clock) {
    node = clock;
  }

  @Override
  public void connectMachine(ActorRef<SupervisionProtocol.MachineCommand> supervisor) {
    machine = supervisor;
  }

  @Override
  public void toNode(int number, NodeProtocol.Command command) {
    node.tell(command);
  }

  @Override
  public void toMachine(SupervisionProtocol.MachineCommand command) {
    machine.tell(command);
  }

  @Override
  public RemoteTraffic traffic() {
    return RemoteTraffic.NONE;
  }
}
