/*
 * sites.elf: as many traced functions as a kernel had call sites. Each is one formula with its own constants; a pass
 * sends a number through a stretch of them, and through one interpreter that knows what each has to give.
 */
#include "guest.h"

enum { CALLS_PER_PASS = 160 };

/* Generated: functions site_0 .. site_(sites - 1). */
extern const u32 sites;
extern u64 (*const site_table[])(u64);

notrace static u64 constant_of(u32 site)
{
    return site * 40503 & 0x7fff;
}

/* What function number site makes of x; gen-sites.sh writes the same as C, with the constants worked out. */
notrace static u64 site_due(u32 site, u64 x)
{
    u64 constant = constant_of(site);
    u32 shift = 1 + (site >> 3 & 31);

    switch (site & 7) {
    case 0:
        return x + constant;
    case 1:
        return x ^ constant;
    case 2:
        return constant - x;
    case 3:
        return x << shift | x >> (64 - shift);
    case 4:
        return constant - 1 - x;
    case 5:
        return (long)x < 0 ? x : x + constant;
    case 6:
        return x * ((1ul << shift) + 1);
    default: /* calls the first of its eight */
        return (x ^ constant) + constant_of(site - 7) + 1;
    }
}

void run_pass(struct pass *pass)
{
    u32 site = (u32)((pass->thread * 1009 + pass->number * CALLS_PER_PASS) % sites);
    u64 x = next_random(pass);
    u64 due = x;

    for (u32 call = 0; call < CALLS_PER_PASS; call++) {
        x = site_table[site](x);
        due = site_due(site, due);
        site = site + 1 < sites ? site + 1 : 0;
    }
    check_equal(pass, FAIL_SITES, x, due);
}
