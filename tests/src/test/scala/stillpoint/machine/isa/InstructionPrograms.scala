package stillpoint.machine.isa

/**
 * One line for each mnemonic: what the registers are, a program, and what they are after it.
 * Expected values were worked out by hand or with another program's big integers, never taken from
 * this simulator. The core is big-endian; s0 points at the bytes f0e1d2c3b4a59687 78695a4b3c2d1e0f.
 * A program ends in a break unless `trap=` says otherwise; `hi` and `lo` may be expected too. In
 * registers, A = 123456789abcdef0 and B = fedcba9876543210.
 */
object InstructionPrograms {
  final case class Program(
      mnemonic: String,
      setup: Seq[(String, Long)],
      source: String,
      expected: Seq[(String, Long)],
      trap: ExcCode
  )

  private val A = 0x123456789abcdef0L
  private val B = 0xfedcba9876543210L

  // mnemonic | registers before | program | registers after
  private val text = """
add    | t0=5 t1=-7                  | add a0,t0,t1              | a0=-2
add    | t0=0x7fffffff t1=1 a0=9     | add a0,t0,t1              | a0=9 trap=Ov
addu   | t0=0x7fffffff t1=1          | addu a0,t0,t1             | a0=0xffffffff80000000
addu   | t0=A t1=0                   | addu a0,t0,t1             | a0=0xffffffff9abcdef0
sub    | t0=5 t1=-7                  | sub a0,t0,t1              | a0=12
sub    | t0=0xffffffff80000000 t1=1 a0=9 | sub a0,t0,t1          | a0=9 trap=Ov
subu   | t0=0xffffffff80000000 t1=1  | subu a0,t0,t1             | a0=0x7fffffff
dadd   | t0=A t1=B                   | dadd a0,t0,t1             | a0=0x1111111111111100
dadd   | t0=0x7fffffffffffffff t1=1 a0=9 | dadd a0,t0,t1         | a0=9 trap=Ov
daddu  | t0=0x7fffffffffffffff t1=1  | daddu a0,t0,t1            | a0=0x8000000000000000
dsub   | t0=A t1=B                   | dsub a0,t0,t1             | a0=0x13579be02468ace0
dsub   | t0=0x8000000000000000 t1=1 a0=9 | dsub a0,t0,t1         | a0=9 trap=Ov
dsubu  | t0=0x8000000000000000 t1=1  | dsubu a0,t0,t1            | a0=0x7fffffffffffffff
addi   | t0=5                        | addi a0,t0,-7             | a0=-2
addi   | t0=0xffffffff80000000 a0=9  | addi a0,t0,-1             | a0=9 trap=Ov
addiu  | t0=0x7fffffff               | addiu a0,t0,1             | a0=0xffffffff80000000
daddi  | t0=A                        | daddi a0,t0,-0x8000       | a0=0x123456789abc5ef0
daddi  | t0=0x7fffffffffffffff a0=9  | daddi a0,t0,1             | a0=9 trap=Ov
daddiu | t0=0xffffffff               | daddiu a0,t0,1            | a0=0x100000000
and    | t0=A t1=B                   | and a0,t0,t1              | a0=0x1214121812141210
or     | t0=A t1=B                   | or a0,t0,t1               | a0=0xfefcfef8fefcfef0
xor    | t0=A t1=B                   | xor a0,t0,t1              | a0=0xece8ece0ece8ece0
nor    | t0=A t1=B                   | nor a0,t0,t1              | a0=0x010301070103010f
andi   | t0=-1                       | andi a0,t0,0xf00f         | a0=0xf00f
ori    | t0=A                        | ori a0,t0,0xf00f          | a0=0x123456789abcfeff
xori   | t0=-1                       | xori a0,t0,0xf00f         | a0=0xffffffffffff0ff0
lui    |                             | lui a0,0x8001             | a0=0xffffffff80010000
slt    | t0=-1 t1=1                  | slt a0,t0,t1; slt a1,t1,t0 | a0=1 a1=0
sltu   | t0=-1 t1=1                  | sltu a0,t0,t1; sltu a1,t1,t0 | a0=0 a1=1
slti   | t0=-1                       | slti a0,t0,0; slti a1,t0,-1 | a0=1 a1=0
sltiu  | t0=5                        | sltiu a0,t0,-1; sltiu a1,t0,5 | a0=1 a1=0
movz   | t0=7 t1=0 t2=1 a0=9 a1=9    | movz a0,t0,t1; movz a1,t0,t2 | a0=7 a1=9
movn   | t0=7 t1=0 t2=1 a0=9 a1=9    | movn a0,t0,t1; movn a1,t0,t2 | a0=9 a1=7
sll    | t0=A                        | sll a0,t0,12              | a0=0xffffffffcdef0000
srl    | t0=0xffffffff80000000       | srl a0,t0,4; srl a1,t0,0  | a0=0x08000000 a1=0xffffffff80000000
sra    | t0=0xffffffff80000000       | sra a0,t0,4               | a0=0xfffffffff8000000
ror    | t0=0xffffffff80000001       | ror a0,t0,4               | a0=0x18000000
sllv   | t0=A t1=44                  | sllv a0,t0,t1             | a0=0xffffffffcdef0000
srlv   | t0=0xffffffff80000000 t1=36 | srlv a0,t0,t1             | a0=0x08000000
srav   | t0=0xffffffff80000000 t1=4  | srav a0,t0,t1             | a0=0xfffffffff8000000
rorv   | t0=0xffffffff80000001 t1=4  | rorv a0,t0,t1             | a0=0x18000000
dsll   | t0=A                        | dsll a0,t0,12             | a0=0x456789abcdef0000
dsrl   | t0=B                        | dsrl a0,t0,12             | a0=0x000fedcba9876543
dsra   | t0=B                        | dsra a0,t0,12             | a0=0xffffedcba9876543
dror   | t0=A                        | dror a0,t0,12             | a0=0xef0123456789abcd
dsll32 | t0=A                        | dsll32 a0,t0,12           | a0=0xcdef000000000000
dsrl32 | t0=B                        | dsrl32 a0,t0,12           | a0=0xfedcb
dsra32 | t0=B                        | dsra32 a0,t0,12           | a0=0xffffffffffffedcb
dror32 | t0=A                        | dror32 a0,t0,12           | a0=0x6789abcdef012345
dsllv  | t0=A t1=44                  | dsllv a0,t0,t1            | a0=0xcdef000000000000
dsrlv  | t0=B t1=44                  | dsrlv a0,t0,t1            | a0=0xfedcb
dsrav  | t0=B t1=108                 | dsrav a0,t0,t1            | a0=0xffffffffffffedcb
drorv  | t0=A t1=20                  | drorv a0,t0,t1            | a0=0xcdef0123456789ab
mult   | t0=-7 t1=1000000000         | mult t0,t1                | hi=-2 lo=0x5ec47a00
multu  | t0=-7 t1=0xffffffffb2d05e00 | multu t0,t1               | hi=0xffffffffb2d05dfb lo=0x1c4d6e00
div    | t0=-7 t1=2                  | div t0,t1                 | hi=-1 lo=-3
div    | t0=-7 t1=0                  | div t0,t1                 | hi=-7 lo=1
div    | t0=0xffffffff80000000 t1=-1 | div t0,t1                 | hi=0 lo=0xffffffff80000000
divu   | t0=-7 t1=2                  | divu t0,t1                | hi=1 lo=0x7ffffffc
divu   | t0=7 t1=0                   | divu t0,t1                | hi=7 lo=-1
dmult  | t0=A t1=B                   | dmult t0,t1               | hi=0xffeb49923cc09532 lo=0x236d88fe5618cf00
dmultu | t0=A t1=B                   | dmultu t0,t1              | hi=0x121fa00ad77d7422 lo=0x236d88fe5618cf00
ddiv   | t0=B t1=123456789           | ddiv t0,t1                | hi=-86012008 lo=-664082792
ddiv   | t0=7 t1=0                   | ddiv t0,t1                | hi=7 lo=-1
ddiv   | t0=0x8000000000000000 t1=-1 | ddiv t0,t1                | hi=0 lo=0x8000000000000000
ddivu  | t0=B t1=123456789           | ddivu t0,t1               | hi=0x716244 lo=0x22a2763b9c
madd   | t0=5 t1=-16 t2=-3 t3=1000   | mthi t0; mtlo t1; madd t2,t3  | hi=5 lo=0xfffffffffffff438
maddu  | t0=5 t1=-16 t2=-3 t3=1000   | mthi t0; mtlo t1; maddu t2,t3 | hi=0x3ed lo=0xfffffffffffff438
msub   | t0=5 t1=-16 t2=-3 t3=1000   | mthi t0; mtlo t1; msub t2,t3  | hi=6 lo=0xba8
msubu  | t0=5 t1=-16 t2=-3 t3=1000   | mthi t0; mtlo t1; msubu t2,t3 | hi=0xfffffffffffffc1e lo=0xba8
mul    | t0=-7 t1=1000000000         | mul a0,t0,t1              | a0=0x5ec47a00
mfhi   | t0=A t1=B                   | mthi t0; mtlo t1; mfhi a0 | a0=A
mflo   | t0=A t1=B                   | mthi t0; mtlo t1; mflo a0 | a0=B
mthi   | t0=A                        | mthi t0                   | hi=A lo=0
mtlo   | t0=A                        | mtlo t0                   | hi=0 lo=A
clz    | t0=0x00012345 t1=0          | clz a0,t0; clz a1,t1      | a0=15 a1=32
clo    | t0=-2 t1=-1                 | clo a0,t0; clo a1,t1      | a0=31 a1=32
dclz   | t0=A t1=0                   | dclz a0,t0; dclz a1,t1    | a0=3 a1=64
dclo   | t0=B t1=-1                  | dclo a0,t0; dclo a1,t1    | a0=7 a1=64
ext    | t0=A                        | ext a0,t0,8,12; ext a1,t0,0,32 | a0=0xcde a1=0xffffffff9abcdef0
dext   | t0=A                        | dext a0,t0,12,20          | a0=0x9abcd
dextm  | t0=A                        | dextm a0,t0,4,40; dextm a1,t0,0,64 | a0=0x6789abcdef a1=A
dextu  | t0=A                        | dextu a0,t0,36,20         | a0=0x34567
ins    | t0=A a0=B                   | ins a0,t0,8,12            | a0=0x765ef010
dins   | t0=A a0=B                   | dins a0,t0,12,16          | a0=0xfedcba987def0210
dinsm  | t0=A a0=B a1=B              | dinsm a0,t0,20,30; dinsm a1,t0,0,64 | a0=0xfeddabcdef043210 a1=A
dinsu  | t0=A a0=B                   | dinsu a0,t0,40,12         | a0=0xfedef09876543210
wsbh   | t0=A                        | wsbh a0,t0                | a0=0xffffffffbc9af0de
dsbh   | t0=A                        | dsbh a0,t0                | a0=0x34127856bc9af0de
dshd   | t0=A                        | dshd a0,t0                | a0=0xdef09abc56781234
seb    | t0=A                        | seb a0,t0                 | a0=-16
seh    | t0=A                        | seh a0,t0                 | a0=0xffffffffffffdef0
beq    | t0=1 t1=1                   | beq t0,t1,1f; li a0,1; li a1,1; 1f: nop | a0=1 a1=0
beq    | t0=1 t1=2                   | beq t0,t1,1f; li a0,1; li a1,1; 1f: nop | a0=1 a1=1
bne    | t0=1 t1=2                   | bne t0,t1,1f; li a0,1; li a1,1; 1f: nop | a0=1 a1=0
blez   | t0=0                        | blez t0,1f; li a0,1; li a1,1; 1f: nop   | a0=1 a1=0
bgtz   | t0=0                        | bgtz t0,1f; li a0,1; li a1,1; 1f: nop   | a0=1 a1=1
bltz   | t0=0                        | bltz t0,1f; li a0,1; li a1,1; 1f: nop   | a0=1 a1=1
bgez   | t0=0                        | bgez t0,1f; li a0,1; li a1,1; 1f: nop   | a0=1 a1=0
beql   | t0=1 t1=2                   | beql t0,t1,1f; li a0,1; li a1,1; 1f: nop | a0=0 a1=1
bnel   | t0=1 t1=2                   | bnel t0,t1,1f; li a0,1; li a1,1; 1f: nop | a0=1 a1=0
blezl  | t0=1                        | blezl t0,1f; li a0,1; li a1,1; 1f: nop  | a0=0 a1=1
bgtzl  | t0=1                        | bgtzl t0,1f; li a0,1; li a1,1; 1f: nop  | a0=1 a1=0
bltzl  | t0=-1                       | bltzl t0,1f; li a0,1; li a1,1; 1f: nop  | a0=1 a1=0
bgezl  | t0=-1                       | bgezl t0,1f; li a0,1; li a1,1; 1f: nop  | a0=0 a1=1
bltzal | t0=-1                       | bltzal t0,1f; li a0,1; li a1,1; 1f: nop | a0=1 a1=0 ra=0xffffffff80100008
bltzal | t0=1                        | bltzal t0,1f; li a0,1; li a1,1; 1f: nop | a0=1 a1=1 ra=0xffffffff80100008
bgezal | t0=0                        | bgezal t0,1f; li a0,1; li a1,1; 1f: nop | a0=1 a1=0 ra=0xffffffff80100008
bltzall | t0=1                       | bltzall t0,1f; li a0,1; li a1,1; 1f: nop | a0=0 a1=1 ra=0xffffffff80100008
bgezall | t0=0                       | bgezall t0,1f; li a0,1; li a1,1; 1f: nop | a0=1 a1=0 ra=0xffffffff80100008
j      |                             | j 1f; li a0,1; li a1,1; 1f: nop         | a0=1 a1=0 ra=0
jal    |                             | jal 1f; li a0,1; li a1,1; 1f: nop       | a0=1 a1=0 ra=0xffffffff80100008
jr     | t0=0xffffffff8010000c       | jr t0; li a0,1; li a1,1; nop            | a0=1 a1=0 ra=0
jr.hb  | t0=0xffffffff8010000c       | jr.hb t0; li a0,1; li a1,1; nop         | a0=1 a1=0 ra=0
jalr   | t0=0xffffffff8010000c       | jalr s1,t0; li a0,1; li a1,1; nop       | a0=1 a1=0 s1=0xffffffff80100008
jalr.hb | t0=0xffffffff8010000c      | jalr.hb t0; li a0,1; li a1,1; nop       | a0=1 a1=0 ra=0xffffffff80100008
lb     |                             | lb a0,1(s0); lb a1,8(s0)  | a0=0xffffffffffffffe1 a1=0x78
lbu    |                             | lbu a0,1(s0)              | a0=0xe1
lh     |                             | lh a0,2(s0)               | a0=0xffffffffffffd2c3
lhu    |                             | lhu a0,2(s0)              | a0=0xd2c3
lw     |                             | lw a0,4(s0); lw a1,12(s0) | a0=0xffffffffb4a59687 a1=0x3c2d1e0f
lwu    |                             | lwu a0,4(s0)              | a0=0xb4a59687
ld     |                             | ld a0,8(s0)               | a0=0x78695a4b3c2d1e0f
lw     |                             | lw a0,2(s0)               | a0=0 trap=AdEL
sb     | t0=A                        | sb t0,3(s0); ld a0,0(s0)  | a0=0xf0e1d2f0b4a59687
sh     | t0=A                        | sh t0,2(s0); ld a0,0(s0)  | a0=0xf0e1def0b4a59687
sw     | t0=A                        | sw t0,4(s0); ld a0,0(s0)  | a0=0xf0e1d2c39abcdef0
sd     | t0=A                        | sd t0,8(s0); ld a0,8(s0)  | a0=A
sd     | t0=A                        | sd t0,4(s0)               | trap=AdES
lwl    | a0=A                        | lwl a0,1(s0)              | a0=0xffffffffe1d2c3f0
lwr    | a0=A                        | lwr a0,1(s0)              | a0=0xffffffff9abcf0e1
ldl    | a0=A                        | ldl a0,3(s0)              | a0=0xc3b4a59687bcdef0
ldr    | a0=A                        | ldr a0,3(s0)              | a0=0x12345678f0e1d2c3
swl    | t0=A                        | swl t0,1(s0); ld a0,0(s0) | a0=0xf09abcdeb4a59687
swr    | t0=A                        | swr t0,1(s0); ld a0,0(s0) | a0=0xdef0d2c3b4a59687
sdl    | t0=A                        | sdl t0,3(s0); ld a0,0(s0) | a0=0xf0e1d2123456789a
sdr    | t0=A                        | sdr t0,3(s0); ld a0,0(s0) | a0=0x9abcdef0b4a59687
ll     | t0=7                        | ll a0,4(s0); sc t0,4(s0); lw a1,4(s0) | a0=0xffffffffb4a59687 t0=1 a1=7
sc     | t0=7                        | sc t0,4(s0); lw a1,4(s0)  | t0=0 a1=0xffffffffb4a59687
lld    | t0=7                        | lld a0,0(s0); scd t0,0(s0); ld a1,0(s0) | a0=0xf0e1d2c3b4a59687 t0=1 a1=7
scd    | t0=7                        | scd t0,0(s0); ld a1,0(s0) | t0=0 a1=0xf0e1d2c3b4a59687
pref   | a0=9                        | pref 1,0(s0)              | a0=9
pref   | a0=9 t0=0x1000              | pref 1,0(t0)              | a0=9
cache  | t0=0xffffffff80100000 a0=9  | cache 0x10,0(t0)          | a0=9
synci  | t0=0xffffffff80100000 a0=9  | synci 0(t0)               | a0=9
sync   | a0=9                        | sync; sync 4              | a0=9
tge    | t0=-1 t1=1                  | tge t0,t1; tge t1,t0      | trap=Tr
tgeu   | t0=-1 t1=1                  | tgeu t1,t0; tgeu t0,t1    | trap=Tr
tlt    | t0=-1 t1=1                  | tlt t1,t0; tlt t0,t1      | trap=Tr
tltu   | t0=-1 t1=1                  | tltu t0,t1; tltu t1,t0    | trap=Tr
teq    | t0=-1 t1=1                  | teq t0,t1; teq t0,t0,9    | trap=Tr
tne    | t0=-1 t1=1                  | tne t0,t0; tne t0,t1      | trap=Tr
tgei   | t0=-1                       | tgei t0,0; tgei t0,-1     | trap=Tr
tgeiu  | t0=5                        | tgeiu t0,-1; tgeiu t0,5   | trap=Tr
tlti   | t0=-1                       | tlti t0,-1; tlti t0,0     | trap=Tr
tltiu  | t0=5                        | tltiu t0,5; tltiu t0,-1   | trap=Tr
teqi   | t0=-1                       | teqi t0,1; teqi t0,-1     | trap=Tr
tnei   | t0=-1                       | tnei t0,-1; tnei t0,1     | trap=Tr
syscall |                            | syscall 5                 | trap=Sys
break  |                             | break 5                   | trap=Bp
mfc0   |                             | mfc0 a0,$12; mfc0 a1,$15,1 | a0=0xe0 a1=0xffffffff80000003
dmfc0  | t0=A                        | dmtc0 t0,$14; dmfc0 a0,$14; mfc0 a1,$14 | a0=A a1=0xffffffff9abcdef0
mtc0   | t0=0xff01                   | mtc0 t0,$12; mfc0 a0,$12  | a0=0xff01
dmtc0  | t0=B                        | dmtc0 t0,$4,2; rdhwr a0,$29 | a0=B
di     | t0=1                        | mtc0 t0,$12; di a0; mfc0 a1,$12 | a0=1 a1=0
ei     |                             | ei a0; mfc0 a1,$12        | a0=0xe0 a1=0xe1
eret   | t0=0xffffffff80100018       | mtc0 t0,$14; ei; li a0,1; eret; li a0,2; li a1,2; nop | a0=1 a1=0
wait   | a0=9                        | wait; addiu a0,a0,1       | a0=10
rdpgpr | t0=A                        | rdpgpr a0,t0              | a0=A
wrpgpr | t0=A                        | wrpgpr a0,t0              | a0=A
tlbwi  | t0=0x2000 t1=0x1006 t2=0x1046 t3=9 | dmtc0 t0,$10; dmtc0 t1,$2; dmtc0 t2,$3; mtc0 t3,$0; tlbwi; dmtc0 zero,$10; tlbr; dmfc0 a0,$10; dmfc0 a1,$2; dmfc0 a2,$3 | a0=0x2000 a1=0x1006 a2=0x1046
tlbr   | t3=5                        | mtc0 t3,$0; tlbr; dmfc0 a0,$10; dmfc0 a1,$2 | a0=0 a1=0
tlbwr  | t0=0x4000 t1=7 t2=62        | mtc0 t2,$6; dmtc0 t0,$10; dmtc0 t1,$2; dmtc0 t1,$3; tlbwr; tlbp; mfc0 a0,$0; mfc0 a1,$1 | a0=63 a1=62
tlbp   | t0=0x4000 t1=7 t3=11        | dmtc0 t0,$10; dmtc0 t1,$2; dmtc0 t1,$3; mtc0 t3,$0; tlbwi; mtc0 zero,$0; tlbp; mfc0 a0,$0; dmtc0 t3,$10; tlbp; mfc0 a1,$0 | a0=11 a1=0xffffffff8000000b
deret  | a0=9                        | deret                     | trap=RI
sdbbp  | a0=9                        | sdbbp 5                   | trap=RI
rdhwr  |                             | rdhwr a0,$0; rdhwr a1,$1; rdhwr a2,$3 | a0=3 a1=32 a2=2
rdhwr  |                             | rdhwr a0,$7               | trap=RI
"""

  val all: Seq[Program] =
    text.linesIterator.filter(_.contains('|')).map(parse).toSeq

  private def parse(line: String): Program = {
    val parts = line.split('|').map(_.trim)
    val (traps, values) = parts(3).split(" +").toSeq.partition(_.startsWith("trap="))
    val trap = traps.headOption.map(t => ExcCode.valueOf(t.drop(5))).getOrElse(ExcCode.Bp)
    // a numeric label is a word the assembler does not know
    val source = parts(2).replace("1f", "over").replace(";", "\n")
    Program(parts(0), pairs(parts(1).split(" +").toSeq), source, pairs(values), trap)
  }

  private def pairs(texts: Seq[String]): Seq[(String, Long)] =
    texts.filter(_.nonEmpty).map { text =>
      val Array(name, value) = text.split('=')
      name -> number(value)
    }

  private def number(text: String): Long = text match {
    case "A" => A
    case "B" => B
    case hex if hex.startsWith("0x") => java.lang.Long.parseUnsignedLong(hex.drop(2), 16)
    case decimal => decimal.toLong
  }
}
