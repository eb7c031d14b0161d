package stillpoint.console;

import java.net.InetSocketAddress;

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
    if (host.isBlank() || port < 0 || port > MOST_PORT) {
      throw new UserError(
          option
              + " "
              + text
              + " is no HOST:PORT; give for instance "
              + option
              + " 127.0.0.1:7355");
    }
    return InetSocketAddress.createUnresolved(host, port);
  }
}
