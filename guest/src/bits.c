/* Bits: loops against the instructions that do it at once (dclz, dsbh, dshd), and things that undo themselves. */
#include "guest.h"

u32 count_ones_by_clearing(u64 word)
{
    u32 ones = 0;

    for (; word; word &= word - 1)
        ones++;
    return ones;
}

u32 count_ones_in_parallel(u64 word)
{
    word -= word >> 1 & 0x5555555555555555ul;
    word = (word & 0x3333333333333333ul) + (word >> 2 & 0x3333333333333333ul);
    word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0ful;
    return (u32)(word * 0x0101010101010101ul >> 56);
}

u64 swap_bytes(u64 word)
{
    u64 swapped = 0;

    for (u32 i = 0; i < 8; i++)
        swapped = swapped << 8 | (word >> 8 * i & 0xff);
    return swapped;
}

/* Bytes swapped, then the bits of each byte. */
u64 reverse_bits(u64 word)
{
    word = swap_bytes(word);
    word = (word & 0x0f0f0f0f0f0f0f0ful) << 4 | (word >> 4 & 0x0f0f0f0f0f0f0f0ful);
    word = (word & 0x3333333333333333ul) << 2 | (word >> 2 & 0x3333333333333333ul);
    return (word & 0x5555555555555555ul) << 1 | (word >> 1 & 0x5555555555555555ul);
}

/* By halves; 64 for zero. */
u32 leading_zeros(u64 word)
{
    u32 zeros = 64;

    for (u32 half = 32; half > 0; half >>= 1)
        if (word >> half) {
            zeros -= half;
            word >>= half;
        }
    return zeros - (word != 0);
}

void run_bits(struct pass *pass)
{
    u64 word = next_random(pass);

    check_equal(pass, FAIL_COUNT_ONES, count_ones_by_clearing(word), count_ones_in_parallel(word));
    check_equal(pass, FAIL_REVERSE_BITS, reverse_bits(reverse_bits(word)), word);
    word = word >> (word & 31) | 1;
    check_equal(pass, FAIL_LEADING_ZEROS, leading_zeros(word), (u64)__builtin_clzl(word));
    check_equal(pass, FAIL_SWAP_BYTES, swap_bytes(word), __builtin_bswap64(word));
}
