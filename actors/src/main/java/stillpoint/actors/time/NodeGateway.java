package stillpoint.actors.time;

import akka.actor.typed.ActorRef;
import stillpoint.machine.time.RemoteTraffic;

/**
 * The way from a node to the others, and to the machine's supervisor, wherever they are. Called by
 * any thread. Everything arrives, once; what one sends another arrives in order.
 */
public interface NodeGateway {
  /** This node's clock is there, and has not sent anything yet. */
  void connectNode(ActorRef<NodeProtocol.Command> clock);

  /** The machine's supervisor is on this node; said before the clock is there. */
  void connectMachine(ActorRef<SupervisionProtocol.MachineCommand> supervisor);

  void toNode(int node, NodeProtocol.Command command);

  void toMachine(SupervisionProtocol.MachineCommand command);

  /** What this node has sent to other nodes so far. */
  RemoteTraffic traffic();
}
