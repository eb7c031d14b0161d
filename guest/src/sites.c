/*
 * sites.elf: as many traced functions as a kernel had call sites. Each is one formula with its own constant; a pass
 * calls a stretch of them, and works out with one interpreter what each had to give.
 */
#include "guest.h"

enum { CALLS_PER_PASS = 120 };

/* Generated: functions site_0 .. site_(sites - 1). */
extern const u32 sites;
extern u64 (*const site_table[])(u64);

/* What function number i makes of x. */
notrace static u64 site_due(u32 i, u64 x)
{
    u64 constant = (u64)i * 40503 % 32749;
    u32 shift = 1 + constant % 63;

    switch (i % 8) {
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
    default:
        return (x ^ constant) + (u64)(i - 7) * 40503 % 32749 + 1;
    }
}

void run_pass(struct pass *pass, u64 thread, u64 number)
{
    u32 at = (u32)((thread * 1009 + number * CALLS_PER_PASS) % sites);
    u64 x = next_random(pass);

    for (u32 call = 0; call < CALLS_PER_PASS; call++) {
        u64 due = site_due(at, x);

        x = site_table[at](x);
        check_equal(pass, FAIL_SITES, x, due);
        x = due;
        at = at + 1 < sites ? at + 1 : 0;
    }
}
