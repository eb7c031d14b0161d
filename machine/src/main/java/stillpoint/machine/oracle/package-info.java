/**
 * Random programs that a second implementation of the architecture can run too: the generator, and
 * the image that runs many of them and prints what each left behind. docs/oracle.md.
 */
package stillpoint.machine.oracle;
