/**
 * Checkpoints: a run's snapshots on disk, from which another process, or another number of threads
 * and nodes, goes on. See docs/checkpoints.md for the format.
 */
package stillpoint.actors.checkpoint;
