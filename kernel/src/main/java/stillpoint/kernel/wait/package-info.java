/** Who waits for whom, and the proof that nobody can ever go on. */
package stillpoint.kernel.wait;
