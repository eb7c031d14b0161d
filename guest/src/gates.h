/*
 * Gates: the calls from a guest program into the modelled kernel. A gate is a `syscall` instruction whose 20-bit code
 * field names it; arguments in a0 and a1, result in v0, no other register changes. The kernel continues after it.
 */
#ifndef GATES_H
#define GATES_H

/* a0: address of a call site, a1: return address into its caller. Used by mcount.S only. */
#define GATE_TRACE 0x10
/* cond_resched(), then "should this thread stop?"; v0: 1 stop, 0 go on. */
#define GATE_RESCHED 0x11
/* a0: checksum that a pass computed, a1: checksum that was due. */
#define GATE_REPORT 0x12
/* a0: increments of shared counters by this thread. The thread ends here. */
#define GATE_EXIT 0x13
/* a0: which self-check failed (enum failure in guest.h), a1: the wrong value. */
#define GATE_FAIL 0x14

#ifndef __ASSEMBLER__

#define GATE_NAME_(code) #code
#define GATE_SYSCALL(code) "syscall " GATE_NAME_(code)

static inline __attribute__((always_inline)) long gate_resched(void)
{
    register long v0 __asm__("$2");

    __asm__ volatile(GATE_SYSCALL(GATE_RESCHED) : "=r"(v0) : : "memory");
    return v0;
}

static inline __attribute__((always_inline)) void gate_report(unsigned long computed, unsigned long expected)
{
    register unsigned long a0 __asm__("$4") = computed;
    register unsigned long a1 __asm__("$5") = expected;

    __asm__ volatile(GATE_SYSCALL(GATE_REPORT) : : "r"(a0), "r"(a1) : "$2", "memory");
}

static inline __attribute__((always_inline)) void gate_fail(unsigned long code, unsigned long value)
{
    register unsigned long a0 __asm__("$4") = code;
    register unsigned long a1 __asm__("$5") = value;

    __asm__ volatile(GATE_SYSCALL(GATE_FAIL) : : "r"(a0), "r"(a1) : "$2", "memory");
}

static inline __attribute__((always_inline, noreturn)) void gate_exit(unsigned long increments)
{
    register unsigned long a0 __asm__("$4") = increments;

    for (;;)
        __asm__ volatile(GATE_SYSCALL(GATE_EXIT) : : "r"(a0) : "$2", "memory");
}

#endif
#endif
