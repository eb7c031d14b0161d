package stillpoint.machine.litmus

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.machine.board.MemoryOrder

/** What of herd's format is read, and how what is wrong with a file is said. */
@RunWith(classOf[JUnitRunner])
class LitmusFormatSpec extends AnyWordSpec with Matchers {
  private def program(text: String) = new LitmusProgram(LitmusParser.parse(text), true)

  private def lines(text: String, runs: Int = 20): Seq[String] = {
    val ready = program(text)
    val histogram = new LitmusRunner(ready, MemoryOrder.SC, ready.test.threads.size, 1).run(runs)
    LitmusReport.lines(ready.test, histogram).asScala.toSeq
  }

  private def refused(text: String): String = {
    val error = intercept[LitmusError](program(text))
    s"${error.line}: ${error.getMessage}"
  }

  private val sb =
    """MIPS SB
      |{ %x0=x; %y0=y; %x1=x; %y1=y; }
      | P0            | P1            ;
      | li $2,1       | li $2,1       ;
      | sw $2,0(%x0)  | sw $2,0(%y1)  ;
      | lw $3,0(%y0)  | lw $3,0(%x1)  ;
      |exists (0:$3=0 /\ 1:$3=0)
      |""".stripMargin

  "A report" should {
    "have the form of litmus7's logs" in {
      val report = lines(sb, 60)
      report.head shouldBe "Test SB Allowed"
      report(1) should fullyMatch regex "Histogram \\(\\d states\\)"
      val states = report.drop(2).takeWhile(_.contains(">"))
      all(states) should fullyMatch regex "\\d+ *:>0:\\$3=[01]; 1:\\$3=[01];"
      report.drop(2 + states.size) shouldBe Seq("No", "", "Witnesses", "Positive: 0, Negative: 60",
        "Condition exists (0:$3=0 /\\ 1:$3=0) is NOT validated", "Observation SB Never 0 60")
    }
    "mark what a forall is broken by" in {
      val report = lines("MIPS F\n{ 0:$2=5; }\nP0 ;\n addiu $3,$2,1 ;\nforall (0:$3=7)")
      report.take(4) shouldBe Seq("Test F Required", "Histogram (1 states)", "20    *>0:$3=6;", "No")
      report.last shouldBe "Observation F Never 0 20"
    }
  }

  "A file" should {
    "have comments, quoted text, information, labels, branches and locations" in {
      val report = lines(
        """(* a comment (* within a comment *)
          |   over lines *)
          |MIPS loop
          |"quoted { text"
          |Cycle=Fre PodWR
          |Result: Always
          |{
          |int x=3; uint64_t y=0xabcdef; 0:$a0=x;
          |P0:$5=y; (* here too *)
          |int z;
          |}
          | P0             ;
          | lw $2,($4)     ;
          |L: addiu $3,$3,2 ;
          | subiu $2,$2,1  ;
          | bne $2,$0,L    ;
          | ld $6,0($a1)   ;
          |                ;
          | sw $3,0($4)    ;
          |locations [0:$6; y; 0:$4 int;]
          |forall ((0:$3=6 \/ false) /\ x=6 /\ not 0:$2=1 /\ 0:$2 != 0x1 /\ true /\ [z]=0 /\ 0:$4=x)
          |""".stripMargin)
      report.find(_.contains(">")).get shouldBe "20    :>0:$3=6; 0:$2=0; 0:$4=x; 0:$6=11259375; x=6; z=0; y=11259375;"
      report.last shouldBe "Observation loop Always 20 0"
    }
    "name registers without dollar and have typed ones" in {
      lines("MIPS L\n{ uint64_t 0:a0; uint64_t 0:a1; }\nP0 ;\nlui $a0,65535 ;\nli $a1,65535 ;\nlocations [0:a1;]\nforall 0:a0 = -65536 /\\ 0:a1=65535")
        .last shouldBe "Observation L Always 20 0"
    }
    "compare small types, pointers and registers" in {
      lines("MIPS T\n{ uint8_t b=0xff; int8_t c=0xff; int* p=b; 0:%p=p; 0:$2=-1; 0:$3=0xffffffff; }\nP0 ;\nld $4,0(%p) ;\nforall (b=255 /\\ c=-1 /\\ p=b /\\ 0:$4=b /\\ 0:$2=0:$3 /\\ ~ (0:$2=0 \\/ p=c))")
        .last shouldBe "Observation T Always 20 0"
    }
    "have no condition" in {
      lines("MIPS N\n{}\nP0 ;\nnop ;\n").last shouldBe "Observation N Always 20 0"
    }
    "bind not, and, or, implies in this order" in {
      val condition = LitmusParser.parse("MIPS B\n{x=0;}\nP0;\nnop;\nexists x=1 => x=2 \\/ not x=3 /\\ x=4").condition
      condition.toString shouldBe "exists (not (x=1) \\/ (x=2 \\/ (not (x=3) /\\ x=4)))"
    }
  }

  "What is wrong with a file" should {
    "be said with its line" in {
      refused("X86 SB\n{}\nP0;\n") should startWith("1: is a test for X86; only tests for MIPS")
      refused("") should startWith("1: is empty")
      refused("MIPS\n{}\nP0;\n") should startWith("1: 'MIPS' is no title")
      refused("MIPS a\nP0;\n") should startWith("2: 'P0;' is neither").or(startWith("3: has no initial state"))
      refused("MIPS a\n{ x=1;\nP0;\n") should startWith("2: the initial state has no end")
      refused("MIPS a\n(* b\n{ x=1;\nP0;\n") should startWith("2: a comment has no end")
      refused("MIPS a\n{\nx=1\ny=2 }\nP0;\n") should startWith("4: found 'y' where ';' should be")
      refused("MIPS a\n{ float x=1; }\nP0;\nnop;\n") should startWith("2: no type is called 'float'; there are: char, int")
      refused("MIPS a\n{ int x[2]={1,2}; }\nP0;\nnop;\n") should startWith("2: arrays are not supported").or(startWith("2: the initial"))
      refused("MIPS a\n{ x=99999999999999999999; }\nP0;\nnop;\n") should startWith("2: '99999999999999999999' is no number of 64 bits")
      refused("MIPS a\n{ x=1; x=2; }\nP0;\nnop;\n") should startWith("2: 'x' has two initial values")
      refused("MIPS a\n{ 3:$2=2; }\nP0;\nnop;\n") should startWith("2: there is no thread 3; there are P0 .. P0")
      refused("MIPS a\n{ %z=x; }\nP0;\nnop;\n") should startWith("2: no thread uses the register %z")
      refused("MIPS a\n{}\nP1;\nnop;\n") should startWith("3: 'P1' should be P0")
      refused("MIPS a\n{}\n") should startWith("2: has no threads").or(startWith("3: has no threads"))
      refused("MIPS a\n{}\nP0 ;\nnop | nop ;\n") should startWith("4: 2 columns, but 1 threads")
      refused("MIPS a\n{}\nP0 ;\nnop ;\n\nfoo $2,$3 ;\n") should startWith("6: P0: no instruction is called 'foo'")
      refused("MIPS a\n{}\nP0 ;\nadd $2,$77,$3 ;\n") should startWith("4: no register is called '77'")
      refused("MIPS a\n{}\nP0 ;\nbeq $2,$3,L ;\n") should startWith("4: P0: ")
      refused("MIPS a\n{}\nP0 ;\n.word 3 ;\n") should startWith("4: '.word 3' is no instruction")
      refused("MIPS a\n{}\nP0 ;\nnop\nexists (x=1)") should startWith("4: 'nop' does not end with ';'")
      refused("MIPS a\n{x;}\nP0 ;\nnop ;\nexists (x=1") should startWith("5: found the end of the file where ')' should be")
      refused("MIPS a\n{x;}\nP0 ;\nnop ;\nexists (x=1) /\\") should startWith("5: found '/\\'").or(startWith("5: found the end"))
      refused("MIPS a\n{x;}\nP0 ;\nnop ;\nexists (x 1)") should startWith("5: found '1' where '=' should be")
      refused("MIPS a\n{x;}\nP0 ;\nnop ;\n\nexists (z=1)") should startWith("6: no variable is called 'z'; the initial state has x")
      refused("MIPS a\n{x;}\nP0 ;\nnop ;\nexists (x=q)") should startWith("5: 'q', with which x is compared,")
      refused("MIPS a\n{x;}\nP0 ;\nnop ;\nexists (1:$2=0)") should startWith("5: there is no thread 1")
      refused("MIPS a\n{x;}\nP0 ;\nnop ;\nexists (0:$q=0)") should startWith("5: no register is called 'q'")
      refused("MIPS a\n{x;}\nP0 ;\nnop ;\nfilter (x=1)\nexists (x=1)") should startWith("5: found 'filter' where exists, forall or ~exists")
      refused("MIPS a\n{x;}\nP0 ;\nnop ;\nexists (x=1) § ") should startWith("5: unexpected '§'")
    }
    "be said of a thread that traps or never ends" in {
      def stuck(text: String) = intercept[LitmusRunner.Stuck](lines(text)).getMessage
      stuck("MIPS a\n{}\nP0 ;\nnop ;\nlw $2,1($0) ;\n") should include("P0 met the exception AdEL at its instruction 2")
      stuck("MIPS a\n{}\nP0 ;\nL: b L ;\n") should include("P0 has not ended after 100000 instructions")
    }
  }
}
