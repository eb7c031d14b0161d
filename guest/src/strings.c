/* Strings: what one function does, another undoes or measures. */
#include "guest.h"

u32 string_length(const char *string)
{
    u32 length = 0;

    while (string[length])
        length++;
    return length;
}

void string_copy(char *to, const char *from)
{
    while ((*to++ = *from++))
        ;
}

int string_compare(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return (int)(u8)*a - (int)(u8)*b;
}

void string_reverse(char *string)
{
    u32 from = 0;
    u32 to = string_length(string);

    while (from + 1 < to) {
        char c = string[from];

        string[from++] = string[--to];
        string[to] = c;
    }
}

/* Index of a character, or the string's length. */
u32 string_find(const char *string, char wanted)
{
    u32 at = 0;

    while (string[at] && string[at] != wanted)
        at++;
    return at;
}

/* Decimal digits, least significant first, then turned round. */
void number_to_string(u64 number, char *string)
{
    u32 length = 0;

    do {
        string[length++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    string[length] = 0;
    string_reverse(string);
}

u64 string_to_number(const char *string)
{
    u64 number = 0;

    while (*string)
        number = number * 10 + (u64)(*string++ - '0');
    return number;
}

u32 digits_of(u64 number)
{
    u32 digits = 1;

    for (u64 power = 10; number >= power; power *= 10)
        digits++;
    return digits;
}

void run_strings(struct pass *pass)
{
    char string[24];
    char copy[24];
    u64 number = next_random(pass) >> 34;

    number_to_string(number, string);
    check_equal(pass, FAIL_STRING_LENGTH, string_length(string), digits_of(number));
    check_equal(pass, FAIL_STRING_NUMBER, string_to_number(string), number);
    string_copy(copy, string);
    check_equal(pass, FAIL_STRING_COPY, (u64)string_compare(copy, string), 0);
    string_reverse(copy);
    string_reverse(copy);
    check_equal(pass, FAIL_STRING_REVERSE, string_to_number(copy), number);
    check_equal(pass, FAIL_STRING_FIND, (u64)string[string_find(string, '0' + (char)(number % 10))], '0' + number % 10);
}
