package stillpoint.clusterconfig;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;

/**
 * A folder with {@code tls.crt}, {@code tls.key} and {@code ca.crt}, as certificate managers and
 * Kubernetes secrets lay them out: PEM, a certificate issued by that CA itself, its RSA key without
 * a pass phrase. Both sides of a connection must show a certificate of the CA, and the two must have
 * a subject name in common.
 */
public final class TlsFiles {
  private static final List<String> KEY_LABELS =
      List.of("-----BEGIN PRIVATE KEY-----", "-----BEGIN RSA PRIVATE KEY-----");

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
    key(keyFile);
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
    if (!certificate.getPublicKey().getAlgorithm().equals("RSA")) {
      throw new SettingsError(
          "--tls: "
              + certificateFile
              + " is of "
              + certificate.getPublicKey().getAlgorithm()
              + "; give an RSA certificate");
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

  private static void key(Path file) {
    String text = new String(read(file), StandardCharsets.ISO_8859_1);
    if (KEY_LABELS.stream().noneMatch(text::contains)) {
      throw new SettingsError(
          "--tls: " + file + " is no private key without a pass phrase; give PKCS #8 or #1 as PEM");
    }
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
