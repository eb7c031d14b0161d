/** Measures the engine. The only place beside the shells where the wall clock is read. */
package stillpoint.actors.bench;
