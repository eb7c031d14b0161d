/* Arithmetic: the hardware's multiplier and divider against shifts and adds, recursion against iteration. */
#include "guest.h"

enum { SIEVE = 48, PRIMES_BELOW_SIEVE = 15, MATRIX = 3 };

/* High 64 bits of a 64 x 64 bit product, from four 32 x 32 bit products. */
u64 multiply_high(u64 a, u64 b)
{
    u64 aLow = (u32)a, aHigh = a >> 32;
    u64 bLow = (u32)b, bHigh = b >> 32;
    u64 middle = aHigh * bLow + (aLow * bLow >> 32);
    u64 other = aLow * bHigh + (u32)middle;

    return aHigh * bHigh + (middle >> 32) + (other >> 32);
}

/* Quotient, a bit at a time; what is left goes to *remainder. */
u64 divide_by_shifting(u64 dividend, u64 divisor, u64 *remainder)
{
    u64 quotient = 0;
    u32 shift = 0;

    while (shift < 63 && divisor << shift < dividend >> 1)
        shift++;
    for (;; shift--) {
        if (dividend >= divisor << shift) {
            dividend -= divisor << shift;
            quotient |= 1ul << shift;
        }
        if (shift == 0)
            break;
    }
    *remainder = dividend;
    return quotient;
}

u64 greatest_common_divisor(u64 a, u64 b)
{
    while (b) {
        u64 rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

u64 power_modulo(u64 base, u64 exponent, u64 modulus)
{
    u64 power = 1;

    for (; exponent; exponent >>= 1) {
        if (exponent & 1)
            power = power * base % modulus;
        base = base * base % modulus;
    }
    return power;
}

/* Floor of the square root, by Newton's method from above. */
u64 square_root(u64 number)
{
    u64 root = number;
    u64 next = number / 2 + 1;

    while (next < root) {
        root = next;
        next = (root + number / root) / 2;
    }
    return root;
}

u32 count_primes(void)
{
    u8 composite[SIEVE];
    u32 primes = 0;

    for (u32 i = 0; i < SIEVE; i++)
        composite[i] = 0;
    for (u32 i = 2; i < SIEVE; i++) {
        if (composite[i])
            continue;
        primes++;
        for (u32 j = i * i; j < SIEVE; j += i)
            composite[j] = 1;
    }
    return primes;
}

u64 fibonacci_recursive(u32 n)
{
    return n < 2 ? n : fibonacci_recursive(n - 1) + fibonacci_recursive(n - 2);
}

u64 fibonacci_iterative(u32 n)
{
    u64 a = 0;
    u64 b = 1;

    while (n-- > 0) {
        u64 next = a + b;

        a = b;
        b = next;
    }
    return a;
}

void matrix_multiply(u64 (*to)[MATRIX], u64 (*a)[MATRIX], u64 (*b)[MATRIX])
{
    for (u32 row = 0; row < MATRIX; row++)
        for (u32 column = 0; column < MATRIX; column++) {
            u64 sum = 0;

            for (u32 i = 0; i < MATRIX; i++)
                sum += a[row][i] * b[i][column];
            to[row][column] = sum;
        }
}

void matrix_apply(u64 *to, u64 (*matrix)[MATRIX], const u64 *vector)
{
    for (u32 row = 0; row < MATRIX; row++) {
        u64 sum = 0;

        for (u32 i = 0; i < MATRIX; i++)
            sum += matrix[row][i] * vector[i];
        to[row] = sum;
    }
}

/* (A B) v against A (B v). */
void run_matrices(struct pass *pass)
{
    u64 a[MATRIX][MATRIX], b[MATRIX][MATRIX], product[MATRIX][MATRIX];
    u64 v[MATRIX], once[MATRIX], twice[MATRIX];

    for (u32 row = 0; row < MATRIX; row++) {
        v[row] = next_random(pass);
        for (u32 column = 0; column < MATRIX; column++) {
            a[row][column] = v[row] >> column * 5;
            b[row][column] = v[row] >> column * 9 ^ row;
        }
    }
    matrix_multiply(product, a, b);
    matrix_apply(once, product, v);
    matrix_apply(twice, b, v);
    matrix_apply(v, a, twice);
    for (u32 row = 0; row < MATRIX; row++)
        check_equal(pass, FAIL_MATRIX, once[row], v[row]);
}

void run_numbers(struct pass *pass)
{
    u64 a = next_random(pass);
    u64 b = next_random(pass) >> 20 | 1;
    u64 small = a >> 44 | 1;
    u64 remainder;
    u64 residue;
    u64 root;

    check_equal(pass, FAIL_MULTIPLY, multiply_high(a, b), (u64)((unsigned __int128)a * b >> 64));
    check_equal(pass, FAIL_DIVIDE, divide_by_shifting(a, b, &remainder), a / b);
    check_equal(pass, FAIL_DIVIDE, remainder, a % b);
    check_equal(pass, FAIL_GCD, greatest_common_divisor(6 * small, 10 * small), 2 * small);
    /* Fermat: 8191 is prime, so a number times its 8189th power leaves 1. */
    residue = small % 8190 + 1;
    check_equal(pass, FAIL_POWER, power_modulo(residue, 8189, 8191) * residue % 8191, 1);
    root = square_root(small);
    check_equal(pass, FAIL_SQUARE_ROOT, root * root <= small && (root + 1) * (root + 1) > small, 1);
    check_equal(pass, FAIL_PRIMES, count_primes(), PRIMES_BELOW_SIEVE);
    check_equal(pass, FAIL_FIBONACCI, fibonacci_recursive(5), fibonacci_iterative(5));
    run_matrices(pass);
}
