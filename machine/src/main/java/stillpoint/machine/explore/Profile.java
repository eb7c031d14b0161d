package stillpoint.machine.explore;

import java.util.ArrayList;
import java.util.List;

/**
 * What the undisturbed run is like: strategies choose among what happens in it.
 *
 * @param works of each process, by id
 * @param fromCycle first cycle that may be disturbed
 * @param endCycle where the run ended
 * @param lookaheadCycles the smallest latency of any link
 */
public record Profile(List<Work> works, long fromCycle, long endCycle, long lookaheadCycles) {
  public Profile {
    works = List.copyOf(works);
  }

  /**
   * What one process did.
   *
   * @param firstMessage number of its first message that may be late
   * @param endMessage number behind its last message
   * @param firstStep number of its first step that may be late
   * @param endStep number behind its last step
   * @param firstStore number of its first store in a buffer that may be late
   * @param endStore number behind its last such store
   * @param receivers ids of those it sent to
   */
  public record Work(
      long firstMessage,
      long endMessage,
      long firstStep,
      long endStep,
      long firstStore,
      long endStore,
      List<Integer> receivers) {
    public Work {
      receivers = List.copyOf(receivers);
    }

    long messages() {
      return endMessage - firstMessage;
    }

    long steps() {
      return endStep - firstStep;
    }

    /** 0 on a machine whose stores need no buffer. */
    long stores() {
      return endStore - firstStore;
    }

    long total() {
      return messages() + steps() + stores();
    }
  }

  /** Everything that a strategy may choose to disturb: PCT's k. */
  public long total() {
    return works.stream().mapToLong(Work::total).sum();
  }

  /** Links that anything is sent over, by sender and receiver: their number is PCT's n. */
  public List<Plan.Link> links() {
    List<Plan.Link> links = new ArrayList<>();
    for (int from = 0; from < works.size(); from++) {
      for (int to : works.get(from).receivers()) {
        links.add(new Plan.Link(from, to));
      }
    }
    return links;
  }

  /** Message, step or store {@code index}, 0 .. {@link #total} - 1, counted process by process. */
  Plan.ChangePoint at(long index) {
    long left = index;
    for (int process = 0; process < works.size(); process++) {
      Work work = works.get(process);
      if (left < work.messages()) {
        return new Plan.ChangePoint(Delay.Kind.MESSAGE, process, work.firstMessage() + left);
      }
      left -= work.messages();
      if (left < work.steps()) {
        return new Plan.ChangePoint(Delay.Kind.STEP, process, work.firstStep() + left);
      }
      left -= work.steps();
      if (left < work.stores()) {
        return new Plan.ChangePoint(Delay.Kind.STORE, process, work.firstStore() + left);
      }
      left -= work.stores();
    }
    throw new IndexOutOfBoundsException("no message, step or store " + index);
  }
}
