package stillpoint.clusterconfig;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A folder with {@code tls.crt}, {@code tls.key} and {@code ca.crt}, as certificate managers and
 * Kubernetes secrets lay them out: PEM, a certificate issued by that CA itself, its RSA key without
 * a pass phrase. Both sides of a connection must show a certificate of the CA, and the two must have
 * a subject name in common.
 */
public final class TlsFiles {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN (RSA )?PRIVATE KEY-----([^-]+)-----END");

  /** In DER: 0, then the sequence of rsaEncryption and null. */
  private static final byte[] RSA_HEADER =
      HexFormat.of().parseHex("020100300d06092a864886f70d0101010500");

  private TlsFiles() {}

  /**
   * Looks at the files, and gives the settings with which nodes use them.
   *
   * @throws SettingsError if a file is missing or is not what it must be
   */
  public static Config settings(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new SettingsError(
          "--tls " + folder + " is no folder; give one with tls.crt, tls.key and ca.crt");
    }
    Path certificateFile = folder.resolve("tls.crt");
    Path keyFile = folder.resolve("tls.key");
    Path authorityFile = folder.resolve("ca.crt");
    X509Certificate certificate = certificate(certificateFile);
    X509Certificate authority = certificate(authorityFile);
    RSAPrivateCrtKey key = key(keyFile);
    try {
      certificate.verify(authority.getPublicKey());
    } catch (GeneralSecurityException e) {
      throw new SettingsError(
          "--tls: "
              + certificateFile
              + " was not issued by "
              + authorityFile
              + "; give the certificate of the CA that signed it, no intermediate one");
    }
    boolean own =
        certificate.getPublicKey() instanceof RSAPublicKey of
            && of.getModulus().equals(key.getModulus());
    if (!own) {
      throw new SettingsError(
          "--tls: "
              + keyFile
              + " is not the key of "
              + certificateFile
              + "; give the two together");
    }
    String engine = "akka.remote.artery.ssl.rotating-keys-engine.";
    return ConfigFactory.parseMap(
        Map.of(
            "akka.remote.artery.transport",
            "tls-tcp",
            "akka.remote.artery.ssl.ssl-engine-provider",
            "akka.remote.artery.tcp.ssl.RotatingKeysSSLEngineProvider",
            engine + "cert-file",
            certificateFile.toAbsolutePath().toString(),
            engine + "key-file",
            keyFile.toAbsolutePath().toString(),
            engine + "ca-cert-file",
            authorityFile.toAbsolutePath().toString(),
            engine + "protocol",
            "TLSv1.3",
            engine + "enabled-algorithms",
            List.of("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256")));
  }

  private static X509Certificate certificate(Path file) {
    byte[] bytes = read(file);
    try {
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(bytes));
      certificate.checkValidity();
      return certificate;
    } catch (CertificateExpiredException e) {
      throw new SettingsError("--tls: " + file + " has expired: " + e.getMessage());
    } catch (CertificateNotYetValidException e) {
      throw new SettingsError("--tls: " + file + " is not valid yet: " + e.getMessage());
    } catch (CertificateException e) {
      throw new SettingsError("--tls: " + file + " is no X.509 certificate; give one as PEM");
    }
  }

  private static RSAPrivateCrtKey key(Path file) {
    String text = new String(read(file), StandardCharsets.ISO_8859_1);
    Matcher pem = KEY.matcher(text);
    if (!pem.find()) {
      throw new SettingsError(
          "--tls: " + file + " is no private key without a pass phrase; give PKCS #8 or #1 as PEM");
    }
    try {
      byte[] der = Base64.getMimeDecoder().decode(pem.group(2));
      byte[] pkcs8 = pem.group(1) == null ? der : wrapped(der);
      return (RSAPrivateCrtKey)
          KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new SettingsError("--tls: " + file + " is no RSA key; give one as PEM");
    }
  }

  /** PKCS #8 around PKCS #1: version 0, algorithm rsaEncryption, the key as octets. */
  private static byte[] wrapped(byte[] pkcs1) {
    byte[] octets = element(0x04, pkcs1);
    ByteBuffer body = ByteBuffer.allocate(RSA_HEADER.length + octets.length);
    return element(0x30, body.put(RSA_HEADER).put(octets).array());
  }

  private static byte[] element(int tag, byte[] value) {
    if (value.length > 0xffff) {
      throw new IllegalArgumentException("a key of " + value.length + " bytes");
    }
    ByteBuffer der = ByteBuffer.allocate(4 + value.length);
    return der.put((byte) tag).put((byte) 0x82).putShort((short) value.length).put(value).array();
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new SettingsError(
          "--tls: "
              + file
              + (Files.exists(file) ? " cannot be read" : " does not exist")
              + "; tls.crt, tls.key and ca.crt are needed");
    }
  }
}
