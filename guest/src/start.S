/*
 * Entry of a guest thread: a0 = CPU number, a1 = number of threads, a2 = number of this thread, sp = top of its stack.
 * A return address of zero ends every backtrace here.
 */
    .set noreorder
    .text
    .globl _start
    .type _start, @function
    .ent _start
_start:
    daddiu  $sp, $sp, -16
    sd      $zero, 8($sp)
    j       guest_main
    move    $ra, $zero
    .end _start
    .size _start, . - _start
