package stillpoint.console

import ch.qos.logback.classic.Logger
import ch.qos.logback.classic.spi.ILoggingEvent
import ch.qos.logback.core.read.ListAppender
import com.typesafe.config.{Config, ConfigFactory}
import java.net.{InetSocketAddress, ServerSocket}
import java.util.{List => JList, Map => JMap}
import org.slf4j.LoggerFactory
import picocli.CommandLine
import scala.jdk.CollectionConverters._
import stillpoint.actors.cluster.{ClusterRuns, RunMaker, Workload}
import stillpoint.clusterconfig.ClusterSettings
import stillpoint.kernel.system.MachineSetup
import stillpoint.machine.time.Placement

/** Members of clusters within this JVM: nodes as `stillpoint node` starts them. */
object TestMembers {
  val Patience = 60000L

  def options(arguments: String*): MemberOptions = CommandLine.populateCommand(new MemberOptions, arguments: _*)

  def founder(arguments: String*): ClusterRuns = options(arguments: _*).member(JList.of(), Placement.Node.UNLIMITED, Patience, _ => ())

  def joining(member: ClusterRuns, patience: Long, arguments: String*): ClusterRuns =
    options(arguments: _*).member(JList.of(addressOf(member)), Placement.Node.UNLIMITED, patience, _ => ())

  /** Of this program's members, with changes. */
  def settings(changes: String): Config =
    ConfigFactory
      .parseString(changes)
      .withFallback(ConfigFactory.parseMap(
        JMap.of("stillpoint.cluster.version", Versions.stillpoint, "stillpoint.cluster.build", BuildMark.own)))
      .withFallback(ClusterSettings.shipped)
      .withFallback(ConfigFactory.load().getConfig("stillpoint.cluster").withOnlyPath("akka"))

  /** What a node makes of the bytes that it is to run. */
  def workload(bytes: Array[Byte]): Workload = Workloads.unpack(bytes)

  /** The same of an exploration's. */
  def maker(bytes: Array[Byte]): RunMaker = VariationsOnNode.unpack(bytes)

  def membership(join: ClusterRuns*): ClusterRuns.Membership =
    new ClusterRuns.Membership("127.0.0.1", 0, JList.of(join.map(addressOf): _*), Placement.Node.UNLIMITED, Patience)

  /** A node that makes of the bytes what `reader` does. */
  def start(changes: String, reader: Workload.Reader, join: ClusterRuns*): ClusterRuns =
    ClusterRuns.start(membership(join: _*), settings(changes), reader, VariationsOnNode.unpack(_))

  /** A machine on the nodes of a member's cluster; gives the digest. */
  def digestOn(member: ClusterRuns, setup: MachineSetup, nodes: Int, arguments: String*): String = {
    val runner = ClusterRunner.of(JList.of(addressOf(member)), options(arguments: _*), nodes, Patience, _ => ())
    try runner.run(setup, new Runner.Options(1)).digest
    finally runner.close()
  }

  def addressOf(member: ClusterRuns): InetSocketAddress = InetSocketAddress.createUnresolved(member.host, member.port)

  /** What is logged while something is done. */
  def logged(done: => Unit): Seq[String] = {
    val root = LoggerFactory.getLogger("ROOT").asInstanceOf[Logger]
    val lines = new ListAppender[ILoggingEvent]
    lines.start()
    root.addAppender(lines)
    try done
    finally root.detachAppender(lines)
    lines.list.synchronized(lines.list.asScala.toList.map(_.getFormattedMessage))
  }

  /** A port of this host where nobody listens. */
  def freePort(): Int = {
    val socket = new ServerSocket(0)
    try socket.getLocalPort
    finally socket.close()
  }
}
