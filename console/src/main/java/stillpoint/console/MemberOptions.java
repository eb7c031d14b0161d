package stillpoint.console;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import picocli.CommandLine.Option;
import stillpoint.actors.cluster.ClusterRuns;
import stillpoint.clusterconfig.ClusterSettings;
import stillpoint.clusterconfig.TlsFiles;

/** How this JVM becomes a member of a cluster: the options that {@code node} and {@code run} share. */
final class MemberOptions {
  private static final Set<String> ANY_ADDRESS = Set.of("0.0.0.0", "::", "[::]");

  @Option(
      names = "--bind",
      paramLabel = "HOST:PORT",
      description = "Where to listen; loopback unless told otherwise.")
  private String bind;

  @Option(
      names = "--advertise",
      paramLabel = "HOST:PORT",
      description = "Where the others reach it, if that is another address than --bind's.")
  private String advertise;

  @Option(
      names = "--tls",
      paramLabel = "DIR",
      description =
          "Folder with tls.crt, tls.key and ca.crt: members trust certificates of that CA.")
  private Path tls;

  @Option(
      names = "--cluster-config",
      paramLabel = "FILE",
      description = "HOCON file with settings of the cluster; see docs/cluster.md.")
  private Path file;

  /** The first of these that was given, for commands that have no cluster; null if none was. */
  String given() {
    return bind != null
        ? "--bind"
        : advertise != null
            ? "--advertise"
            : tls != null ? "--tls" : file != null ? "--cluster-config" : null;
  }

  /**
   * Becomes a member.
   *
   * @param join as in {@link ClusterRuns.Membership}
   * @param capacity as there
   * @param notes gets lines for people
   */
  ClusterRuns member(
      List<InetSocketAddress> join, int capacity, long patienceMillis, Consumer<String> notes) {
    InetSocketAddress listen = Endpoint.parse("--bind", bind == null ? "127.0.0.1:0" : bind);
    InetSocketAddress reached =
        advertise == null ? listen : Endpoint.parse("--advertise", advertise);
    if (ANY_ADDRESS.contains(reached.getHostString())) {
      throw new UserError(
          "%s %s is no address that others can reach; add --advertise HOST:PORT"
              .formatted(advertise == null ? "--bind" : "--advertise", Endpoint.text(reached)));
    }
    if (advertise != null && reached.getPort() == 0) {
      throw new UserError("--advertise " + advertise + " has no port; give that of --bind");
    }
    Endpoint.requireHost("--bind", listen);
    requireOneKnown(join, reached);
    if (tls == null && !Endpoint.isLoopback(listen)) {
      notes.accept(
          "whoever reaches "
              + Endpoint.text(listen)
              + " may join; use --tls where not all are friends");
    }
    return ClusterRuns.start(
        new ClusterRuns.Membership(
            reached.getHostString(), reached.getPort(), join, capacity, patienceMillis),
        settings(listen),
        Workloads::unpack,
        VariationsOnNode::unpack);
  }

  private static void requireOneKnown(List<InetSocketAddress> join, InetSocketAddress own) {
    if (join.isEmpty() || join.contains(own)) {
      return;
    }
    if (join.stream().noneMatch(Endpoint::isKnown)) {
      throw new UserError(
          "no host of "
              + String.join(", ", join.stream().map(Endpoint::text).toList())
              + " is known here; check the name, or give an address");
    }
  }

  private Config settings(InetSocketAddress listen) {
    Config all = ConfigFactory.load();
    Config own =
        ConfigFactory.parseMap(
            Map.of(
                "akka.remote.artery.bind.hostname", listen.getHostString(),
                "akka.remote.artery.bind.port", listen.getPort(),
                "stillpoint.cluster.version", Versions.stillpoint(),
                "stillpoint.cluster.build", BuildMark.own()));
    Config settings =
        ClusterSettings.shipped()
            .withFallback(all.getConfig("stillpoint.cluster").withOnlyPath("akka"));
    if (tls != null) {
      settings = TlsFiles.settings(tls).withFallback(settings);
    }
    if (file != null) {
      settings = ClusterSettings.read(file, all).withFallback(settings);
    }
    return own.withFallback(settings)
        // no file lays anything over these
        .withValue("akka.actor.allow-java-serialization", ConfigValueFactory.fromAnyRef("off"));
  }
}
