#!/bin/sh
# Prints the C source of N small traced functions and the table of them: gen-sites.sh N
# What function number i computes is what site_due() in src/sites.c works out, with its constants filled in.
set -eu
[ $# -eq 1 ] || { echo "usage: gen-sites.sh NUMBER-OF-FUNCTIONS" >&2; exit 2; }
awk -v n="$1" 'BEGIN {
    print "#include \"guest.h\""
    for (i = 0; i < n; i++) printf "u64 site_%d(u64 x);\n", i
    for (i = 0; i < n; i++) {
        c = (i * 40503) % 32768
        s = 1 + int(i / 8) % 32
        kind = i % 8
        if (kind == 0) body = sprintf("x + %d", c)
        else if (kind == 1) body = sprintf("x ^ %d", c)
        else if (kind == 2) body = sprintf("%d - x", c)
        else if (kind == 3) body = sprintf("x << %d | x >> %d", s, 64 - s)
        else if (kind == 4) body = sprintf("~x + %d", c)
        else if (kind == 5) body = sprintf("x < 0x8000000000000000ul ? x + %d : x", c)
        else if (kind == 6) body = sprintf("x + (x << %d)", s)
        else body = sprintf("site_%d(x ^ %d) + 1", i - 7, c)
        printf "u64 site_%d(u64 x) { return %s; }\n", i, body
    }
    printf "const u32 sites = %d;\nu64 (*const site_table[])(u64) = {\n", n
    for (i = 0; i < n; i++) printf "site_%d,\n", i
    print "};"
}'
