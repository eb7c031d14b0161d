#!/bin/sh
# Builds the guest programs.
#
#   guest/build.sh [DIRECTORY]   builds all guest programs into DIRECTORY, by default beside this script
#   guest/build.sh --check       builds into a temporary directory and compares, byte for byte, with those in the tree
#
# The files in the tree were made by mips64-linux-gnuabi64-gcc (Debian 12.2.0-14) 12.2.0 with GNU ld 2.40.
# Exit: 0 done or equal; 1 different or not built; 2 wrong use; 77 no cross compiler.
set -eu
LC_ALL=C
export LC_ALL

cross=mips64-linux-gnuabi64
made_by=12.2.0
sites_wanted=9118
benchmarks="mix strings sha256 quicksort memcpy list"
built="functions.elf sites.elf modules.elf functions32.elf"
for name in $benchmarks; do
  built="$built bench/$name.elf"
done

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

check=no
out=$here
case $#:${1-} in
  0:) ;;
  1:--check) check=yes; out=$scratch/built; mkdir "$out" ;;
  1:-*) echo "usage: build.sh [DIRECTORY | --check]" >&2; exit 2 ;;
  1:*) mkdir -p "$1"; out=$(CDPATH= cd -- "$1" && pwd) ;;
  *) echo "usage: build.sh [DIRECTORY | --check]" >&2; exit 2 ;;
esac

mkdir -p "$out/bench"

for tool in gcc ld nm objdump; do
  if ! command -v "$cross-$tool" >/dev/null 2>&1; then
    echo "build.sh: $cross-$tool is not installed (Debian: apt-get install gcc-$cross)" >&2
    exit 77
  fi
done

# Code as in a MIPS kernel: 64-bit, symbols in 32 bits, no GOT, no FPU, one profiling call a function. No function is
# inlined, merged or cloned, since each is a call site; calls stay calls, so that every parent is a true caller. gcc may
# not turn a loop into a call of memset, nor assume which registers a traced call leaves alone.
abi64="-march=mips64r2 -mabi=64 -msym32"
abi32="-march=mips32r2 -mabi=32"
code_flags="-O2 -pg -EB -mno-abicalls -fno-pic -fno-pie -G0 -msoft-float
  -mno-branch-likely -ffreestanding -fno-builtin -fno-common -fno-asynchronous-unwind-tables -fno-stack-protector
  -fno-inline -fno-ipa-cp -fno-ipa-sra -fno-ipa-icf -fno-ipa-ra -fno-ipa-pure-const -fno-ipa-modref
  -fno-partial-inlining -fno-optimize-sibling-calls -fno-tree-loop-distribute-patterns"
plain_flags="-std=gnu11 -Wall -Wextra -Werror -fno-ident -g0"

abi=$abi64
compile() { # SOURCE OBJECT [FLAGS]
  source=$1 object=$2
  shift 2
  (cd "$scratch" && "$cross-gcc" $plain_flags $abi $code_flags "$@" -c "$source" -o "$object")
}

link32() { # ELF OBJECT...
  elf=$1
  shift
  link_with elf32btsmip guest32.ld "$elf" "$@"
}

link() { # ELF OBJECT...
  elf=$1
  shift
  link_with elf64btsmip guest.ld "$elf" "$@"
}

link_with() { # EMULATION SCRIPT ELF OBJECT...
  emulation=$1 script=$2 elf=$3
  shift 3
  (cd "$scratch" && "$cross-ld" -EB -m "$emulation" -static -nostdlib --build-id=none --fatal-warnings \
    -z max-page-size=256 -z noexecstack --discard-locals -T "$here/$script" -o "$out/$elf" "$@")
}

sites_in() { # ELF
  calls=$("$cross-objdump" -d "$1" \
    | grep -c '[[:space:]]jal[[:space:]].*<_mcount>\|[[:space:]]jal[[:space:]].*<ftrace_caller>' || true)
  long_calls=$("$cross-objdump" -d -j .modules "$1" 2>/dev/null \
    | grep -A1 '[[:space:]]move[[:space:]]at,ra' | grep -c '[[:space:]]jalr[[:space:]]v1' || true)
  echo $((calls + long_calls))
}

cp "$here"/src/*.[chS] "$scratch"
for unit in start mcount; do
  compile "$unit.S" "$unit.o"
done
for unit in pass counters functions sorting hashing strings numbers bits lists sites; do
  compile "$unit.c" "$unit.o"
done

shared="start.o mcount.o pass.o counters.o"
link functions.elf $shared functions.o sorting.o hashing.o strings.o numbers.o bits.o lists.o

# The generated functions fill up what the shared code leaves of the number wanted.
written=0
for object in $shared sites.o; do
  in_object=$("$cross-objdump" -dr "$scratch/$object" | grep -c 'R_MIPS_26[[:space:]]*_mcount' || true)
  written=$((written + in_object))
done
"$here/gen-sites.sh" $((sites_wanted - written)) >"$scratch/generated.c"
compile generated.c generated.o -falign-functions=4
link sites.elf $shared sites.o generated.o

compile modules.c modules.o
compile module.c module.o -mlong-calls
link_with elf64btsmip modules.ld modules.elf $shared modules.o module.o

# o32, as a 32-bit kernel has it: two words a call site.
abi=$abi32
for unit in start32 mcount32; do
  compile "$unit.S" "$unit.o"
done
compile functions32.c functions32.o
link32 functions32.elf start32.o mcount32.o functions32.o

# Freestanding programs to measure CPUs with: optimised as anybody would, no profiling calls.
bench_flags="-O2 -EB -mno-abicalls -fno-pic -fno-pie -G0 -msoft-float -ffreestanding -fno-builtin -fno-common
  -fno-asynchronous-unwind-tables -fno-stack-protector -fno-tree-loop-distribute-patterns"
mkdir "$scratch/bench"
cp "$here"/bench/src/*.[chS] "$scratch/bench"
bench_object() { # SOURCE OBJECT
  (cd "$scratch/bench" && "$cross-gcc" $plain_flags $abi64 $bench_flags -c "$1" -o "$2")
}
bench_object start.S start.o
bench_object main.c main.o
for name in $benchmarks; do
  bench_object "$name.c" "$name.o"
  link_with elf64btsmip bench/bench.ld "bench/$name.elf" bench/start.o bench/main.o "bench/$name.o"
done

sites=$(sites_in "$out/sites.elf")
if [ "$sites" -ne "$sites_wanted" ]; then
  echo "build.sh: sites.elf has $sites call sites, not $sites_wanted" >&2
  exit 1
fi

if [ "$check" = yes ]; then
  status=0
  for elf in $built; do
    if cmp -s "$out/$elf" "$here/$elf"; then
      echo "guest/$elf: a rebuild gives the same bytes"
    else
      echo "guest/$elf differs from what its sources give with $("$cross-gcc" -dumpfullversion);" \
        "made by $made_by. If the sources changed, run guest/build.sh and commit the result." >&2
      status=1
    fi
  done
  exit $status
fi
for elf in $built; do
  echo "guest/$elf: $(sites_in "$out/$elf") call sites, $(wc -c <"$out/$elf") bytes"
done
