package stillpoint.actors.cluster;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

/**
 * An engine that encrypts nothing: it hands on what goes out, and what comes in once it has been checked. This is the one place where
 * Akka lets bytes be looked at before its own framing; see {@link CheckedTcp}.
 *
 * <p>There is no handshake but in name: whoever drives an engine wants to hear that one is over, and hears it of the first wrap. There
 * is no session, and nothing is said when a side closes; as with plain TCP, a peer that has closed its side is gone.
 */
final class PlainEngine extends SSLEngine {
  private static final String[] NONE = {};

  private final FrameCheck check;
  private boolean client;
  private boolean finished;
  private boolean inboundDone;
  private boolean outboundDone;

  /** {@code check}: of what comes in; null if nobody may send anything here. */
  PlainEngine(FrameCheck check) {
    this.check = check;
  }

  @Override
  public SSLEngineResult wrap(ByteBuffer[] sources, int offset, int length, ByteBuffer out) {
    if (outboundDone) {
      return new SSLEngineResult(Status.CLOSED, HandshakeStatus.NOT_HANDSHAKING, 0, 0);
    }
    int moved = 0;
    for (int i = offset; i < offset + length; i++) {
      moved += move(sources[i], out);
    }
    HandshakeStatus status = finished ? HandshakeStatus.NOT_HANDSHAKING : HandshakeStatus.FINISHED;
    finished = true;
    return new SSLEngineResult(Status.OK, status, moved, moved);
  }

  @Override
  public SSLEngineResult unwrap(ByteBuffer source, ByteBuffer[] outs, int offset, int length)
      throws SSLException {
    if (inboundDone) {
      return new SSLEngineResult(Status.CLOSED, getHandshakeStatus(), 0, 0);
    }
    int moved = 0;
    for (int i = offset; i < offset + length; i++) {
      moved += checkedMove(source, outs[i]);
    }
    Status status = moved == 0 && source.hasRemaining() ? Status.BUFFER_OVERFLOW : Status.OK;
    return new SSLEngineResult(status, getHandshakeStatus(), moved, moved);
  }

  private int checkedMove(ByteBuffer source, ByteBuffer out) throws SSLException {
    ByteBuffer next =
        source.slice(source.position(), Math.min(source.remaining(), out.remaining()));
    if (next.hasRemaining()) {
      try {
        look(next);
      } catch (SSLException refused) {
        closeInbound();
        throw refused;
      }
    }
    return move(source, out);
  }

  private void look(ByteBuffer next) throws SSLException {
    if (check == null) {
      throw new SSLException("an answer where there is none");
    }
    check.look(next);
  }

  private static int move(ByteBuffer source, ByteBuffer out) {
    int bytes = Math.min(source.remaining(), out.remaining());
    out.put(source.slice(source.position(), bytes));
    source.position(source.position() + bytes);
    return bytes;
  }

  @Override
  public HandshakeStatus getHandshakeStatus() {
    return finished || outboundDone ? HandshakeStatus.NOT_HANDSHAKING : HandshakeStatus.NEED_WRAP;
  }

  @Override
  public void closeInbound() {
    inboundDone = true;
    outboundDone = true;
  }

  @Override
  public boolean isInboundDone() {
    return inboundDone;
  }

  @Override
  public void closeOutbound() {
    outboundDone = true;
  }

  @Override
  public boolean isOutboundDone() {
    return outboundDone;
  }

  @Override
  public void beginHandshake() {
    // nothing to begin
  }

  @Override
  public Runnable getDelegatedTask() {
    return null;
  }

  /** There is none. */
  @Override
  public SSLSession getSession() {
    return null;
  }

  @Override
  public void setUseClientMode(boolean mode) {
    client = mode;
  }

  @Override
  public boolean getUseClientMode() {
    return client;
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return NONE;
  }

  @Override
  public String[] getEnabledCipherSuites() {
    return NONE;
  }

  @Override
  public void setEnabledCipherSuites(String[] suites) {
    throw plain();
  }

  @Override
  public String[] getSupportedProtocols() {
    return NONE;
  }

  @Override
  public String[] getEnabledProtocols() {
    return NONE;
  }

  @Override
  public void setEnabledProtocols(String[] protocols) {
    throw plain();
  }

  @Override
  public void setNeedClientAuth(boolean need) {
    throw plain();
  }

  @Override
  public boolean getNeedClientAuth() {
    return false;
  }

  @Override
  public void setWantClientAuth(boolean want) {
    throw plain();
  }

  @Override
  public boolean getWantClientAuth() {
    return false;
  }

  @Override
  public void setEnableSessionCreation(boolean flag) {
    throw plain();
  }

  @Override
  public boolean getEnableSessionCreation() {
    return false;
  }

  private static UnsupportedOperationException plain() {
    return new UnsupportedOperationException("this engine encrypts nothing");
  }
}
