package stillpoint.actors.cluster;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import stillpoint.actors.dispatch.ShardThread;
import stillpoint.actors.link.LinkFrame;
import stillpoint.actors.link.ReliableLink;

/**
 * Sockets of their own for the frames of one run, one between each two nodes: a frame costs a system
 * call and not a tour through a stream of actors. They promise nothing that {@link ReliableLink} does
 * not make good; where none is open, frames go over Artery. Who connects must know the run's secret,
 * which went round over Artery; whatever else comes to the port is closed.
 */
final class BatchSockets implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(BatchSockets.class);
  private static final int HELLO_MILLIS = 5_000;

  /** Sequence, expected, flags. */
  private static final int HEADER_BYTES = 8 + 8 + 1;

  private static final int LAST = 1;
  private static final int MISSING = 2;

  /** Where a node listens; port 0 if it does not. */
  record Endpoint(String host, int port) implements ClusterMessage {
    static final Endpoint NONE = new Endpoint("", 0);
  }

  /** Known to the nodes of one run alone. */
  record Secret(long high, long low) implements ClusterMessage {}

  private final long epoch;
  private final int node;
  private final Secret secret;
  private final Consumer<ClusterGateway.Frame> sink;
  private final ServerSocket server;
  private final AtomicReferenceArray<Socket> sockets;
  private volatile boolean closed;

  /** {@code sink} is called by any thread. */
  BatchSockets(
      InetAddress host,
      long epoch,
      int node,
      int nodes,
      Secret secret,
      Consumer<ClusterGateway.Frame> sink)
      throws IOException {
    this.epoch = epoch;
    this.node = node;
    this.secret = secret;
    this.sink = sink;
    this.sockets = new AtomicReferenceArray<>(nodes);
    this.server = new ServerSocket(0, nodes, host);
    daemon("accept", this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Opens the sockets to nodes of higher numbers; those of lower ones come by themselves. */
  void connect(List<Endpoint> endpoints) {
    for (int peer = node + 1; peer < endpoints.size(); peer++) {
      int other = peer;
      Endpoint endpoint = endpoints.get(peer);
      if (endpoint.port() > 0) {
        daemon("to-" + other, () -> connect(other, endpoint));
      }
    }
  }

  private void connect(int peer, Endpoint endpoint) {
    try {
      Socket socket = new Socket();
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress(endpoint.host(), endpoint.port()), HELLO_MILLIS);
      ByteBuffer hello = ByteBuffer.allocate(8 + 4 + 16);
      hello.putLong(epoch).putInt(node).putLong(secret.high()).putLong(secret.low());
      socket.getOutputStream().write(hello.array());
      read(peer, socket, new DataInputStream(new BufferedInputStream(socket.getInputStream())));
    } catch (IOException e) {
      LOG.info("no socket to node {}: {}; Artery carries its batches", peer, e.getMessage());
    }
  }

  private void accept() {
    while (!closed) {
      try {
        Socket socket = server.accept();
        daemon("from", () -> greet(socket));
      } catch (IOException e) {
        if (!closed) {
          LOG.warn("no more sockets: {}", e.getMessage());
        }
        return;
      }
    }
  }

  private void greet(Socket socket) {
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(HELLO_MILLIS);
      DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      long theirEpoch = in.readLong();
      int peer = in.readInt();
      boolean knows = in.readLong() == secret.high() & in.readLong() == secret.low();
      if (!knows || theirEpoch != epoch || peer < 0 || peer >= node) {
        LOG.warn("{} is no node of this run, closed", socket.getRemoteSocketAddress());
        socket.close();
        return;
      }
      socket.setSoTimeout(0);
      read(peer, socket, in);
    } catch (IOException e) {
      LOG.info("{}: {}", socket.getRemoteSocketAddress(), e.getMessage());
      quietly(socket);
    }
  }

  private void read(int peer, Socket socket, DataInputStream in) {
    sockets.set(peer, socket);
    if (closed) {
      quietly(socket);
      return;
    }
    try {
      while (true) {
        int length = in.readInt();
        if (length < HEADER_BYTES || length > HEADER_BYTES + ReliableLink.MOST_BYTES) {
          throw new IOException("a frame of " + length + " bytes");
        }
        long sequence = in.readLong();
        long expected = in.readLong();
        int flags = in.readUnsignedByte();
        byte[] bytes = in.readNBytes(length - HEADER_BYTES);
        sink.accept(
            new ClusterGateway.Frame(
                epoch,
                peer,
                sequence,
                (flags & LAST) != 0,
                expected,
                (flags & MISSING) != 0,
                bytes));
      }
    } catch (IOException e) {
      if (!closed) {
        LOG.info("the socket of node {} is gone: {}", peer, e.getMessage());
      }
      sockets.compareAndSet(peer, socket, null);
      quietly(socket);
    }
  }

  /** Sends a frame; false if there is no socket to that node. */
  boolean send(int to, ClusterGateway.Frame frame) {
    Socket socket = sockets.get(to);
    if (socket == null) {
      return false;
    }
    LinkFrame link = frame.frame();
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + HEADER_BYTES + link.bytes().length);
    bytes.putInt(HEADER_BYTES + link.bytes().length);
    bytes.putLong(link.sequence()).putLong(link.expected());
    bytes.put((byte) ((link.last() ? LAST : 0) | (link.missing() ? MISSING : 0)));
    bytes.put(link.bytes());
    try {
      socket.getOutputStream().write(bytes.array());
      return true;
    } catch (IOException e) {
      sockets.compareAndSet(to, socket, null);
      quietly(socket);
      return false;
    }
  }

  private static void daemon(String name, Runnable work) {
    Thread thread = new ShardThread.Carrier(work, "stillpoint-batches-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  private static void quietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("closing", e);
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      server.close();
    } catch (IOException e) {
      LOG.debug("closing", e);
    }
    for (int peer = 0; peer < sockets.length(); peer++) {
      Socket socket = sockets.get(peer);
      if (socket != null) {
        quietly(socket);
      }
    }
  }
}
