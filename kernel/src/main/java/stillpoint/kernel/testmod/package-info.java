/** What the test modules run: kernel protocols, each in the right way and in one that was once a bug. */
package stillpoint.kernel.testmod;
