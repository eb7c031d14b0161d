/**
 * The shells of {@code stillpoint.machine.time}: each logical process an actor, each shard an
 * actor, supervisors that look at the machine at cuts. They carry, they never decide.
 */
package stillpoint.actors.time;
