/*
 * A module: its functions lie in .modules, far from the core, and are compiled with -mlong-calls, so that their call sites
 * are long calls. They call each other and the core.
 */
#include "module.h"

#define module __attribute__((section(".modules")))

module u64 module_mix(u64 value)
{
    value ^= value >> 29;
    value *= 0xbf58476d1ce4e5b9ul;
    return value ^ value >> 32;
}

module u64 module_unmix_shift(u64 value)
{
    return value ^ value >> 32;
}

module u64 module_parity(u64 value)
{
    for (u32 shift = 32; shift; shift >>= 1)
        value ^= value >> shift;
    return value & 1;
}

module u64 module_triangle(u64 n)
{
    return n ? n + module_triangle(n - 1) : 0;
}

module u64 module_collatz(u64 n)
{
    u64 steps = 0;

    for (; n != 1; steps++)
        n = n & 1 ? 3 * n + 1 : n / 2;
    return steps;
}

/* Calls back into the core. */
module u64 module_fold(struct pass *pass, u64 count)
{
    u64 folded = 0;

    for (u64 i = 0; i < count; i++)
        folded = module_mix(folded ^ next_random(pass));
    return folded;
}
