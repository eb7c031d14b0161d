/* What all guest programs share: types, self-checks, shared counters. */
#ifndef GUEST_H
#define GUEST_H

#include "gates.h"

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long u64;

/* Not a call site for the function tracer. */
#define notrace __attribute__((no_instrument_function))

/* Which self-check failed: the first argument of GATE_FAIL. */
enum failure {
    FAIL_LOCK_BROKEN = 1, /* two counters that only change together under the lock differ */
    FAIL_LOCKED_COUNT,    /* the counter under the lock is not the sum of all increments */
    FAIL_ATOMIC_COUNT,    /* the ll/sc counter is not the sum of all increments */
    FAIL_INSERTION_SORT,
    FAIL_QUICK_SORT,
    FAIL_HEAP_SORT,
    FAIL_MERGE_SORT,
    FAIL_BINARY_SEARCH,
    FAIL_FNV,
    FAIL_CRC,
    FAIL_SHA,
    FAIL_STRING_LENGTH,
    FAIL_STRING_COPY,
    FAIL_STRING_REVERSE,
    FAIL_STRING_FIND,
    FAIL_STRING_NUMBER,
    FAIL_MULTIPLY,
    FAIL_DIVIDE,
    FAIL_GCD,
    FAIL_POWER,
    FAIL_SQUARE_ROOT,
    FAIL_PRIMES,
    FAIL_FIBONACCI,
    FAIL_COUNT_ONES,
    FAIL_REVERSE_BITS,
    FAIL_LEADING_ZEROS,
    FAIL_SWAP_BYTES,
    FAIL_MATRIX,
    FAIL_LIST,
    FAIL_SITES,
    FAIL_MODULES,
};

/* One pass of one thread. */
struct pass {
    u64 thread;   /* number of the thread */
    u64 number;   /* of the pass, from 0 */
    u64 random;   /* state of the pass's generator, seeded by thread and pass number */
    u64 computed; /* folds what the code under test gave */
    u64 expected; /* folds what it had to give, known another way */
};

struct counters;

/* pass.c */
void check_equal(struct pass *pass, enum failure failure, u64 got, u64 due);
u64 next_random(struct pass *pass);

/* counters.c */
struct counters *counters_of(u64 thread);
void count_shared(struct counters *counters, u64 *increments);
void finish_counting(struct counters *counters, u64 thread, u64 threads, u64 increments);

/* The parts of a pass of functions.elf. */
void run_sorting(struct pass *pass);
void run_hashing(struct pass *pass);
void run_strings(struct pass *pass);
void run_numbers(struct pass *pass);
void run_bits(struct pass *pass);
void run_lists(struct pass *pass);

/* The work of one pass; each program has its own. */
void run_pass(struct pass *pass);

#endif
