/** Where the guest kernel's shared data lives in the simulated memory. */
package stillpoint.kernel.mm;
