# Every CPU takes a spin lock (ll/sc) 50 times and adds 1 to a word under it. The last one to be done
# prints the sum through the UART and ends the run with status 0 if nothing was lost, else 1.
#
#   ./stillpoint asm guest/smp/counter.s -o counter.elf
#   ./stillpoint exec counter.elf --cpus 4 --uart 0x180003f8 --exit 0x1f000500
#
# All CPUs start here at once. EBase.CPUNum, the low ten bits of CP0 register 15, select 1, tells them
# apart; how many there are nobody says, so each one reports itself before the lock is opened.

        .equ    TURNS, 50
        .equ    PATIENCE, 20000

        .text
        .globl  _start
_start: mfc0    s7, $15, 1              # who am I?
        andi    s7, s7, 0x3ff
        dla     s0, arrived
1:      ll      t0, 0(s0)
        addiu   t0, t0, 1
        sc      t0, 0(s0)
        beqz    t0, 1b
        nop
        li      t1, PATIENCE            # everybody else has arrived by then
2:      bnez    t1, 2b
        addiu   t1, t1, -1

        dla     s1, lock
        dla     s2, counter
        li      s3, TURNS
turn:   ll      t0, 0(s1)               # arch_spin_lock, in the simplest way
        bnez    t0, turn
        li      t1, 1
        sc      t1, 0(s1)
        beqz    t1, turn
        nop
        sync
        lw      t2, 0(s2)
        addiu   t2, t2, 1
        sw      t2, 0(s2)
        sync
        sw      zero, 0(s1)
        addiu   s3, s3, -1
        bnez    s3, turn
        nop

        dla     s4, done
3:      ll      t0, 0(s4)
        addiu   t1, t0, 1
        move    t2, t1
        sc      t1, 0(s4)
        beqz    t1, 3b
        nop
        sync
        lw      t3, 0(s0)
        beq     t2, t3, last
        nop
sleep:  wait
        b       sleep
        nop

last:   lw      s5, 0(s2)               # the sum, and what it should be
        li      t0, TURNS
        multu   t3, t0
        mflo    s6
        dla     a0, text
        jal     puts
        nop
        move    a0, s5
        jal     decimal
        nop
        dla     a0, newline
        jal     puts
        nop
        xor     t0, s5, s6
        sltu    t0, zero, t0
        dla     t1, 0xffffffffbf000500
        sw      t0, 0(t1)
        b       sleep
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
lock:   .word   0
        .align  7
counter: .word  0
        .align  7
arrived: .word  0
        .align  7
done:   .word   0
        .align  7
text:   .asciiz "counted "
newline: .asciiz "\n"
        .space  20
digits_end: .byte 0
