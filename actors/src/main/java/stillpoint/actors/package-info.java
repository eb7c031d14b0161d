/**
 * Virtual time on Akka actors: {@link stillpoint.actors.Simulation} runs a model, {@code time}
 * holds the shells.
 */
package stillpoint.actors;
