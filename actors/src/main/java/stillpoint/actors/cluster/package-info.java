/**
 * One machine over several JVMs: who is there, who carries what, how it starts, and what happens
 * when one is lost. Akka Cluster says who is there; {@link stillpoint.actors.cluster.RunCoordinator}
 * decides the rest.
 */
package stillpoint.actors.cluster;
