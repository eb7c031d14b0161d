/* What the freestanding benchmarks share: numbers, and the word that says how long they run. */
#ifndef BENCH_H
#define BENCH_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

/* Physical addresses of Malta; a board that has its UART elsewhere sets its own. */
#ifndef UART
#define UART 0x180003f8u /* 16550 transmit; line status five bytes on */
#endif
#ifndef EXIT
#define EXIT 0x1f000500u /* SOFTRES: 0x42 resets the board */
#endif

/* How often pass() runs; whoever loads the ELF may change it. */
extern volatile u32 bench_passes;

/* The benchmark: its name, what happens once, and one pass, which folds what it computed into the checksum. */
extern const char bench_name[];
void prepare(void);
u64 pass(u64 checksum);

/* The next number of a linear congruential generator (Knuth, MMIX). */
static inline u64 next_random(u64 *state)
{
	*state = *state * 6364136223846793005ull + 1442695040888963407ull;
	return *state >> 33;
}

static inline u64 fold(u64 checksum, u64 value)
{
	checksum ^= value;
	checksum *= 0x9e3779b97f4a7c15ull;
	return checksum ^ (checksum >> 29);
}

#endif
