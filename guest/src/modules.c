/* modules.elf: a small core, and a module beside it. A pass calls the core's functions and the module's in turn. */
#include "module.h"

/* The linker cannot make a jal reach them. */
static u64 (*const volatile mix)(u64) = module_mix;
static u64 (*const volatile unmix_shift)(u64) = module_unmix_shift;
static u64 (*const volatile parity)(u64) = module_parity;
static u64 (*const volatile triangle)(u64) = module_triangle;
static u64 (*const volatile collatz)(u64) = module_collatz;
static u64 (*const volatile fold)(struct pass *, u64) = module_fold;

u64 core_parity(u64 value)
{
    u64 odd = 0;

    for (; value; value &= value - 1)
        odd ^= 1;
    return odd;
}

u64 core_mix(u64 value)
{
    value ^= value >> 29;
    value *= 0xbf58476d1ce4e5b9ul;
    return value ^ value >> 32;
}

u64 core_fold(struct pass *pass, u64 count)
{
    u64 folded = 0;

    for (u64 i = 0; i < count; i++)
        folded = core_mix(folded ^ next_random(pass));
    return folded;
}

void run_pass(struct pass *pass)
{
    u64 value = next_random(pass);
    u64 random = pass->random;
    u64 folded;

    check_equal(pass, FAIL_MODULES, mix(value), core_mix(value));
    check_equal(pass, FAIL_MODULES, unmix_shift(unmix_shift(value)), value);
    check_equal(pass, FAIL_MODULES, parity(value), core_parity(value));
    check_equal(pass, FAIL_MODULES, triangle(40), 820);
    check_equal(pass, FAIL_MODULES, collatz(27), 111);
    folded = fold(pass, 12);
    pass->random = random;
    check_equal(pass, FAIL_MODULES, folded, core_fold(pass, 12));
}
