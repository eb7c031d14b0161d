package stillpoint.actors.cluster;

/**
 * What may come from another JVM. The serializer is bound to this type alone: bytes that name any
 * other class are refused.
 */
interface ClusterMessage {}
