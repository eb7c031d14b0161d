package stillpoint.machine.time;

/**
 * Carries one {@link LogicalProcess} through time: holds its pending events, calls it in the
 * documented order, checks what it sends, numbers it and folds both into the process's running
 * hash.
 *
 * <p>It is also the process's {@link Outbox}. What was sent stays here as a chain until the owner
 * takes it. One thread at a time; whoever schedules it hands it from one to the next with the usual
 * care.
 */
public final class ProcessRunner implements Outbox {
  private final Model model;
  private final int id;
  private final LogicalProcess process;
  private final EventQueue pending = new EventQueue();
  private final StateHash hash = new StateHash();
  private final long lookaheadCycles;

  /** Outputs are refused before this cycle plus the lookahead; no activity is allowed before it. */
  private long nowCycle;

  /** All events and all own activity before this cycle are done. */
  private long doneUntilCycle;

  private long lastActiveCycle = -1;
  private long nextCycle;
  private long handledCount;
  private long sequence;
  private Event sent;

  public ProcessRunner(Model model, int id) {
    this.model = model;
    this.id = id;
    this.lookaheadCycles = model.lookaheadCycles();
    this.process = model.create(id);
    this.nextCycle = process.nextOwnCycle();
    if (nextCycle < 0) {
      throw new BrokenInvariant("%s wants to start at cycle %d".formatted(name(), nextCycle));
    }
  }

  public int id() {
    return id;
  }

  public String name() {
    return model.nameOf(id);
  }

  /**
   * Takes in a chain of events and does everything that lies before {@code untilCycle} (exclusive).
   */
  public void advance(long untilCycle, Event inbox) {
    long cycle = doneUntilCycle;
    try {
      for (Event event = inbox; event != null; event = event.next()) {
        accept(event);
      }
      while (true) {
        long head = pending.headCycle();
        long own = process.nextOwnCycle();
        if (own < head && own < untilCycle) {
          cycle = own;
          runOwn(own, Math.min(head, untilCycle));
        } else if (head < untilCycle) {
          cycle = head;
          handleHead(head);
        } else {
          nextCycle = Math.min(head, own);
          break;
        }
      }
      doneUntilCycle = Math.max(doneUntilCycle, untilCycle);
    } catch (RuntimeException | StackOverflowError | AssertionError failure) {
      String what = failure instanceof BrokenInvariant ? failure.getMessage() : failure.toString();
      throw new BrokenInvariant("%s at cycle %d: %s".formatted(name(), cycle, what), failure);
    }
  }

  private void accept(Event event) {
    if (event.arrivalCycle() < doneUntilCycle) {
      throw new BrokenInvariant(
          "everything before cycle %d is done, too late for %s".formatted(doneUntilCycle, event));
    }
    pending.add(event.arrivalCycle(), event.order(), event.message());
  }

  private void runOwn(long own, long untilCycle) {
    enter(own);
    process.run(untilCycle, this);
    lastActiveCycle = Math.max(lastActiveCycle, process.lastOwnCycle());
    if (process.nextOwnCycle() < untilCycle) {
      throw new BrokenInvariant(
          "ran until cycle %d and still wants to run at cycle %d"
              .formatted(untilCycle, process.nextOwnCycle()));
    }
  }

  private void handleHead(long cycle) {
    enter(cycle);
    long order = pending.headOrder();
    Message message = pending.headMessage();
    pending.removeHead();
    handledCount++;
    hash.fold(cycle).fold(order);
    message.fold(hash);
    process.handle(cycle, EventOrder.senderOf(order), message, this);
  }

  private void enter(long cycle) {
    if (cycle < nowCycle) {
      throw new BrokenInvariant(
          "was at cycle %d and wants to go back to cycle %d".formatted(nowCycle, cycle));
    }
    nowCycle = cycle;
    lastActiveCycle = Math.max(lastActiveCycle, cycle);
  }

  /**
   * Takes one output. Within a stretch of own activity the process's present is not known here, so
   * the stretch's first cycle counts: enough for no event to reach back into a window that others
   * have left.
   */
  @Override
  public void send(int target, long arrivalCycle, Message message) {
    if (target == id || target < 0 || target >= model.size()) {
      throw new BrokenInvariant(
          "sends to process %d, which is %s: %s"
              .formatted(target, target == id ? "itself" : "nobody", message));
    }
    if (arrivalCycle - lookaheadCycles < nowCycle) {
      throw new BrokenInvariant(
          "sends to %s for cycle %d, sooner than the lookahead of %d cycles allows: %s"
              .formatted(model.nameOf(target), arrivalCycle, lookaheadCycles, message));
    }
    // ~target tells an output from an event in the hash: a cycle is never negative
    hash.fold(~target).fold(arrivalCycle);
    message.fold(hash);
    sent = new Event(target, arrivalCycle, EventOrder.of(id, sequence++), message).inFrontOf(sent);
  }

  /** The chain of what was sent since the last call, or null. The caller owns it. */
  public Event takeSent() {
    Event chain = sent;
    sent = null;
    return chain;
  }

  /**
   * Earliest cycle at which there is something to do, or {@link LogicalProcess#NEVER}. Does not
   * cover an inbox.
   */
  public long nextCycle() {
    return nextCycle;
  }

  /**
   * The process and all that waits for it, as a snapshot, at a cut up to which everybody has run.
   *
   * @param inbox chain of events not yet taken in, or null; stays the caller's
   */
  public byte[] save(Snapshots snapshots, long cutCycle, Event inbox) {
    if (sent != null || nextCycle < cutCycle || nowCycle > cutCycle) {
      throw new BrokenInvariant("%s is not at rest at cycle %d".formatted(name(), cutCycle));
    }
    EventQueue all = new EventQueue();
    pending.sorted().forEach(all::add);
    for (Event event = inbox; event != null; event = event.next()) {
      all.add(event.arrivalCycle(), event.order(), event.message());
    }
    RunnerState state =
        new RunnerState(
            id, cutCycle, lastActiveCycle, handledCount, sequence, hash.value(), all.sorted());
    return snapshots.save(state, process);
  }

  /** Puts the process where it was when {@code snapshot} was taken; only before it ever ran. */
  public void load(Snapshots snapshots, byte[] snapshot) {
    if (doneUntilCycle != 0) {
      throw new BrokenInvariant("%s has run and cannot be restored".formatted(name()));
    }
    RunnerState state = snapshots.load(snapshot, process);
    if (state.id() != id) {
      throw new BrokenInvariant("%s cannot go on as process %d".formatted(name(), state.id()));
    }
    nowCycle = state.cutCycle();
    doneUntilCycle = state.cutCycle();
    lastActiveCycle = state.lastActiveCycle();
    handledCount = state.handledCount();
    sequence = state.sequence();
    hash.resume(state.hash());
    state.pending().forEach(pending::add);
    nextCycle = Math.min(pending.headCycle(), process.nextOwnCycle());
    if (nextCycle < doneUntilCycle) {
      throw new BrokenInvariant(
          "%s has something to do at cycle %d, before the cut at cycle %d"
              .formatted(name(), nextCycle, doneUntilCycle));
    }
  }

  void requireRestoredAt(long cutCycle) {
    if (doneUntilCycle != cutCycle) {
      throw new BrokenInvariant(
          "%s stands at cycle %d and is to go on from cycle %d"
              .formatted(name(), doneUntilCycle, cutCycle));
    }
  }

  public long blockedSince() {
    return process.blockedSince();
  }

  /**
   * Cycle of the last event or own activity, see {@link LogicalProcess#lastOwnCycle}; -1 before the
   * first.
   */
  public long lastActiveCycle() {
    return lastActiveCycle;
  }

  /** Number of events handled. */
  public long handledCount() {
    return handledCount;
  }

  public Report inspect(long cycle) {
    return process.inspect(cycle);
  }

  /** Hash over every event handled and every output so far. */
  public long eventHash() {
    return hash.value();
  }

  /** Hash over the architectural state as it is now. */
  public long stateHash() {
    StateHash state = new StateHash();
    process.foldState(state);
    return state.value();
  }
}
