/** ELF files of the guest: reading, refusing, and what a debugger wants of them. */
package stillpoint.machine.elf;
