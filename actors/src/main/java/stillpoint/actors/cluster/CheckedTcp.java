package stillpoint.actors.cluster;

import akka.actor.ActorSystem;
import akka.remote.artery.tcp.SSLEngineProvider;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import scala.Option;

/**
 * Plain TCP between members, with each frame's length checked before Artery sees it. Artery is told that this is TLS, for only there does
 * it let others look at what comes; the bytes on the wire are those of its plain transport. See docs/decisions/0100.
 */
public final class CheckedTcp implements SSLEngineProvider {
  private static final String ARTERY = "akka.remote.artery.";
  private static final String TRANSPORT = ARTERY + "transport";
  private static final String PROVIDER = ARTERY + "ssl.ssl-engine-provider";

  private final int mostBytes;

  /** Made by Akka, of the class's name. */
  public CheckedTcp(ActorSystem system) {
    Config config = system.settings().config();
    this.mostBytes = config.getBytes(ARTERY + "advanced.maximum-frame-size").intValue();
  }

  /** A member's settings: where they say {@code tcp}, it is this. */
  static Config instead(Config config) {
    return config.getString(TRANSPORT).equals("tcp")
        ? config
            .withValue(TRANSPORT, ConfigValueFactory.fromAnyRef("tls-tcp"))
            .withValue(PROVIDER, ConfigValueFactory.fromAnyRef(CheckedTcp.class.getName()))
        : config;
  }

  /** Whether members with these settings speak in the clear. */
  static boolean isPlain(Config config) {
    return config.getString(PROVIDER).equals(CheckedTcp.class.getName());
  }

  @Override
  public SSLEngine createServerSSLEngine(String host, int port) {
    return new PlainEngine(new FrameCheck(mostBytes));
  }

  /** Who is asked for nothing answers nothing: members listen on one connection and talk on another. */
  @Override
  public SSLEngine createClientSSLEngine(String host, int port) {
    return new PlainEngine(null);
  }

  @Override
  public Option<Throwable> verifyClientSession(String host, SSLSession session) {
    return Option.empty();
  }

  @Override
  public Option<Throwable> verifyServerSession(String host, SSLSession session) {
    return Option.empty();
  }
}
