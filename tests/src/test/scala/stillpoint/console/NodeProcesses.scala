package stillpoint.console

import java.io.{BufferedReader, InputStreamReader}
import java.lang.management.ManagementFactory
import java.net.{InetAddress, ServerSocket}
import java.util.concurrent.{LinkedBlockingQueue, TimeUnit}
import scala.collection.mutable
import scala.jdk.CollectionConverters._

/** JVM processes of their own, nodes of one cluster and others, to be hurt with real signals. None outlives this JVM. */
class NodeProcesses(settings: Seq[String], network: TestNetwork = new Loopback) extends AutoCloseable {
  /** `output` holds its output's lines. */
  class Running(val process: Process, val place: Int, output: LinkedBlockingQueue[String]) {
    /** The next line it prints; the time bounds a failure only. */
    def line(): String = {
      val line = output.poll(240, TimeUnit.SECONDS)
      if (line == null) throw new IllegalStateException("a process says nothing")
      line
    }
    def lineIfAny(): Option[String] = Option(output.poll(5, TimeUnit.MILLISECONDS))
    def signal(name: String): Unit = {
      new ProcessBuilder("kill", s"-$name", process.pid.toString).inheritIO().start().waitFor()
      ()
    }
    def isAlive: Boolean = process.isAlive
    /** How it ended; it must. */
    def exit(): Int = {
      if (!process.waitFor(120, TimeUnit.SECONDS)) throw new IllegalStateException("a process did not end")
      process.exitValue
    }
    def tell(line: String): Unit = {
      process.getOutputStream.write((line + "\n").getBytes)
      process.getOutputStream.flush()
    }
  }

  class Node(process: Process, place: Int, output: LinkedBlockingQueue[String]) extends Running(process, place, output) {
    /** HOST:PORT; waits until it listens. */
    lazy val name: String = line().stripPrefix("listening ")
    def port: Int = name.substring(name.lastIndexOf(':') + 1).toInt
  }

  private val all = mutable.Buffer.empty[Running]

  /** The first node's: others join it. */
  private val founderPort: Int = {
    val socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))
    try socket.getLocalPort finally socket.close()
  }

  /** A node that founds a cluster. */
  def founder(): Node = {
    val place = network.place()
    node(place, founderPort, s"${network.addressOf(place)}:$founderPort")
  }

  /** A node that joins others. */
  def join(others: Iterable[Node]): Node = node(network.place(), 0, others.map(_.name).mkString(","))

  private def node(place: Int, port: Int, join: String): Node = {
    val address = network.addressOf(place)
    val (process, output) =
      java(place, "stillpoint.console.Main", "node", "--join", join, "--bind", s"$address:$port", "--until-stdin-closes")
    val node = new Node(process, place, output)
    all += node
    node
  }

  /** Another program, with this JVM's classes. */
  def start(place: Int, mainClass: String, arguments: String*): Running = {
    val (process, output) = java(place, mainClass, arguments: _*)
    val running = new Running(process, place, output)
    all += running
    running
  }

  private def java(place: Int, mainClass: String, arguments: String*): (Process, LinkedBlockingQueue[String]) = {
    val inherited = ManagementFactory.getRuntimeMXBean.getInputArguments.asScala.filterNot(_.startsWith("-Xmx"))
    val command = Seq(s"${System.getProperty("java.home")}/bin/java") ++ inherited ++
      Seq("-Xmx512m", "-XX:TieredStopAtLevel=1", s"-Dstillpoint.root=${System.getProperty("stillpoint.root", ".")}") ++
      settings.map("-D" + _) ++ Seq("-cp", System.getProperty("java.class.path"), mainClass) ++ arguments
    val process = new ProcessBuilder(network.inside(place, command): _*).redirectError(ProcessBuilder.Redirect.INHERIT).start()
    val output = new LinkedBlockingQueue[String]
    val reader = new Thread(() => {
      val lines = new BufferedReader(new InputStreamReader(process.getInputStream))
      Iterator.continually(lines.readLine()).takeWhile(_ != null).foreach(output.put)
    })
    reader.setDaemon(true)
    reader.start()
    (process, output)
  }

  override def close(): Unit = all.foreach { running =>
    running.process.destroyForcibly()
    running.process.waitFor()
  }
}
