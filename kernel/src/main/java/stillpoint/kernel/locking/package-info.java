/** Spin locks of the guest's kernel, and waiting in a busy loop. */
package stillpoint.kernel.locking;
