/*
 * A mixture of what compiled integer code does: sorting, checksums, division, 128-bit products, bit fields,
 * unaligned members, switches, strings, atomics. Its result is one hash that depends neither on byte order nor on the
 * machine, so a native build says what a simulated one must say:
 *
 *     cc -O1 -DNATIVE mixture.c && ./a.out
 */
typedef unsigned long u64;
typedef long i64;
typedef unsigned int u32;
typedef int i32;
typedef unsigned short u16;
typedef short i16;
typedef unsigned char u8;
typedef signed char i8;

struct packed {
    u32 a;
    u8 b;
    u64 c;
    i16 d;
} __attribute__((packed));

static i32 numbers[256];
static struct packed records[32];
static u8 bytes[512];
static char digits[32];
static u64 shared;
static u64 hash = 1469598103934665603UL;
static u64 seed = 88172645463325252UL;

static u64 next(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    return seed ^= seed << 17;
}

static void fold(u64 value)
{
    hash = (hash ^ value) * 1099511628211UL;
    hash = hash << 23 | hash >> 41;
}

static void sort(i32 *a, int left, int right)
{
    int i = left, j = right;
    i32 pivot = a[(left + right) / 2];
    while (i <= j) {
        while (a[i] < pivot)
            i++;
        while (a[j] > pivot)
            j--;
        if (i <= j) {
            i32 t = a[i];
            a[i++] = a[j];
            a[j--] = t;
        }
    }
    if (left < j)
        sort(a, left, j);
    if (i < right)
        sort(a, i, right);
}

static u32 crc(const u8 *p, int n)
{
    u32 c = ~0u;
    while (n--) {
        c ^= *p++;
        for (int k = 0; k < 8; k++)
            c = c >> 1 ^ (0xEDB88320 & -(c & 1));
    }
    return ~c;
}

static i32 choose(u64 x)
{
    switch (x % 11) {
    case 0: return 5;
    case 1: return -7;
    case 2: return 1234567;
    case 3: return (i32)x;
    case 4: return 0x7fffffff;
    case 5: return 42;
    default: return (i32)(x >> 7);
    }
}

static int print(i64 v, char *out)
{
    u64 u = v < 0 ? -(u64)v : (u64)v;
    char reversed[24];
    int n = 0, m = 0;
    do
        reversed[n++] = '0' + u % 10;
    while (u /= 10);
    if (v < 0)
        out[m++] = '-';
    while (n)
        out[m++] = reversed[--n];
    return m;
}

static void arithmetic(u64 a, u64 b)
{
    i64 sa = a, sb = b | 1;
    i32 wa = a, wb = b | 1;
    if (sb != -1) {
        fold(sa / sb);
        fold(sa % sb);
    }
    if (wb != -1) {
        fold(wa / wb);
        fold(wa % wb);
    }
    fold(a / (b | 1));
    fold(a % (b | 1));
    fold((u32)wa / (u32)wb);
    fold((u32)wa % (u32)wb);
    fold((u64)((unsigned __int128)a * b >> 64));
    fold((i64)((__int128)sa * sb >> 64));
    fold((i64)wa * wb);
    fold((u64)(u32)wa * (u32)wb);
    fold((u32)wa * (u32)wb + 7);
    fold(wa % 1000);
    fold(sa / 1000);
    fold(sa < sb);
    fold(a < b);
    fold(sa > 0 ? sa : -(u64)sb);
}

static void bits(u64 a, u64 b)
{
    fold((i32)a >> (b & 31));
    fold((u32)a >> (b & 31));
    fold((u32)a << (b & 31));
    fold((i64)a >> (b & 63));
    fold(a >> (b & 63));
    fold(a << (b & 63));
    fold(a >> (b & 63) | a << (-b & 63));
    fold((u32)a >> 7 | (u32)a << 25);
    fold((i16)a);
    fold((i8)a);
    fold(a >> 5 & 0xfff);
    fold(a >> 20 & 0x3ffffffffffUL);
    fold((a & ~0xfff0UL) | (b & 0xfff) << 4);
    fold(__builtin_clzl(a | 1));
    fold(__builtin_clz((u32)a | 1));
    fold(__builtin_ctzl(a | 1UL << 63));
    fold(__builtin_bswap64(a));
    fold(__builtin_bswap32((u32)a));
    fold(__builtin_bswap16((u16)a));
}

static void memory(u64 a, u64 b)
{
    int n = print(a, digits);
    for (int i = 0; i < n; i++)
        fold(digits[i]);
    __builtin_memcpy(bytes + 1 + (b & 63), digits, 20);
    __builtin_memset(bytes + 100 + (b & 127), a, 33);
    fold(crc(bytes, 300));
    fold(__atomic_fetch_add((u32 *)numbers, (u32)a, __ATOMIC_SEQ_CST));
    fold(__atomic_exchange_n(&shared, a, __ATOMIC_SEQ_CST));
    u32 expected = (b & 1) ? (u32)numbers[5] : 0;
    fold(__atomic_compare_exchange_n((u32 *)numbers + 5, &expected, (u32)b, 0, 5, 5));
    fold(numbers[5]);
}

u64 mixture(void)
{
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 256; i++)
            numbers[i] = (i32)next();
        sort(numbers, 0, 255);
        for (int i = 0; i < 256; i++)
            fold(numbers[i]);
        for (int i = 0; i < 32; i++) {
            u64 x = next();
            records[i] = (struct packed){x, x >> 13, x * 3, x >> 40};
        }
        for (int i = 0; i < 32; i++)
            fold(records[i].a + records[i].b * records[i].c - records[i].d);
        for (int i = 0; i < 60; i++) {
            u64 a = next(), b = next();
            fold(choose(a));
            arithmetic(a, b);
            bits(a, b);
            memory(a, b);
        }
    }
    return hash;
}

#ifdef NATIVE
#include <stdio.h>
int main(void)
{
    printf("%016lx\n", mixture());
    return 0;
}
#else
void *memcpy(void *to, const void *from, unsigned long n)
{
    for (unsigned long i = 0; i < n; i++)
        ((volatile u8 *)to)[i] = ((const u8 *)from)[i];
    return to;
}

void *memset(void *to, int value, unsigned long n)
{
    for (unsigned long i = 0; i < n; i++)
        ((volatile u8 *)to)[i] = value;
    return to;
}

__asm__(".section .text.start, \"ax\"\n"
        ".globl _start\n"
        ".set noreorder\n"
        "_start:\n"
        "    dla $sp, 0xffffffff8017fff0\n"
        "    jal mixture\n"
        "    nop\n"
        "    break 0\n"
        ".set reorder\n"
        ".previous\n");
#endif
