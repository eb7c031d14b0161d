package stillpoint.console;

import java.nio.file.Path;
import java.util.Optional;
import stillpoint.actors.checkpoint.Checkpoint;
import stillpoint.actors.checkpoint.RunIdentity;

/**
 * What a run does about checkpoints.
 *
 * @param written where and how often, if at all
 * @param from where the run goes on, if not from its beginning
 */
record Checkpoints(Optional<Written> written, Optional<Checkpoint> from) {
  static final Checkpoints NONE = new Checkpoints(Optional.empty(), Optional.empty());

  /**
   * @param everyNanos span of virtual time
   * @param identity of the run, to go with each
   */
  record Written(long everyNanos, Path folder, RunIdentity identity) {}
}
