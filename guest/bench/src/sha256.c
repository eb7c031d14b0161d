/* SHA-256 (FIPS 180-4) of 4 KiB, each pass on the digest before. */
#include "bench.h"

const char bench_name[] = "sha256";

enum { BYTES = 4096 };

static u8 message[BYTES + 64];
static u32 k[64];

/* The first 32 bits of the fractional part of a prime's square (power 2) or cube root, by bisection. */
static u32 root_fraction(u32 prime, int power)
{
	u64 low = 0, high = 1ull << 36;

	/* the largest x with (x / 2^32)^power < prime */
	while (high - low > 1) {
		u64 middle = (low + high) >> 1;
		unsigned __int128 value = (unsigned __int128)middle * middle;

		if (power == 3)
			value *= middle;
		if (value >> 32 * power < prime)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static u32 initial[8];

void prepare(void)
{
	u64 state = 7;
	int n = 0;

	for (u32 candidate = 2; n < 64; candidate++) {
		int prime = 1;

		for (u32 d = 2; d * d <= candidate; d++)
			if (candidate % d == 0)
				prime = 0;
		if (!prime)
			continue;
		if (n < 8)
			initial[n] = root_fraction(candidate, 2);
		k[n++] = root_fraction(candidate, 3);
	}
	for (int i = 0; i < BYTES; i++)
		message[i] = next_random(&state);
	message[BYTES] = 0x80;
	message[BYTES + 62] = (BYTES * 8 >> 8) & 0xff;
	message[BYTES + 63] = (BYTES * 8) & 0xff;
	message[BYTES + 61] = BYTES * 8 >> 16;
}

static inline u32 ror(u32 x, int n)
{
	return x >> n | x << (32 - n);
}

static void block(u32 *h, const u8 *data)
{
	u32 w[64], v[8];

	for (int i = 0; i < 16; i++)
		w[i] = (u32)data[4 * i] << 24 | data[4 * i + 1] << 16 | data[4 * i + 2] << 8 | data[4 * i + 3];
	for (int i = 16; i < 64; i++) {
		u32 a = w[i - 15], b = w[i - 2];

		w[i] = w[i - 16] + (ror(a, 7) ^ ror(a, 18) ^ (a >> 3)) + w[i - 7] + (ror(b, 17) ^ ror(b, 19) ^ (b >> 10));
	}
	for (int i = 0; i < 8; i++)
		v[i] = h[i];
	for (int i = 0; i < 64; i++) {
		u32 e = v[4], a = v[0];
		u32 t1 = v[7] + (ror(e, 6) ^ ror(e, 11) ^ ror(e, 25)) + ((e & v[5]) ^ (~e & v[6])) + k[i] + w[i];
		u32 t2 = (ror(a, 2) ^ ror(a, 13) ^ ror(a, 22)) + ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));

		v[7] = v[6];
		v[6] = v[5];
		v[5] = e;
		v[4] = v[3] + t1;
		v[3] = v[2];
		v[2] = v[1];
		v[1] = a;
		v[0] = t1 + t2;
	}
	for (int i = 0; i < 8; i++)
		h[i] += v[i];
}

u64 pass(u64 checksum)
{
	u32 h[8];

	for (int i = 0; i < 8; i++) {
		h[i] = initial[i];
		message[i] = checksum >> 8 * i;
	}
	for (int at = 0; at < BYTES + 64; at += 64)
		block(h, message + at);
	return (u64)h[0] << 32 | h[1];
}
