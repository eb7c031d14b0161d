/* Runs the passes, prints the checksum and ends the machine. */
#include "bench.h"

volatile u32 bench_passes = 1;

static volatile u8 *const uart = (volatile u8 *)(0xffffffffa0000000ull + UART);

static void put(char c)
{
	while (!(uart[5] & 0x20))
		;
	uart[0] = c;
}

static void print(const char *text)
{
	while (*text)
		put(*text++);
}

static void print_hex(u64 value)
{
	for (int shift = 60; shift >= 0; shift -= 4)
		put("0123456789abcdef"[value >> shift & 15]);
}

void bench_main(void)
{
	u64 checksum = 0;

	prepare();
	for (u32 i = bench_passes; i > 0; i--)
		checksum = pass(checksum);
	print(bench_name);
	print(" checksum 0x");
	print_hex(checksum);
	put('\n');
	*(volatile u32 *)(0xffffffffa0000000ull + EXIT) = 0x42;
	for (;;)
		;
}
