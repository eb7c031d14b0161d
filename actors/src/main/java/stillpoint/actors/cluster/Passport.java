package stillpoint.actors.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What all members of a cluster must agree on, by name: which program they are, and how they judge
 * that one of them is lost.
 */
record Passport(SortedMap<String, String> facts) {
  /** Of {@code stillpoint.cluster}: what this program is. */
  static final List<String> PROGRAM = List.of("version", "build", "format");

  /** Settings with which nodes would not understand each other, or bury each other differently. */
  static final List<String> SETTINGS =
      List.of(
          "akka.remote.artery.transport",
          "akka.remote.artery.advanced.maximum-frame-size",
          "akka.cluster.downing-provider-class",
          "akka.cluster.split-brain-resolver",
          "akka.cluster.failure-detector");

  Passport {
    facts = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(facts));
  }

  static Passport of(Config config) {
    SortedMap<String, String> facts = new TreeMap<>();
    for (String name : PROGRAM) {
      facts.put(name, config.getString("stillpoint.cluster." + name));
    }
    for (String path : SETTINGS) {
      // leaf by leaf, so that a difference has a name
      Config leaves = config.withOnlyPath(path);
      leaves
          .entrySet()
          .forEach(
              leaf ->
                  facts.put(leaf.getKey(), leaf.getValue().render(ConfigRenderOptions.concise())));
    }
    return new Passport(facts);
  }

  /** What is not the same there and here, a text each; empty if all is. */
  List<String> differences(Map<String, String> there) {
    TreeMap<String, String> names = new TreeMap<>(byWeight());
    names.putAll(there);
    names.putAll(facts);
    List<String> differences = new ArrayList<>();
    for (String name : names.keySet()) {
      String here = facts.getOrDefault(name, "not set");
      String other = there.getOrDefault(name, "not set");
      if (!here.equals(other)) {
        differences.add(name + " is " + other + " there and " + here + " here");
      }
    }
    return differences;
  }

  /** What the program is comes first. */
  private static Comparator<String> byWeight() {
    return Comparator.comparing((String name) -> name.startsWith("akka."))
        .thenComparing(name -> PROGRAM.contains(name) ? PROGRAM.indexOf(name) : PROGRAM.size())
        .thenComparing(Comparator.naturalOrder());
  }
}
