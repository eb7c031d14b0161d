/* Where a loader jumps to: kernel mode, kseg0, nothing set up. */
	.set	noreorder
	.section .text.start, "ax"
	.globl	_start
_start:
	lui	$sp, %hi(stack_top)
	addiu	$sp, $sp, %lo(stack_top)
	jal	bench_main
	 nop
1:	b	1b
	 nop

	.bss
	.balign	16
	.space	16384
stack_top:
