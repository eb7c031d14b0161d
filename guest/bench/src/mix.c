/* Sorted lists, small matrices, a state machine over text and a bitwise crc, in turn. */
#include "bench.h"

const char bench_name[] = "mix";

struct item {
	struct item *next;
	u16 key, index;
};

enum { ITEMS = 64, SIDE = 12, TEXT = 512 };

static struct item items[ITEMS];
static short left[SIDE][SIDE], right[SIDE][SIDE];
static u32 product[SIDE][SIDE];
static char text[TEXT + 1];

static u16 crc16(u32 value, u16 crc)
{
	for (int i = 0; i < 32; i++) {
		u16 bit = (crc ^ value) & 1;

		crc >>= 1;
		if (bit)
			crc ^= 0xa001;
		value >>= 1;
	}
	return crc;
}

void prepare(void)
{
	static const char *const words[] = { "17", "-3,", "+40.5", "1e9 ", ",", "abc", "0.25,", "9-" };
	u64 state = 3;
	int at = 0;

	for (int i = 0; i < SIDE; i++)
		for (int j = 0; j < SIDE; j++) {
			left[i][j] = next_random(&state);
			right[i][j] = next_random(&state);
		}
	while (at < TEXT) {
		const char *word = words[next_random(&state) & 7];

		while (*word && at < TEXT)
			text[at++] = *word++;
	}
}

/* Insertion by key, then a walk that reverses. */
static u32 lists(u64 *state)
{
	struct item *head = 0, *reversed = 0;
	u32 sum = 0;

	for (int i = 0; i < ITEMS; i++) {
		struct item **link = &head;

		items[i].key = next_random(state);
		items[i].index = i;
		while (*link && (*link)->key < items[i].key)
			link = &(*link)->next;
		items[i].next = *link;
		*link = &items[i];
	}
	while (head) {
		struct item *next = head->next;

		sum = sum * 31 + head->index;
		head->next = reversed;
		reversed = head;
		head = next;
	}
	return sum + reversed->key;
}

static u32 matrices(u32 seed)
{
	u32 sum = 0;

	for (int i = 0; i < SIDE; i++)
		for (int j = 0; j < SIDE; j++) {
			u32 cell = 0;

			for (int k = 0; k < SIDE; k++)
				cell += (left[i][k] + (short)seed) * right[k][j];
			product[i][j] = cell;
			sum += cell >> 3 & 0x7f;
		}
	return sum;
}

enum state { START, SIGN, DIGITS, POINT, EXPONENT, WRONG, STATES };

/* Which of the numbers in the text are well formed. */
static u32 scan(void)
{
	u32 counts[STATES] = { 0 };
	enum state now = START;

	for (const char *at = text; *at; at++) {
		char c = *at;
		int digit = c >= '0' && c <= '9';

		if (c == ',' || c == ' ') {
			counts[now]++;
			now = START;
			continue;
		}
		switch (now) {
		case START:
			now = digit ? DIGITS : c == '+' || c == '-' ? SIGN : WRONG;
			break;
		case SIGN:
			now = digit ? DIGITS : WRONG;
			break;
		case DIGITS:
			now = digit ? DIGITS : c == '.' ? POINT : c == 'e' ? EXPONENT : WRONG;
			break;
		case POINT:
		case EXPONENT:
			now = digit ? now : WRONG;
			break;
		default:
			break;
		}
	}
	return counts[DIGITS] + counts[POINT] * 100 + counts[EXPONENT] * 10000 + counts[WRONG] * 1000000;
}

u64 pass(u64 checksum)
{
	u64 state = checksum;
	u16 crc = 0xffff;

	for (int round = 0; round < 20; round++) {
		crc = crc16(lists(&state), crc);
		crc = crc16(matrices(crc), crc);
		crc = crc16(scan(), crc);
	}
	return fold(checksum, crc);
}
