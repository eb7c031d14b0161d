/** Payloads between two nodes, each once and in order, over a channel that may lose, repeat and reorder. */
package stillpoint.actors.link;
