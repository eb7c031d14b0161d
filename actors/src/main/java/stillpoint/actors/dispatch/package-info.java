/**
 * Where actors run: a dispatcher bound to a shard's own thread, and a mailbox small enough for a
 * million idle actors. Both are chosen by configuration; Akka's own serve as well, slower, with the
 * same results.
 */
package stillpoint.actors.dispatch;
