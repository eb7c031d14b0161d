package stillpoint.actors.cluster;

import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** {@link NodeAgent.Members} of Akka's cluster. */
record UpMembers(Cluster cluster) implements NodeAgent.Members {
  @Override
  public boolean areUp(List<String> names) {
    Set<String> up =
        StreamSupport.stream(cluster.state().getMembers().spliterator(), false)
            .filter(member -> member.status() == MemberStatus.up())
            .map(UpMembers::nameOf)
            .collect(Collectors.toSet());
    return up.containsAll(names);
  }

  private static String nameOf(Member member) {
    return member.address().getHost().orElse("?") + ":" + member.address().getPort().orElseThrow();
  }
}
