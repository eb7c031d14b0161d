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
import java.util.concurrent.Semaphore;
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

  /** Who has not said hello yet waits with so many others at most; those beyond are closed. */
  private static final int MOST_STRANGERS = 64;

  /** Epoch, node, secret. */
  private static final int HELLO_BYTES = 8 + 4 + 16;

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
  private final Semaphore strangers = new Semaphore(MOST_STRANGERS);
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
    this.server = new ServerSocket(0, nodes + MOST_STRANGERS, host);
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
      ByteBuffer hello = ByteBuffer.allocate(HELLO_BYTES);
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
        if (strangers.tryAcquire()) {
          daemon("from", () -> greet(socket));
        } else {
          quietly(socket);
        }
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
      int peer;
      DataInputStream in;
      try {
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        peer = peerOf(socket, in);
      } finally {
        strangers.release();
      }
      if (peer < 0) {
        LOG.warn("{} is no node of this run, closed", socket.getRemoteSocketAddress());
        socket.close();
      } else {
        read(peer, socket, in);
      }
    } catch (IOException e) {
      LOG.info("{}: {}", socket.getRemoteSocketAddress(), e.getMessage());
      quietly(socket);
    }
  }

  /** Which node of the run has connected; -1 if none. All of its hello must come in time. */
  private int peerOf(Socket socket, DataInputStream in) throws IOException {
    long deadline = System.nanoTime() + HELLO_MILLIS * 1_000_000L;
    byte[] hello = new byte[HELLO_BYTES];
    for (int got = 0; got < hello.length; ) {
      long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
      if (leftMillis < 1) {
        throw new IOException("it does not say who it is");
      }
      socket.setSoTimeout((int) leftMillis);
      int some = in.read(hello, got, hello.length - got);
      if (some < 0) {
        throw new IOException("it ended without a word");
      }
      got += some;
    }
    socket.setSoTimeout(0);
    ByteBuffer said = ByteBuffer.wrap(hello);
    long theirEpoch = said.getLong();
    int peer = said.getInt();
    boolean knows = said.getLong() == secret.high() & said.getLong() == secret.low();
    return knows && theirEpoch == epoch && peer >= 0 && peer < node ? peer : -1;
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
        byte[] bytes = new byte[length - HEADER_BYTES];
        // all of them or none: a peer may be killed in the middle of a frame
        in.readFully(bytes);
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
