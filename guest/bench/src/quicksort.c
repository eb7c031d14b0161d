/* Quicksort of random doublewords, by recursion, small ranges by insertion. */
#include "bench.h"

const char bench_name[] = "quicksort";

enum { COUNT = 2048 };

static long long values[COUNT];

void prepare(void)
{
}

static void sort(long long *from, long long *to)
{
	while (to - from > 8) {
		long long pivot = from[(to - from) >> 1];
		long long *low = from, *high = to - 1;

		while (low <= high) {
			while (*low < pivot)
				low++;
			while (*high > pivot)
				high--;
			if (low <= high) {
				long long swapped = *low;

				*low++ = *high;
				*high-- = swapped;
			}
		}
		sort(from, high + 1);
		from = low;
	}
	for (long long *next = from + 1; next < to; next++) {
		long long value = *next, *at = next;

		while (at > from && at[-1] > value) {
			*at = at[-1];
			at--;
		}
		*at = value;
	}
}

u64 pass(u64 checksum)
{
	u64 state = checksum;

	for (int i = 0; i < COUNT; i++)
		values[i] = (long long)(next_random(&state) << 31 ^ next_random(&state)) - (1ll << 40);
	sort(values, values + COUNT);
	for (int i = 0; i < COUNT; i += 16)
		checksum = fold(checksum, values[i]);
	return checksum;
}
