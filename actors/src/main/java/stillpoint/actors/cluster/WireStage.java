package stillpoint.actors.cluster;

/** What stands between a node's gateway and what carries its frames: nothing, but in tests. */
@FunctionalInterface
interface WireStage {
  WireStage NONE = carrier -> carrier;

  /** Frames go to the wire that this gives, which may hand them to {@code carrier}. */
  ClusterGateway.Wire before(ClusterGateway.Wire carrier);
}
