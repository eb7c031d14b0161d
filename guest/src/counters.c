/*
 * Counters that threads share: some behind a spin lock, one with bare ll/sc. Sixteen neighbouring threads share a set,
 * so that a lock has as many users on a large machine as on a 16-way board; sets are dealt anew after the last.
 */
#include "guest.h"

enum { THREADS_PER_SET = 16, SETS = 256 };

struct counters {
    volatile u32 lock;
    u32 finished;         /* under the lock: threads that are done */
    u64 locked;           /* under the lock: counts */
    u64 locked_twin;      /* under the lock: always equal to locked */
    u64 increments;       /* under the lock: what finished threads say they added */
    volatile u32 atomic;  /* ll/sc: counts */
} __attribute__((aligned(256)));

static struct counters counters_sets[SETS];

/* Test, then test and set: waits on a plain load, which stays in the cache until the holder stores. */
void spin_lock(volatile u32 *lock)
{
    u32 value;

    __asm__ volatile(
        "   .set push\n"
        "   .set noreorder\n"
        "1: lw      %[value], 0(%[lock])\n"
        "   bnez    %[value], 1b\n"
        "   nop\n"
        "   ll      %[value], 0(%[lock])\n"
        "   bnez    %[value], 1b\n"
        "   li      %[value], 1\n"
        "   sc      %[value], 0(%[lock])\n"
        "   beqz    %[value], 1b\n"
        "   nop\n"
        "   sync\n"
        "   .set pop\n"
        : [value] "=&r"(value)
        : [lock] "r"(lock)
        : "memory");
}

void spin_unlock(volatile u32 *lock)
{
    __asm__ volatile("sync" : : : "memory");
    *lock = 0;
}

void atomic_add(volatile u32 *counter, u32 amount)
{
    u32 value;

    __asm__ volatile(
        "   .set push\n"
        "   .set noreorder\n"
        "1: ll      %[value], 0(%[counter])\n"
        "   addu    %[value], %[value], %[amount]\n"
        "   sc      %[value], 0(%[counter])\n"
        "   beqz    %[value], 1b\n"
        "   nop\n"
        "   .set pop\n"
        : [value] "=&r"(value)
        : [counter] "r"(counter), [amount] "r"(amount)
        : "memory");
}

notrace struct counters *counters_of(u64 thread)
{
    return &counters_sets[thread / THREADS_PER_SET % SETS];
}

void count_under_lock(struct counters *counters)
{
    spin_lock(&counters->lock);
    if (counters->locked != counters->locked_twin)
        gate_fail(FAIL_LOCK_BROKEN, counters->locked);
    counters->locked++;
    counters->locked_twin++;
    spin_unlock(&counters->lock);
}

/* Twice under the lock and twice atomically; adds the four to *increments. */
void count_shared(struct counters *counters, u64 *increments)
{
    count_under_lock(counters);
    atomic_add(&counters->atomic, 1);
    count_under_lock(counters);
    atomic_add(&counters->atomic, 1);
    *increments += 4;
}

/* Threads of 0 .. threads - 1 that share the set of this one. */
notrace static u64 sharers_of(u64 thread, u64 threads)
{
    u64 round = (u64)THREADS_PER_SET * SETS;
    u64 first = thread / THREADS_PER_SET % SETS * THREADS_PER_SET;
    u64 rest = threads % round;
    u64 sharers = threads / round * THREADS_PER_SET;

    if (rest > first)
        sharers += rest - first < THREADS_PER_SET ? rest - first : THREADS_PER_SET;
    return sharers;
}

/* The last thread of a set compares its counters with the sum of all increments. */
void finish_counting(struct counters *counters, u64 thread, u64 threads, u64 increments)
{
    spin_lock(&counters->lock);
    counters->increments += increments;
    counters->finished++;
    if (counters->finished == sharers_of(thread, threads)) {
        if (counters->locked * 2 != counters->increments)
            gate_fail(FAIL_LOCKED_COUNT, counters->locked);
        if ((u64)counters->atomic * 2 != counters->increments)
            gate_fail(FAIL_ATOMIC_COUNT, counters->atomic);
    }
    spin_unlock(&counters->lock);
}
