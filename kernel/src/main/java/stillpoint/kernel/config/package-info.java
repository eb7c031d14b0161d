/** What can be chosen about the guest's kernel and its programs, as checked records. */
package stillpoint.kernel.config;
