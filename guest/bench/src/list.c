/* A walk through a linked list in random order, with a little work at each node. */
#include "bench.h"

const char bench_name[] = "list";

struct node {
	struct node *next;
	u64 value;
};

enum { NODES = 1024 };

static struct node nodes[NODES];

void prepare(void)
{
	static u16 order[NODES];
	u64 state = 13;

	for (int i = 0; i < NODES; i++)
		order[i] = i;
	for (int i = NODES - 1; i > 0; i--) {
		int j = next_random(&state) % (i + 1);
		u16 swapped = order[i];

		order[i] = order[j];
		order[j] = swapped;
	}
	for (int i = 0; i < NODES; i++) {
		nodes[order[i]].next = &nodes[order[(i + 1) % NODES]];
		nodes[order[i]].value = next_random(&state);
	}
}

u64 pass(u64 checksum)
{
	struct node *node = nodes;
	u64 sum = 0, odd = 0;

	for (int i = 0; i < 8 * NODES; i++) {
		sum += node->value;
		if (node->value & 1)
			odd++;
		node = node->next;
	}
	node->value ^= sum;
	return fold(checksum, sum + odd);
}
