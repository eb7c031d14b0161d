package stillpoint.console;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** {@code HOST:PORT} on the command line. */
final class Endpoint {
  private static final int MOST_PORT = 65_535;

  private Endpoint() {}

  /**
   * @param option whose value it is
   */
  static InetSocketAddress parse(String option, String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 1 ? "" : text.substring(0, colon);
    int port = -1;
    try {
      port = Integer.parseInt(text.substring(colon + 1));
    } catch (NumberFormatException e) {
      // refused below
    }
    boolean bare = host.indexOf(':') >= 0 && !(host.startsWith("[") && host.endsWith("]"));
    if (!host.matches("[^\\s/@#?]+") || bare || port < 0 || port > MOST_PORT) {
      throw new UserError(
          option
              + " '"
              + text
              + "' is no HOST:PORT; give for instance "
              + option
              + " 127.0.0.1:7355");
    }
    return InetSocketAddress.createUnresolved(host, port);
  }

  /** One or more, separated by commas, of members that listen: port 0 is refused. */
  static List<InetSocketAddress> members(String option, String text) {
    List<InetSocketAddress> members = new ArrayList<>();
    for (String one : text.split(",", -1)) {
      InetSocketAddress member = parse(option, one.strip());
      if (member.getPort() == 0) {
        throw new UserError(option + " " + text + " has port 0, where nobody listens");
      }
      members.add(member);
    }
    return members;
  }

  /** Refuses a name that no resolver knows. */
  static void requireHost(String option, InetSocketAddress endpoint) {
    if (!isKnown(endpoint)) {
      throw new UserError(
          "%s %s: no host of that name is known here; check the name, or give an address"
              .formatted(option, text(endpoint)));
    }
  }

  static boolean isKnown(InetSocketAddress endpoint) {
    try {
      InetAddress.getByName(endpoint.getHostString());
      return true;
    } catch (UnknownHostException e) {
      return false;
    }
  }

  static boolean isLoopback(InetSocketAddress endpoint) {
    try {
      return InetAddress.getByName(endpoint.getHostString()).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  static String text(InetSocketAddress endpoint) {
    return endpoint.getHostString() + ":" + endpoint.getPort();
  }
}
