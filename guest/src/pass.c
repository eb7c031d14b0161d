/* A thread of any guest program: passes until the kernel says stop, each checked and reported. */
#include "guest.h"

#define MIX 0x9e3779b97f4a7c15ul

/* Folds both values into the pass's checksums, and names the check at once when they differ. */
void check_equal(struct pass *pass, enum failure failure, u64 got, u64 due)
{
    pass->computed = ((pass->computed << 7 | pass->computed >> 57) ^ got) + MIX;
    pass->expected = ((pass->expected << 7 | pass->expected >> 57) ^ due) + MIX;
    if (got != due)
        gate_fail(failure, got);
}

/* Marsaglia's xorshift64 (13, 7, 17). The state is never zero. */
u64 next_random(struct pass *pass)
{
    u64 x = pass->random;

    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    pass->random = x;
    return x;
}

notrace void guest_main(u64 cpu, u64 threads, u64 thread)
{
    struct counters *counters = counters_of(thread);
    u64 increments = 0;
    u64 number = 0;

    (void)cpu;
    do {
        struct pass pass;

        pass.thread = thread;
        pass.number = number;
        pass.random = ((thread + 1) * MIX ^ (number + 1) << 17) | 1;
        pass.computed = number;
        pass.expected = number;
        run_pass(&pass);
        count_shared(counters, &increments);
        gate_report(pass.computed, pass.expected);
        number++;
    } while (!gate_resched());
    finish_counting(counters, thread, threads, increments);
    gate_exit(increments);
}
