/*
 * Four sorts of the same words. What they must give is known without sorting: the sum of (rank + 1) * word over the
 * unsorted words, where the rank of a word is the number of words that come before it in order.
 */
#include "guest.h"

enum { WORDS = 8 };

void fill_random(struct pass *pass, u32 *words, u32 count)
{
    for (u32 i = 0; i < count; i++)
        words[i] = (u32)(next_random(pass) >> 40);
}

void copy_words(u32 *to, const u32 *from, u32 count)
{
    for (u32 i = 0; i < count; i++)
        to[i] = from[i];
}

void swap_words(u32 *a, u32 *b)
{
    u32 word = *a;

    *a = *b;
    *b = word;
}

u64 order_of(const u32 *words, u32 count)
{
    u64 sum = 0;

    for (u32 i = 0; i < count; i++)
        sum += (u64)(i + 1) * words[i];
    return sum;
}

u64 order_by_rank(const u32 *words, u32 count)
{
    u64 sum = 0;

    for (u32 i = 0; i < count; i++) {
        u32 rank = 0;

        for (u32 j = 0; j < count; j++)
            rank += words[j] < words[i] || (words[j] == words[i] && j < i);
        sum += (u64)(rank + 1) * words[i];
    }
    return sum;
}

void insertion_sort(u32 *words, u32 count)
{
    for (u32 i = 1; i < count; i++) {
        u32 word = words[i];
        u32 at = i;

        for (; at > 0 && words[at - 1] > word; at--)
            words[at] = words[at - 1];
        words[at] = word;
    }
}

u32 partition(u32 *words, u32 count)
{
    u32 pivot = words[count - 1];
    u32 small = 0;

    for (u32 i = 0; i + 1 < count; i++)
        if (words[i] < pivot)
            swap_words(&words[small++], &words[i]);
    swap_words(&words[small], &words[count - 1]);
    return small;
}

void quick_sort(u32 *words, u32 count)
{
    if (count > 1) {
        u32 middle = partition(words, count);

        quick_sort(words, middle);
        quick_sort(words + middle + 1, count - middle - 1);
    }
}

void sift_down(u32 *heap, u32 at, u32 count)
{
    u32 word = heap[at];

    for (u32 child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && heap[child + 1] > heap[child])
            child++;
        if (heap[child] <= word)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = word;
}

void heap_sort(u32 *words, u32 count)
{
    for (u32 i = count / 2; i-- > 0;)
        sift_down(words, i, count);
    for (u32 last = count - 1; last > 0; last--) {
        swap_words(&words[0], &words[last]);
        sift_down(words, 0, last);
    }
}

void merge_runs(u32 *to, const u32 *a, u32 countA, const u32 *b, u32 countB)
{
    while (countA + countB > 0) {
        if (countB == 0 || (countA > 0 && *a <= *b)) {
            *to++ = *a++;
            countA--;
        } else {
            *to++ = *b++;
            countB--;
        }
    }
}

void merge_sort(u32 *words, u32 *spare, u32 count)
{
    u32 half = count / 2;

    if (half == 0)
        return;
    merge_sort(words, spare, half);
    merge_sort(words + half, spare, count - half);
    merge_runs(spare, words, half, words + half, count - half);
    copy_words(words, spare, count);
}

/* Index of a word in sorted words, or count. */
u32 binary_search(const u32 *words, u32 count, u32 word)
{
    u32 low = 0;
    u32 high = count;

    while (low < high) {
        u32 middle = (low + high) / 2;

        if (words[middle] < word)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && words[low] == word ? low : count;
}

void run_sorting(struct pass *pass)
{
    u32 words[WORDS];
    u32 sorted[WORDS];
    u32 spare[WORDS];
    u64 due;
    u32 wanted;

    fill_random(pass, words, WORDS);
    due = order_by_rank(words, WORDS);
    copy_words(sorted, words, WORDS);
    insertion_sort(sorted, WORDS);
    check_equal(pass, FAIL_INSERTION_SORT, order_of(sorted, WORDS), due);
    copy_words(sorted, words, WORDS);
    quick_sort(sorted, WORDS);
    check_equal(pass, FAIL_QUICK_SORT, order_of(sorted, WORDS), due);
    copy_words(sorted, words, WORDS);
    heap_sort(sorted, WORDS);
    check_equal(pass, FAIL_HEAP_SORT, order_of(sorted, WORDS), due);
    copy_words(sorted, words, WORDS);
    merge_sort(sorted, spare, WORDS);
    check_equal(pass, FAIL_MERGE_SORT, order_of(sorted, WORDS), due);
    wanted = words[WORDS / 3];
    check_equal(pass, FAIL_BINARY_SEARCH, sorted[binary_search(sorted, WORDS, wanted)], wanted);
}
