package stillpoint.kernel.fault;

import java.math.BigDecimal;
import java.util.Locale;
import stillpoint.machine.interrupt.CpuSet;

/** A fault in the form in which scenario files have it: what the reader reads to an equal fault. */
public final class FaultText {
  private final StringBuilder text = new StringBuilder("{ kind = ");
  private final int cpuCount;

  private FaultText(int cpuCount) {
    this.cpuCount = cpuCount;
  }

  /**
   * One line, without its number, which is its place in the list.
   *
   * @param cpuCount of the machine: a set of all of them is written {@code any}
   */
  public static String of(Fault fault, int cpuCount) {
    FaultText text = new FaultText(cpuCount);
    text.text.append(fault.kind().text());
    switch (fault) {
      case Fault.OfMachine ofMachine -> {
        text.machine(ofMachine);
        text.trigger(ofMachine);
      }
      case Fault.OfHost ofHost -> {
        text.host(ofHost);
        text.key("at", time(ofHost.atNanos()));
      }
    }
    return text.text.append(" }").toString();
  }

  private void machine(Fault.OfMachine fault) {
    switch (fault) {
      case Fault.IpiLost lost -> ipis(lost.ipis());
      case Fault.IpiDelayed delayed -> {
        ipis(delayed.ipis());
        key("by", time(delayed.byNanos()));
      }
      case Fault.IpiDuplicated twice -> {
        ipis(twice.ipis());
        key("by", time(twice.byNanos()));
      }
      case Fault.SpuriousIrq irq -> {
        key("cpu", cpus(irq.cpus()));
        key("line", nameOf(irq.line()));
      }
      case Fault.IrqsHeld held -> {
        key("cpu", cpus(held.cpus()));
        key("for", span(held.forNanos()));
      }
      case Fault.CpuFrozen frozen -> {
        key("cpu", cpus(frozen.cpus()));
        key("for", span(frozen.forNanos()));
      }
      case Fault.CpuSlow slow -> {
        key("cpu", cpus(slow.cpus()));
        key("factor", slow.factor());
        key("turn", time(slow.turnNanos()));
        key("for", span(slow.forNanos()));
      }
      case Fault.ClockSkew skew -> {
        key("cpu", cpus(skew.cpus()));
        key("by", time(skew.byNanos()));
      }
      case Fault.StoreFault store -> {
        key("cpu", cpus(store.cpus()));
        key("address", address(store.physical()));
      }
      case Fault.BitFlip flip -> {
        key("address", address(flip.physical()));
        key("bit", flip.bit());
      }
      case Fault.SlowMemory slow -> {
        if (!slow.lines().equals(Fault.SlowMemory.Range.ALL)) {
          key("from-address", address(slow.lines().first()));
          key("to-address", address(slow.lines().last()));
        }
        key("by", time(slow.byNanos()));
      }
      case Fault.SlowLink slow -> {
        key("from", '"' + slow.from().text() + '"');
        key("to", '"' + slow.to().text() + '"');
        key("one-way", slow.oneWay());
        key("by", time(slow.byNanos()));
      }
    }
  }

  private void host(Fault.OfHost fault) {
    switch (fault) {
      case Fault.NodeKill kill -> key("node", kill.node());
      case Fault.NodePause pause -> {
        key("node", pause.node());
        key("for", time(pause.hostNanos()));
      }
      case Fault.Partition partition -> {
        key("node", partition.node());
        key("for", time(partition.hostNanos()));
      }
      case Fault.ActorCrash crash -> key("cpu", crash.cpu());
    }
  }

  private void ipis(Fault.Ipis ipis) {
    key("from", cpus(ipis.from()));
    key("to", cpus(ipis.to()));
    ipis.type().ifPresent(type -> key("type", type.text()));
    ipis.function().ifPresent(function -> key("function", function.symbol()));
  }

  /** What stays as it is without being said is left out. */
  private void trigger(Fault.OfMachine fault) {
    Trigger trigger = fault.trigger();
    boolean once = Triggers.strikesOnce(fault);
    if (trigger.when().isPresent()) {
      key("when", '"' + trigger.when().get().text() + '"');
      if (trigger.fromNanos() > 0) {
        key("after", time(trigger.fromNanos()));
      }
    } else if (trigger.fromNanos() > 0 || once && trigger.nth() == 0) {
      key("at", time(trigger.fromNanos()));
    }
    if (trigger.forNanos() != Trigger.EVER) {
      key("for", time(trigger.forNanos()));
    }
    if (trigger.nth() > 0) {
      key("nth", trigger.nth());
    }
    if (trigger.probability() < 1) {
      key("probability", new BigDecimal(Double.toString(trigger.probability())).toPlainString());
    }
  }

  private void key(String name, Object value) {
    text.append(", ").append(name).append(" = ").append(value);
  }

  private String cpus(CpuSet cpus) {
    if (cpus.size() == 1) {
      return cpus.toString();
    }
    return cpus.size() == cpuCount ? "any" : '"' + cpus.toString() + '"';
  }

  private static String address(long physical) {
    return "\"0x" + Long.toHexString(physical) + '"';
  }

  private static String nameOf(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String span(long nanos) {
    return nanos == Trigger.EVER ? "ever" : time(nanos);
  }

  /** In the largest unit that needs no fraction. */
  private static String time(long nanos) {
    String[] units = {"s", "ms", "us", "ns"};
    long size = 1_000_000_000;
    for (String unit : units) {
      if (nanos % size == 0) {
        return nanos / size + unit;
      }
      size /= 1000;
    }
    throw new AssertionError("a multiple of 1ns always ends the loop");
  }
}
