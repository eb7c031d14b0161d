/** The whole emulated machine put together: board, kernel, guest and script as one model for the engine. */
package stillpoint.kernel.system;
