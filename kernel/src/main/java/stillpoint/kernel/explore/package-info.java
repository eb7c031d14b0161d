/** What explored runs of a machine are, and how two of them are found to have the same cause. */
package stillpoint.kernel.explore;
