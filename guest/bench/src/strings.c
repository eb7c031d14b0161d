/* Records with names: copies, comparisons, lookups and small procedures, as business programs have them. */
#include "bench.h"

const char bench_name[] = "strings";

struct record {
	struct record *next;
	u32 kind, amount;
	char name[32];
};

enum { RECORDS = 48 };

static struct record records[RECORDS];
static char buffer[64];

static u32 length(const char *s)
{
	const char *end = s;

	while (*end)
		end++;
	return end - s;
}

static int compare(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return (u8)*a - (u8)*b;
}

static char *append(char *to, const char *from)
{
	while ((*to = *from++))
		to++;
	return to;
}

static char *append_number(char *to, u32 number)
{
	char digits[12];
	int n = 0;

	do {
		digits[n++] = '0' + number % 10;
		number /= 10;
	} while (number);
	while (n > 0)
		*to++ = digits[--n];
	*to = 0;
	return to;
}

void prepare(void)
{
	static const char *const names[] = { "ledger ", "invoice ", "receipt ", "order " };
	u64 state = 5;

	for (int i = 0; i < RECORDS; i++) {
		struct record *r = &records[i];

		append_number(append(r->name, names[i & 3]), next_random(&state) % 100000);
		r->kind = i & 3;
		r->amount = next_random(&state) & 0xffff;
		r->next = &records[(i * 29 + 7) % RECORDS];
	}
}

static struct record *find(const char *name)
{
	for (int i = 0; i < RECORDS; i++)
		if (compare(records[i].name, name) == 0)
			return &records[i];
	return 0;
}

static u32 classify(const struct record *r, u32 limit)
{
	switch (r->kind) {
	case 0:
		return r->amount > limit ? 3 : 1;
	case 1:
		return r->amount & 1 ? 5 : r->next->kind;
	case 2:
		return length(r->name);
	default:
		return r->amount % 7;
	}
}

u64 pass(u64 checksum)
{
	struct record *r = &records[checksum % RECORDS];
	u32 sum = checksum;

	for (int i = 0; i < 400; i++) {
		struct record copy = *r;
		char *end = append(buffer, copy.name);

		append_number(append(end, "/"), sum & 0xff);
		sum += classify(&copy, sum & 0x7fff) + length(buffer);
		*end = 0;
		r = find(buffer);
		r->amount = (r->amount + sum) & 0xffff;
		r = r->next;
	}
	return fold(checksum, sum);
}
