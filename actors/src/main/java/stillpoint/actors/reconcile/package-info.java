/**
 * Two placements of one run in lock-step, compared as they go. The first event that differs ends
 * both and is shown as either side saw it.
 */
package stillpoint.actors.reconcile;
