package stillpoint.machine.isa;

/** Names of CP0 and hardware registers as GNU tools print them for MIPS Release 2. */
final class CoprocessorNames {
  /** By register, then by select; where there is none it prints as a number. */
  private static final String[] CP0 = {
    "index mvpcontrol mvpconf0 mvpconf1",
    "random vpecontrol vpeconf0 vpeconf1 yqmask vpeschedule vpeschefback",
    "entrylo0 tcstatus tcbind tcrestart tchalt tccontext tcschedule tcschefback",
    "entrylo1",
    "context contextconfig",
    "pagemask pagegrain",
    "wired srsconf0 srsconf1 srsconf2 srsconf3 srsconf4",
    "hwrena",
    "badvaddr",
    "count",
    "entryhi",
    "compare",
    "status intctl srsctl srsmap",
    "cause",
    "epc",
    "prid ebase",
    "config config1 config2 config3",
    "lladdr",
    "watchlo watchlo,1 watchlo,2 watchlo,3 watchlo,4 watchlo,5 watchlo,6 watchlo,7",
    "watchhi watchhi,1 watchhi,2 watchhi,3 watchhi,4 watchhi,5 watchhi,6 watchhi,7",
    "xcontext",
    "",
    "",
    "debug tracecontrol tracecontrol2 usertracedata tracebpc",
    "depc",
    "perfcnt perfcnt,1 perfcnt,2 perfcnt,3 perfcnt,4 perfcnt,5 perfcnt,6 perfcnt,7",
    "errctl",
    "cacheerr cacheerr,1 cacheerr,2 cacheerr,3",
    "taglo datalo taglo1 datalo1 taglo2 datalo2 taglo3 datalo3",
    "taghi datahi taghi1 datahi1 taghi2 datahi2 taghi3 datahi3",
    "errorepc",
    "desave"
  };

  private static final String[] HARDWARE = {"cpunum", "synci_step", "cc", "ccres"};

  private CoprocessorNames() {}

  /** {@code c0_status}, or {@code $22,3} for a register without a name. */
  static String cp0(int register, int select) {
    String[] names = CP0[register].split(" ");
    if (select < names.length && !names[select].isEmpty()) {
      return "c0_" + names[select];
    }
    return "$" + register + (select == 0 ? "" : "," + select);
  }

  static String hardware(int register) {
    return register < HARDWARE.length ? "hwr_" + HARDWARE[register] : "$" + register;
  }
}
