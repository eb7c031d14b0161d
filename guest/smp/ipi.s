# CPU 0 interrupts each of the others ten times through the registers of a GIC, and goes on to the next
# round when all have taken theirs: they sleep in between, and their handler acknowledges and counts.
# Then CPU 0 prints how many were taken and ends the run with status 0 if it is as many as it sent,
# else 1.
#
#   ./stillpoint asm guest/smp/ipi.s -o ipi.elf
#   ./stillpoint exec ipi.elf --cpus 4 --interrupt-controller gic --uart 0x180003f8 --exit 0x1f000500
#
# The GIC is where Malta has it, and serves up to 64 CPUs there. Each CPU has the shared interrupt 40 + its
# number. The text must begin on a page, as asm lays it out: the exception vectors are in it.

        .equ    ROUNDS, 10
        .equ    FIRST, 40
        .equ    SH_CONFIG, 0x000
        .equ    SH_POL, 0x100
        .equ    SH_TRIG, 0x180
        .equ    SH_WEDGE, 0x280
        .equ    SH_SMASK, 0x380
        .equ    SH_MAP_PIN, 0x500
        .equ    SH_MAP_VP, 0x2000

        .text
        .globl  _start
_start: b       begin
        nop

        .org    0x180                   # all exceptions; s0, s1 and s7 are as begin has set them
        mfc0    k0, $13
        andi    k0, k0, 0x7c            # Cause.ExcCode: nothing but interrupts is expected
broken: bnez    k0, broken
        addiu   k1, s7, FIRST
        sw      k1, SH_WEDGE(s0)        # without bit 31: clears the edge
        sync
        dsll    k1, s7, 7
        daddu   k1, k1, s1
        lw      k0, 0(k1)
        addiu   k0, k0, 1
        sw      k0, 0(k1)
        eret

begin:  dla     t0, _start
        mtc0    t0, $15, 1              # EBase: vectors from here on
        mfc0    s7, $15, 1              # who am I?
        andi    s7, s7, 0x3ff
        dla     s0, 0xffffffffbbdc0000  # the GIC's registers, uncached
        dla     s1, counts              # one for each CPU, a line apart
        dla     s2, awake
        beqz    s7, sender
        nop

        li      t0, 0x4e1               # IP2 unmasked, interrupts on, 64-bit addresses
        mtc0    t0, $12
1:      ll      t0, 0(s2)
        addiu   t0, t0, 1
        sc      t0, 0(s2)
        beqz    t0, 1b
        nop
sleep:  wait
        b       sleep
        nop

sender: lw      s3, SH_CONFIG(s0)
        andi    s3, s3, 0x7f            # PVPS: how many CPUs there are beside this one
        li      s4, 1
2:      slt     t0, s3, s4
        bnez    t0, ready
        addiu   t0, s4, FIRST           # of CPU s4
        srl     t1, t0, 5
        sll     t1, t1, 2
        daddu   t1, t1, s0              # its word of a register of bits
        li      t2, 1
        sllv    t2, t2, t0              # and its bit
        lw      t3, SH_POL(t1)
        or      t3, t3, t2
        sw      t3, SH_POL(t1)          # rising
        lw      t3, SH_TRIG(t1)
        or      t3, t3, t2
        sw      t3, SH_TRIG(t1)         # edges
        sll     t3, t0, 2
        daddu   t3, t3, s0
        lui     a4, 0x8000
        sw      a4, SH_MAP_PIN(t3)      # to pin 0, IP2
        sll     t3, t0, 5
        daddu   t3, t3, s0
        srl     a4, s4, 5
        sll     a4, a4, 2
        daddu   t3, t3, a4
        li      a4, 1
        sllv    a4, a4, s4
        sw      a4, SH_MAP_VP(t3)       # of CPU s4
        sw      t2, SH_SMASK(t1)
        b       2b
        addiu   s4, s4, 1

ready:  lw      t0, 0(s2)               # they let interrupts through
        bne     t0, s3, ready
        li      s5, 1                   # the round
round:  li      s4, 1
3:      slt     t0, s3, s4
        bnez    t0, taken
        lui     t1, 0x8000
        addiu   t0, s4, FIRST
        or      t0, t0, t1
        sw      t0, SH_WEDGE(s0)        # with bit 31: an edge
        b       3b
        addiu   s4, s4, 1
taken:  li      s4, 1
4:      slt     t0, s3, s4
        bnez    t0, 6f
        dsll    t1, s4, 7
        daddu   t1, t1, s1
5:      lw      t0, 0(t1)
        bne     t0, s5, 5b
        nop
        b       4b
        addiu   s4, s4, 1
6:      li      t0, ROUNDS
        bne     s5, t0, round
        addiu   s5, s5, 1

        move    s5, zero                # the sum
        li      s4, 1
7:      slt     t0, s3, s4
        bnez    t0, 8f
        dsll    t1, s4, 7
        daddu   t1, t1, s1
        lw      t0, 0(t1)
        addu    s5, s5, t0
        b       7b
        addiu   s4, s4, 1
8:      dla     a0, text
        jal     puts
        nop
        move    a0, s5
        jal     decimal
        nop
        dla     a0, newline
        jal     puts
        nop
        li      t0, ROUNDS
        multu   s3, t0
        mflo    t0
        xor     t0, t0, s5
        sltu    t0, zero, t0
        dla     t1, 0xffffffffbf000500
        sw      t0, 0(t1)
9:      wait
        b       9b
        nop

puts:   dla     t1, 0xffffffffb80003f8
1:      lbu     t0, 0(a0)
        beqz    t0, 2f
        daddiu  a0, a0, 1
        b       1b
        sb      t0, 0(t1)
2:      jr      ra
        nop

decimal:                                # a0, from 0 on
        dla     t1, digits_end
        li      t2, 10
1:      divu    zero, a0, t2
        mfhi    t0
        mflo    a0
        addiu   t0, t0, 0x30
        daddiu  t1, t1, -1
        bnez    a0, 1b
        sb      t0, 0(t1)
        b       puts
        move    a0, t1

        .data
        .align  7
awake:  .word   0
text:   .asciiz "interrupts taken: "
newline: .asciiz "\n"
        .space  20
digits_end: .byte 0
        .align  7
counts: .space  64 * 128
