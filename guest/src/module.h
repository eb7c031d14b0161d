/* The functions of the module. Core code reaches them through long calls only. */
#ifndef MODULE_H
#define MODULE_H

#include "guest.h"

u64 module_mix(u64 value);
u64 module_unmix_shift(u64 value);
u64 module_parity(u64 value);
u64 module_triangle(u64 n);
u64 module_collatz(u64 n);
u64 module_fold(struct pass *pass, u64 count);

#endif
