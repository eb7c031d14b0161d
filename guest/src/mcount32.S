/*
 * The tracer's way in, after the ABI that gcc -pg and Linux's ftrace use on 32-bit MIPS (o32). Each traced function begins,
 * after its stack frame is made, with
 *
 *     or      $at, $ra, $zero         its own return address
 *     jal     _mcount                 the call site's first word
 *     addiu   $sp, $sp, -8            its delay slot, the second: _mcount pops two words
 *
 * As built: jal _mcount, which pops and returns at once. Off: both words 0. On: jal ftrace_caller + 8, past the branch and
 * past the pop, and the delay slot stays 0. A first word of one kind executed with a second of the other leaves the stack
 * 8 bytes off. The caller of this code gets its ra back from at, and every register but at as it was.
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
    addiu   $sp, $sp, 8
/* ftrace_caller + 8: a site that is on enters here. A C function may change any of these. */
    addiu   $sp, $sp, -48
    sw      $4, 16($sp)
    sw      $5, 20($sp)
    sw      $6, 24($sp)
    sw      $7, 28($sp)
    sw      $2, 32($sp)             /* the static chain */
    sw      $at, 36($sp)
    sw      $ra, 40($sp)
    addiu   $4, $ra, -8             /* the site itself */
    move    $5, $at                 /* where its function was called */
/* The slot. Off: 0 (nop). On: jal function_trace_call. */
ftrace_call:
    nop
    nop
    lw      $4, 16($sp)
    lw      $5, 20($sp)
    lw      $6, 24($sp)
    lw      $7, 28($sp)
    lw      $2, 32($sp)
    lw      $at, 36($sp)
    lw      $ra, 40($sp)
    addiu   $sp, $sp, 48
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
