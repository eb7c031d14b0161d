package stillpoint.console

import java.io.{BufferedReader, InputStreamReader}
import java.nio.file.{Files, Path}
import scala.collection.mutable

/** Where processes of a test live, a place each: all on this host's loopback, or in networks that can be cut. */
trait TestNetwork extends AutoCloseable {
  /** A new place. */
  def place(): Int

  def addressOf(place: Int): String

  /** What to start so that a command runs at a place; its process id is the command's. */
  def inside(place: Int, command: Seq[String]): Seq[String]

  /** From now on those at the places `away` hear only each other, and nobody else hears them. */
  def cutOff(away: Set[Int]): Unit

  /** All hear all. */
  def heal(): Unit
}

/** This host's loopback: nobody can be cut off. */
class Loopback extends TestNetwork {
  private var places = 0
  override def place(): Int = { places += 1; places }
  override def addressOf(place: Int): String = "127.0.0.1"
  override def inside(place: Int, command: Seq[String]): Seq[String] = command
  override def cutOff(away: Set[Int]): Unit = throw new UnsupportedOperationException("nobody can be cut off on loopback")
  override def heal(): Unit = ()
  override def close(): Unit = ()
}

/**
 * Network namespaces, one a place, joined by a bridge; a second bridge takes those that are cut off. Packets are dropped without a
 * word, as by a broken switch. Each namespace lives as long as a process that ends with this JVM, so that nothing is ever left of
 * them, and nothing of the host's own network is touched. Needs iproute2, and root or user namespaces; see [[Namespaces.open]].
 */
class Namespaces private (hub: Namespaces.Holder) extends TestNetwork {
  import Namespaces._
  private val holders = mutable.Buffer.empty[Holder]
  private val away = mutable.Set.empty[Int]

  hub.run("for b in near far; do ip link add $b type bridge; ip link set $b up; done")

  override def place(): Int = {
    val holder = Holder(within(hub, Seq("unshare", "-n")))
    holders += holder
    val place = holders.size
    hub.run(
      s"ip link add v$place type veth peer name eth0 netns ${holder.pid}; ip link set v$place master near; ip link set v$place up")
    holder.run(s"ip addr add ${addressOf(place)}/16 dev eth0; ip link set eth0 up; ip link set lo up")
    place
  }

  // of one length, for Akka compares addresses as texts
  override def addressOf(place: Int): String = s"10.77.${100 + place / 100}.${100 + place % 100}"

  override def inside(place: Int, command: Seq[String]): Seq[String] = holders(place - 1).enter ++ command

  override def cutOff(places: Set[Int]): Unit = {
    away ++= places
    hub.run(places.map(place => s"ip link set v$place master far").mkString("; "))
  }

  override def heal(): Unit = {
    if (away.nonEmpty) hub.run(away.map(place => s"ip link set v$place master near").mkString("; "))
    away.clear()
  }

  override def close(): Unit = (holders :+ hub).foreach(_.close())
}

object Namespaces {
  private val isRoot = Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0

  /** A process that keeps a namespace. */
  private case class Holder(process: Process) {
    val pid: Long = process.pid
    val enter: Seq[String] =
      if (isRoot) Seq("nsenter", "-t", s"$pid", "-n") else Seq("nsenter", "-t", s"$pid", "-U", "-n", "--preserve-credentials")
    def run(script: String): Unit = {
      val done = new ProcessBuilder((enter ++ Seq("sh", "-ec", script)): _*).redirectErrorStream(true).start()
      val said = new String(done.getInputStream.readAllBytes()).trim
      if (done.waitFor() != 0) throw new IllegalStateException(s"$script: $said")
    }
    def close(): Unit = process.destroyForcibly()
  }

  private object Holder {
    def apply(prefix: Seq[String]): Holder = {
      val process = new ProcessBuilder((prefix ++ Seq("sh", "-c", "echo ready; exec cat")): _*).start()
      if (new BufferedReader(new InputStreamReader(process.getInputStream)).readLine() != "ready")
        throw new IllegalStateException(s"${prefix.mkString(" ")}: ${new String(process.getErrorStream.readAllBytes()).trim}")
      new Holder(process)
    }
  }

  private def within(hub: Holder, command: Seq[String]): Seq[String] =
    if (isRoot) command else Seq("nsenter", "-t", s"${hub.pid}", "-U", "--preserve-credentials") ++ command

  /** The network, or why this host lets nobody make one. */
  def open(): Either[String, TestNetwork] =
    try {
      val hub = Holder(if (isRoot) Seq("unshare", "-n") else Seq("unshare", "-r", "-n"))
      try {
        val network = new Namespaces(hub)
        network.place()
        Right(network)
      } catch {
        case failure: Exception => hub.close(); throw failure
      }
    } catch {
      case failure: Exception => Left(s"no network namespaces here (iproute2, and root or user namespaces): ${failure.getMessage}")
    }
}
