package stillpoint.console

import ch.qos.logback.classic.Logger
import ch.qos.logback.classic.spi.ILoggingEvent
import ch.qos.logback.core.read.ListAppender
import java.net.{InetSocketAddress, ServerSocket}
import java.util.{List => JList}
import org.slf4j.LoggerFactory
import picocli.CommandLine
import scala.jdk.CollectionConverters._
import stillpoint.actors.cluster.ClusterRuns

/** Members of clusters within this JVM: nodes as `stillpoint node` starts them. */
object TestMembers {
  val Patience = 60000L

  def options(arguments: String*): MemberOptions = CommandLine.populateCommand(new MemberOptions, arguments: _*)

  def founder(arguments: String*): ClusterRuns = options(arguments: _*).member(JList.of(), 8, Patience, _ => ())

  def joining(member: ClusterRuns, patience: Long, arguments: String*): ClusterRuns =
    options(arguments: _*).member(JList.of(addressOf(member)), 8, patience, _ => ())

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
