package stillpoint.actors.cluster;

import akka.cluster.ConfigValidation;
import akka.cluster.JoinConfigCompatChecker;
import com.typesafe.config.Config;
import java.util.List;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The same question as at the door, asked once more by Akka when a member really joins: whoever came
 * in between, or never knocked, is refused too.
 */
public final class SameConfiguration extends JoinConfigCompatChecker {
  @Override
  public Seq<String> requiredKeys() {
    List<String> keys =
        Passport.PROGRAM.stream().map(name -> "stillpoint.cluster." + name).toList();
    return CollectionConverters.asScala(keys).toList();
  }

  @Override
  public ConfigValidation check(Config toCheck, Config actual) {
    return JoinConfigCompatChecker.fullMatch(requiredKeys(), toCheck, actual);
  }
}
