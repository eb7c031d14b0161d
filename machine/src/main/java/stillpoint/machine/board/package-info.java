/** Boards: how many CPUs, which caches, controllers, links and clocks. */
package stillpoint.machine.board;
