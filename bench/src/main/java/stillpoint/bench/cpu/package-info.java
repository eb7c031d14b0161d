/** How fast one processor core executes guest instructions. */
package stillpoint.bench.cpu;
