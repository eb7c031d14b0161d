/*
 * functions32.elf: a guest in the 32-bit layout, whose call sites have two words. Each thread works on its own stack alone.
 * A pass computes everything twice, or undoes it, or compares with a published value.
 */
#include "gates.h"

typedef unsigned char u8;
typedef unsigned int u32;

#define notrace __attribute__((no_instrument_function))

enum { COUNT = 24, TEXT = 48 };

struct pass {
    u32 random;
    u32 computed;
    u32 expected;
};

/* Folds both values into the pass's checksums, and names the check at once when they differ. */
void check_equal(struct pass *pass, u32 check, u32 got, u32 due)
{
    pass->computed = (pass->computed << 7 | pass->computed >> 25) ^ got;
    pass->expected = (pass->expected << 7 | pass->expected >> 25) ^ due;
    if (got != due)
        gate_fail(check, got);
}

/* Marsaglia's xorshift32 (13, 17, 5). The state is never zero. */
u32 next_random(struct pass *pass)
{
    u32 x = pass->random;

    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    pass->random = x;
    return x;
}

/* Sorting. */

void fill_random(struct pass *pass, u32 *values)
{
    for (u32 i = 0; i < COUNT; i++)
        values[i] = next_random(pass) >> 8;
}

void copy_values(u32 *to, const u32 *from)
{
    for (u32 i = 0; i < COUNT; i++)
        to[i] = from[i];
}

u32 sum_values(const u32 *values)
{
    u32 sum = 0;

    for (u32 i = 0; i < COUNT; i++)
        sum += values[i];
    return sum;
}

u32 count_descents(const u32 *values)
{
    u32 descents = 0;

    for (u32 i = 1; i < COUNT; i++)
        descents += values[i] < values[i - 1];
    return descents;
}

void swap_values(u32 *a, u32 *b)
{
    u32 kept = *a;

    *a = *b;
    *b = kept;
}

void insertion_sort(u32 *values)
{
    for (u32 i = 1; i < COUNT; i++)
        for (u32 j = i; j > 0 && values[j] < values[j - 1]; j--)
            swap_values(&values[j], &values[j - 1]);
}

void sift_down(u32 *values, u32 from, u32 count)
{
    for (u32 child; (child = 2 * from + 1) < count; from = child) {
        if (child + 1 < count && values[child] < values[child + 1])
            child++;
        if (values[child] <= values[from])
            return;
        swap_values(&values[child], &values[from]);
    }
}

void heap_sort(u32 *values)
{
    for (u32 i = COUNT / 2; i > 0; i--)
        sift_down(values, i - 1, COUNT);
    for (u32 i = COUNT; i > 1; i--) {
        swap_values(&values[0], &values[i - 1]);
        sift_down(values, 0, i - 1);
    }
}

u32 smallest_from(const u32 *values, u32 from)
{
    u32 best = from;

    for (u32 i = from + 1; i < COUNT; i++)
        if (values[i] < values[best])
            best = i;
    return best;
}

void selection_sort(u32 *values)
{
    for (u32 i = 0; i < COUNT; i++)
        swap_values(&values[i], &values[smallest_from(values, i)]);
}

u32 binary_search(const u32 *values, u32 wanted)
{
    u32 low = 0, high = COUNT;

    while (low < high) {
        u32 middle = (low + high) / 2;

        if (values[middle] < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

u32 compare_values(const u32 *a, const u32 *b)
{
    u32 differing = 0;

    for (u32 i = 0; i < COUNT; i++)
        differing += a[i] != b[i];
    return differing;
}

void run_sorting(struct pass *pass)
{
    u32 values[COUNT], by_insertion[COUNT], by_heap[COUNT], by_selection[COUNT];

    fill_random(pass, values);
    copy_values(by_insertion, values);
    copy_values(by_heap, values);
    copy_values(by_selection, values);
    insertion_sort(by_insertion);
    heap_sort(by_heap);
    selection_sort(by_selection);
    check_equal(pass, 1, count_descents(by_insertion), 0);
    check_equal(pass, 2, sum_values(by_insertion), sum_values(values));
    check_equal(pass, 3, compare_values(by_heap, by_insertion), 0);
    check_equal(pass, 4, compare_values(by_selection, by_insertion), 0);
    check_equal(pass, 5, by_heap[binary_search(by_heap, values[7])], values[7]);
}

/* Strings and hashes. */

void fill_text(struct pass *pass, u8 *text)
{
    for (u32 i = 0; i + 1 < TEXT; i++)
        text[i] = (u8)('a' + (next_random(pass) >> 9) % 26);
    text[TEXT - 1] = 0;
}

u32 text_length(const u8 *text)
{
    u32 length = 0;

    while (text[length])
        length++;
    return length;
}

void copy_text(u8 *to, const u8 *from)
{
    while ((*to++ = *from++))
        ;
}

void reverse_text(u8 *text)
{
    for (u32 i = 0, j = text_length(text); i + 1 < j; i++) {
        u8 kept = text[i];

        text[i] = text[--j];
        text[j] = kept;
    }
}

int compare_text(const u8 *a, const u8 *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a - *b;
}

u32 fnv1a(const u8 *text)
{
    u32 hash = 2166136261u;

    for (; *text; text++)
        hash = (hash ^ *text) * 16777619u;
    return hash;
}

u32 crc_of_byte(u32 crc, u8 byte)
{
    crc ^= byte;
    for (u32 bit = 0; bit < 8; bit++)
        crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    return crc;
}

u32 crc32(const u8 *text)
{
    u32 crc = 0xffffffffu;

    for (; *text; text++)
        crc = crc_of_byte(crc, *text);
    return ~crc;
}

u32 adler32(const u8 *text)
{
    u32 a = 1, b = 0;

    for (; *text; text++) {
        a = (a + *text) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

u32 write_number(u8 *text, u32 number)
{
    u32 length = 0;

    do {
        text[length++] = (u8)('0' + number % 10);
        number /= 10;
    } while (number);
    text[length] = 0;
    reverse_text(text);
    return length;
}

u32 read_number(const u8 *text)
{
    u32 number = 0;

    for (; *text; text++)
        number = number * 10 + (*text - '0');
    return number;
}

void run_strings(struct pass *pass)
{
    static const u8 digits[] = "123456789";
    u8 text[TEXT], copy[TEXT], number[16];
    u32 value = next_random(pass);

    check_equal(pass, 11, crc32(digits), 0xcbf43926u);
    check_equal(pass, 12, fnv1a((const u8 *)"a"), 0xe40c292cu);
    check_equal(pass, 13, adler32((const u8 *)"Wikipedia"), 0x11e60398u);
    fill_text(pass, text);
    copy_text(copy, text);
    check_equal(pass, 14, (u32)compare_text(text, copy), 0);
    reverse_text(copy);
    reverse_text(copy);
    check_equal(pass, 15, (u32)compare_text(text, copy), 0);
    check_equal(pass, 16, text_length(text), TEXT - 1);
    write_number(number, value);
    check_equal(pass, 17, read_number(number), value);
}

/* Arithmetic. */

u32 multiply_slowly(u32 a, u32 b)
{
    u32 product = 0;

    for (; b; b >>= 1, a <<= 1)
        if (b & 1)
            product += a;
    return product;
}

u32 greatest_common_divisor(u32 a, u32 b)
{
    return b ? greatest_common_divisor(b, a % b) : a;
}

u32 power_modulo(u32 base, u32 exponent, u32 modulus)
{
    u32 result = 1;

    for (base %= modulus; exponent; exponent >>= 1, base = base * base % modulus)
        if (exponent & 1)
            result = result * base % modulus;
    return result;
}

u32 square_root(u32 number)
{
    u32 root = 0;

    for (u32 bit = 1u << 15; bit; bit >>= 1)
        if ((root | bit) * (root | bit) <= number)
            root |= bit;
    return root;
}

u32 fibonacci(u32 n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

u32 fibonacci_by_sums(u32 n)
{
    u32 a = 0, b = 1;

    while (n--) {
        u32 next = a + b;

        a = b;
        b = next;
    }
    return a;
}

u32 is_prime(u32 number)
{
    for (u32 d = 2; d * d <= number; d++)
        if (number % d == 0)
            return 0;
    return number > 1;
}

u32 count_primes(u32 below)
{
    u32 count = 0;

    for (u32 n = 2; n < below; n++)
        count += is_prime(n);
    return count;
}

u32 ackermann(u32 m, u32 n)
{
    if (m == 0)
        return n + 1;
    return ackermann(m - 1, n == 0 ? 1 : ackermann(m, n - 1));
}

void run_numbers(struct pass *pass)
{
    u32 a = next_random(pass), b = next_random(pass) | 1;
    u32 root = square_root(a);

    check_equal(pass, 21, multiply_slowly(a, b), a * b);
    check_equal(pass, 22, a / b * b + a % b, a);
    check_equal(pass, 23, greatest_common_divisor(1071 * (b & 0xffff), 462 * (b & 0xffff)), 21 * (b & 0xffff));
    check_equal(pass, 24, power_modulo(a, 65520, 65521), a % 65521 != 0 ? 1 : 0);
    check_equal(pass, 25, root * root <= a && (root == 65535 || (root + 1) * (root + 1) > a), 1);
    check_equal(pass, 26, fibonacci(8), fibonacci_by_sums(8));
    check_equal(pass, 27, count_primes(60), 17);
    check_equal(pass, 28, ackermann(2, 3), 9);
}

/* Bits. */

u32 count_ones(u32 word)
{
    u32 ones = 0;

    for (; word; word &= word - 1)
        ones++;
    return ones;
}

u32 count_ones_in_parallel(u32 word)
{
    word -= word >> 1 & 0x55555555;
    word = (word & 0x33333333) + (word >> 2 & 0x33333333);
    return ((word + (word >> 4)) & 0x0f0f0f0f) * 0x01010101 >> 24;
}

u32 reverse_bits(u32 word)
{
    u32 reversed = 0;

    for (u32 i = 0; i < 32; i++, word >>= 1)
        reversed = reversed << 1 | (word & 1);
    return reversed;
}

u32 leading_zeros(u32 word)
{
    u32 zeros = 0;

    while (zeros < 32 && !(word >> (31 - zeros)))
        zeros++;
    return zeros;
}

u32 swap_bytes(u32 word)
{
    return word << 24 | (word & 0xff00) << 8 | (word >> 8 & 0xff00) | word >> 24;
}

u32 to_gray(u32 word)
{
    return word ^ word >> 1;
}

u32 from_gray(u32 gray)
{
    for (u32 shift = 16; shift; shift >>= 1)
        gray ^= gray >> shift;
    return gray;
}

u32 rotate_left(u32 word, u32 by)
{
    return by ? word << by | word >> (32 - by) : word;
}

void run_bits(struct pass *pass)
{
    u32 word = next_random(pass);

    check_equal(pass, 31, count_ones(word), count_ones_in_parallel(word));
    check_equal(pass, 32, reverse_bits(reverse_bits(word)), word);
    check_equal(pass, 33, leading_zeros(word), (u32)__builtin_clz(word));
    check_equal(pass, 34, swap_bytes(swap_bytes(word)), word);
    check_equal(pass, 35, from_gray(to_gray(word)), word);
    check_equal(pass, 36, rotate_left(rotate_left(word, word & 31), (32 - (word & 31)) & 31), word);
}

/* Lists. */

struct node {
    u32 value;
    struct node *next;
};

struct node *push_node(struct node *head, struct node *node, u32 value)
{
    node->value = value;
    node->next = head;
    return node;
}

struct node *reverse_list(struct node *head)
{
    struct node *reversed = 0;

    while (head) {
        struct node *next = head->next;

        head->next = reversed;
        reversed = head;
        head = next;
    }
    return reversed;
}

u32 list_length(const struct node *head)
{
    return head ? 1 + list_length(head->next) : 0;
}

u32 list_sum(const struct node *head)
{
    return head ? head->value + list_sum(head->next) : 0;
}

void run_lists(struct pass *pass)
{
    struct node nodes[COUNT];
    struct node *head = 0;
    u32 sum = 0, first = 0;

    for (u32 i = 0; i < COUNT; i++) {
        u32 value = next_random(pass);

        first = i ? first : value;
        sum += value;
        head = push_node(head, &nodes[i], value);
    }
    check_equal(pass, 41, list_length(head), COUNT);
    head = reverse_list(head);
    check_equal(pass, 42, list_sum(head), sum);
    check_equal(pass, 43, head->value, first);
}

notrace void guest_main(u32 cpu, u32 threads, u32 thread)
{
    u32 number = 0;

    (void)cpu;
    (void)threads;
    do {
        struct pass pass;

        pass.random = ((thread + 1) * 0x9e3779b9u ^ (number + 1) << 13) | 1;
        pass.computed = number;
        pass.expected = number;
        run_sorting(&pass);
        run_strings(&pass);
        run_numbers(&pass);
        run_bits(&pass);
        run_lists(&pass);
        gate_report(pass.computed, pass.expected);
        number++;
    } while (!gate_resched());
    gate_exit(0);
}
