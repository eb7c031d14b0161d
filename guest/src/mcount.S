/*
 * The tracer's way in, after the ABI that gcc -pg and Linux's ftrace use on 64-bit MIPS. Each traced function begins,
 * after its stack frame is made, with
 *
 *     or      $at, $ra, $zero         its own return address
 *     jal     _mcount                 the call site: the word that ftrace rewrites
 *     nop                             delay slot
 *
 * Site word as built: jal _mcount, which returns at once. Off: 0 (nop). On: jal ftrace_caller + 8, past the branch.
 * The caller of this code gets its ra back from at, and every register but at as it was.
 */
    .set noreorder
    .set noat
    .text

    .globl _mcount
    .globl ftrace_caller
    .globl ftrace_call
    .type ftrace_caller, @function
    .type _mcount, @function
    .ent ftrace_caller
_mcount:
ftrace_caller:
    b       ftrace_stub
    nop
/* ftrace_caller + 8: a site that is on enters here. A C function may change any of these. */
    daddiu  $sp, $sp, -80
    sd      $4, 0($sp)
    sd      $5, 8($sp)
    sd      $6, 16($sp)
    sd      $7, 24($sp)
    sd      $8, 32($sp)
    sd      $9, 40($sp)
    sd      $10, 48($sp)
    sd      $11, 56($sp)
    sd      $at, 64($sp)
    sd      $ra, 72($sp)
    daddiu  $4, $ra, -8             /* the site itself */
    move    $5, $at                 /* where its function was called */
/* The slot. Off: 0 (nop). On: jal function_trace_call. */
ftrace_call:
    nop
    nop
    ld      $4, 0($sp)
    ld      $5, 8($sp)
    ld      $6, 16($sp)
    ld      $7, 24($sp)
    ld      $8, 32($sp)
    ld      $9, 40($sp)
    ld      $10, 48($sp)
    ld      $11, 56($sp)
    ld      $at, 64($sp)
    ld      $ra, 72($sp)
    daddiu  $sp, $sp, 80
ftrace_stub:
    jr      $ra
    move    $ra, $at
    .end ftrace_caller
    .size ftrace_caller, . - ftrace_caller
    .size _mcount, . - _mcount

#include "gates.h"
    .globl function_trace_call
    .type function_trace_call, @function
    .ent function_trace_call
function_trace_call:
    syscall GATE_TRACE
    jr      $ra
    nop
    .end function_trace_call
    .size function_trace_call, . - function_trace_call
