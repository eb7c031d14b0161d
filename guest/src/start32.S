/* Entry of a guest thread, as start.S, for 32-bit programs. An o32 callee may store its arguments above sp. */
    .set noreorder
    .text
    .globl _start
    .type _start, @function
    .ent _start
_start:
    addiu   $sp, $sp, -32
    sw      $zero, 28($sp)
    j       guest_main
    move    $ra, $zero
    .end _start
    .size _start, . - _start
