/* Copies of all lengths: whole doublewords four at a time, then the rest, as libraries do. */
#include "bench.h"

const char bench_name[] = "memcpy";

enum { BYTES = 8192 };

static u64 source[BYTES / 8], target[BYTES / 8];

void prepare(void)
{
	u64 state = 11;

	for (int i = 0; i < BYTES / 8; i++)
		source[i] = next_random(&state) << 32 | next_random(&state);
}

static void __attribute__((noinline)) copy(void *to, const void *from, u32 bytes)
{
	u64 *t = to;
	const u64 *f = from;

	for (; bytes >= 32; bytes -= 32) {
		u64 a = f[0], b = f[1], c = f[2], d = f[3];

		t[0] = a;
		t[1] = b;
		t[2] = c;
		t[3] = d;
		t += 4;
		f += 4;
	}
	for (; bytes >= 8; bytes -= 8)
		*t++ = *f++;
	u8 *tb = (u8 *)t;
	const u8 *fb = (const u8 *)f;

	while (bytes-- > 0)
		*tb++ = *fb++;
}

u64 pass(u64 checksum)
{
	static const u16 lengths[] = { 8192, 4096, 1500, 64, 333, 8191, 40, 7, 2048, 576 };

	for (u32 i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		copy(target, source, lengths[i]);
		checksum = fold(checksum, target[(lengths[i] - 1) / 8]);
		source[i] ^= checksum;
	}
	return checksum;
}
