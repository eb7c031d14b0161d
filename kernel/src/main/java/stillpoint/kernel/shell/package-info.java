/** The guest's shell: what a script line does. */
package stillpoint.kernel.shell;
