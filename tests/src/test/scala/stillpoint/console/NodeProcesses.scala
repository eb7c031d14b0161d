package stillpoint.console

import java.io.{BufferedReader, InputStreamReader}
import java.lang.management.ManagementFactory
import java.net.{InetAddress, ServerSocket}
import java.util.concurrent.{LinkedBlockingQueue, TimeUnit}
import scala.collection.mutable
import scala.jdk.CollectionConverters._

/** JVM processes of their own, each a node of one cluster, to be hurt with real signals. None outlives this JVM. */
class NodeProcesses(settings: Seq[String]) extends AutoCloseable {
  /** `listening` holds its output's first line. */
  class Node(val process: Process, listening: LinkedBlockingQueue[String]) {
    lazy val port: Int = {
      val line = listening.poll(240, TimeUnit.SECONDS)
      if (line == null) throw new IllegalStateException("a node did not start")
      line.substring(line.lastIndexOf(':') + 1).toInt
    }
    def name: String = s"127.0.0.1:$port"
    def signal(name: String): Unit = {
      new ProcessBuilder("kill", s"-$name", process.pid.toString).inheritIO().start().waitFor()
      ()
    }
  }

  private val all = mutable.Buffer.empty[Node]

  /** The first node: others join it. */
  val founderPort: Int = {
    val socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))
    try socket.getLocalPort finally socket.close()
  }

  def start(port: Int, join: Int): Node = {
    val inherited = ManagementFactory.getRuntimeMXBean.getInputArguments.asScala.filterNot(_.startsWith("-Xmx"))
    val command = Seq(s"${System.getProperty("java.home")}/bin/java") ++ inherited ++
      Seq("-Xmx512m", "-XX:TieredStopAtLevel=1") ++ settings.map("-D" + _) ++
      Seq("-cp", System.getProperty("java.class.path"), "stillpoint.console.Main", "node",
        "--join", s"127.0.0.1:$join", "--bind", s"127.0.0.1:$port", "--until-stdin-closes")
    val process = new ProcessBuilder(command: _*).redirectError(ProcessBuilder.Redirect.INHERIT).start()
    val listening = new LinkedBlockingQueue[String]
    val reader = new Thread(() => {
      val lines = new BufferedReader(new InputStreamReader(process.getInputStream))
      Iterator.continually(lines.readLine()).takeWhile(_ != null).foreach(listening.put)
    })
    reader.setDaemon(true)
    reader.start()
    val node = new Node(process, listening)
    all += node
    node
  }

  override def close(): Unit = all.foreach { node =>
    node.process.destroyForcibly()
    node.process.waitFor()
  }
}
