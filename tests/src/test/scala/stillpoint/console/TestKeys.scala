package stillpoint.console

import java.nio.file.{Files, Path}
import java.security.KeyStore
import java.security.cert.Certificate
import java.util.Base64
import java.util.concurrent.TimeUnit

/** Key files as `--tls` takes them, made by the JDK's keytool for one test run and never kept. */
object TestKeys {
  private val Password = "only-for-this-test"
  private val base = Files.createTempDirectory("keys")
  Runtime.getRuntime.addShutdownHook(new Thread(() => delete(base)))

  /** A CA, and the nodes that it knows. */
  final class Authority(name: String) {
    private val store = base.resolve(name + ".p12")
    keytool("-alias", "ca", "-dname", s"CN=$name", "-ext", "bc:critical=ca:true")

    private def keytool(arguments: String*): Unit = {
      val command = Seq(
        Path.of(System.getProperty("java.home"), "bin", "keytool").toString, "-genkeypair", "-keyalg", "RSA", "-keysize", "2048",
        "-validity", "2", "-storetype", "PKCS12", "-keystore", store.toString, "-storepass", Password
      ) ++ arguments
      val log = base.resolve("keytool.log").toFile
      val process = new ProcessBuilder(command: _*).redirectErrorStream(true).redirectOutput(log).start()
      require(process.waitFor(120, TimeUnit.SECONDS) && process.exitValue == 0, Files.readString(log.toPath))
    }

    /** A folder of a node whose certificate has that subject name. */
    def folder(subject: String): Path = {
      keytool("-alias", subject, "-signer", "ca", "-dname", s"CN=$subject", "-ext", s"san=dns:$subject")
      val keys = KeyStore.getInstance("PKCS12")
      val in = Files.newInputStream(store)
      try keys.load(in, Password.toCharArray)
      finally in.close()
      val folder = Files.createDirectories(base.resolve(s"$name-$subject"))
      pem(folder.resolve("tls.crt"), "CERTIFICATE", keys.getCertificate(subject).getEncoded)
      pem(folder.resolve("tls.key"), "PRIVATE KEY", keys.getKey(subject, Password.toCharArray).getEncoded)
      val authority: Certificate = keys.getCertificate("ca")
      pem(folder.resolve("ca.crt"), "CERTIFICATE", authority.getEncoded)
      folder
    }
  }

  private def pem(file: Path, label: String, der: Array[Byte]): Unit = {
    val body = Base64.getMimeEncoder(64, "\n".getBytes).encodeToString(der)
    Files.writeString(file, s"-----BEGIN $label-----\n$body\n-----END $label-----\n")
  }

  private def delete(path: Path): Unit = {
    if (Files.isDirectory(path)) path.toFile.listFiles.foreach(file => delete(file.toPath))
    Files.deleteIfExists(path)
  }

  lazy val authority = new Authority("right")
  lazy val node: Path = authority.folder("stillpoint")
  lazy val otherName: Path = authority.folder("accounting")
  lazy val otherAuthority: Path = new Authority("wrong").folder("stillpoint")
}
