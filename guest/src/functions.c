/* functions.elf: one pass runs every function once or more, on data of its own. */
#include "guest.h"

void run_pass(struct pass *pass)
{
    run_sorting(pass);
    run_hashing(pass);
    run_strings(pass);
    run_numbers(pass);
    run_bits(pass);
    run_lists(pass);
}
