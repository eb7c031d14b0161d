package stillpoint.console

import com.fasterxml.jackson.databind.{DeserializationFeature, JsonNode, ObjectMapper}
import com.fasterxml.jackson.databind.introspect.{Annotated, JacksonAnnotationIntrospector}
import com.fasterxml.jackson.databind.exc.MismatchedInputException
import com.fasterxml.jackson.dataformat.yaml.{YAMLFactory, YAMLMapper}
import com.typesafe.config.ConfigFactory
import io.fabric8.kubernetes.api.model.{Container, PodTemplateSpec, Service}
import io.fabric8.kubernetes.api.model.apps.StatefulSet
import io.fabric8.kubernetes.api.model.batch.v1.Job
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget
import java.io.{PrintWriter, StringWriter}
import java.nio.file.{Files, Path}
import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import picocli.CommandLine
import scala.jdk.CollectionConverters._
import stillpoint.clusterconfig.ClusterSettings

/**
 * Goal: who copies an example gets a cluster. Method: manifests are read into Kubernetes' own types, where a field that does not
 * exist is an error; commands are parsed as the program parses them, settings read as it reads them.
 */
@RunWith(classOf[JUnitRunner])
class DeploymentExamplesSpec extends AnyWordSpec with Matchers {
  private val examples = FakeMachine.root.resolve("cluster-config/examples")

  /** The types collect unknown fields unless they are told not to. */
  private val strict: ObjectMapper = YAMLMapper
    .builder(new YAMLFactory)
    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
    .annotationIntrospector(new JacksonAnnotationIntrospector {
      override def hasAnySetter(member: Annotated): java.lang.Boolean = false
    })
    .build()

  private val types: Map[String, Class[_]] = Map(
    "v1 Service" -> classOf[Service],
    "apps/v1 StatefulSet" -> classOf[StatefulSet],
    "policy/v1 PodDisruptionBudget" -> classOf[PodDisruptionBudget],
    "networking.k8s.io/v1 NetworkPolicy" -> classOf[NetworkPolicy],
    "batch/v1 Job" -> classOf[Job]
  )

  private def manifests(text: String): Seq[AnyRef] = {
    val documents = strict.readerFor(classOf[JsonNode]).readValues[JsonNode](text).readAll.asScala.toSeq
    documents.map { document =>
      val kind = document.get("apiVersion").asText + " " + document.get("kind").asText
      strict.treeToValue(document, types(kind)).asInstanceOf[AnyRef]
    }
  }

  private def text(name: String): String = Files.readString(examples.resolve(name))

  private lazy val nodes = manifests(text("kubernetes/nodes.yaml"))
  private lazy val statefulSet = nodes.collectFirst { case set: StatefulSet => set }.get
  private lazy val service = nodes.collectFirst { case service: Service => service }.get
  private lazy val job = manifests(text("kubernetes/run.yaml")).head.asInstanceOf[Job]

  private def only[A](list: java.util.List[A]): A = { list should have size 1; list.get(0) }

  private val terminal = new Terminal(new PrintWriter(new StringWriter), new PrintWriter(new StringWriter), false)

  /** As the program parses them; what it does not know is an error. */
  private def parsed(arguments: Seq[String]): CommandLine.ParseResult = {
    val command: AnyRef = arguments.head match {
      case "node" => new NodeCommand(terminal)
      case "run" => new RunCommand(null, terminal)
    }
    new CommandLine(command).parseArgs(arguments.tail: _*)
  }

  private def checked(template: PodTemplateSpec): Container = {
    val pod = template.getSpec
    val container = only(pod.getContainers)
    pod.getVolumes.asScala.map(_.getName).toSet shouldBe container.getVolumeMounts.asScala.map(_.getName).toSet
    val known = container.getEnv.asScala.map(_.getName).toSet
    val arguments = container.getArgs.asScala.toSeq
    for (argument <- arguments; used <- raw"\$$\((\w+)\)".r.findAllMatchIn(argument)) known should contain(used.group(1))
    val options = parsed(arguments)
    val tls = options.matchedOptionValue[Path]("--tls", null)
    container.getVolumeMounts.asScala.map(_.getMountPath) should contain(tls.toString)
    container.getPorts.asScala.map(_.getContainerPort.toInt) shouldBe Seq(7355)
    container
  }

  "The Kubernetes manifests" should {
    "have no field that Kubernetes does not have" in {
      nodes should have size 4
      job.getSpec.getTemplate.getSpec.getRestartPolicy shouldBe "Never"
    }
    "fit together" in {
      val spec = statefulSet.getSpec
      spec.getServiceName shouldBe service.getMetadata.getName
      spec.getSelector.getMatchLabels shouldBe spec.getTemplate.getMetadata.getLabels
      service.getSpec.getSelector shouldBe spec.getSelector.getMatchLabels
      service.getSpec.getClusterIP shouldBe "None"
      only(service.getSpec.getPorts).getPort.toInt shouldBe 7355
      val seeds = (0 until spec.getReplicas).map(i => s"${statefulSet.getMetadata.getName}-$i.${service.getMetadata.getName}:7355").mkString(",")
      val node = checked(spec.getTemplate)
      val run = checked(job.getSpec.getTemplate)
      parsed(node.getArgs.asScala.toSeq).matchedOptionValue[String]("--join", "") shouldBe seeds
      parsed(run.getArgs.asScala.toSeq).matchedOptionValue[String]("--cluster", "") shouldBe seeds
      run.getImage shouldBe node.getImage
      val policy = nodes.collectFirst { case policy: NetworkPolicy => policy }.get
      for ((key, value) <- policy.getSpec.getPodSelector.getMatchLabels.asScala; pod <- Seq(spec.getTemplate, job.getSpec.getTemplate))
        pod.getMetadata.getLabels.get(key) shouldBe value
      val budget = nodes.collectFirst { case budget: PodDisruptionBudget => budget }.get
      budget.getSpec.getSelector.getMatchLabels shouldBe spec.getSelector.getMatchLabels
    }
    "be refused when a field is misspelt, misplaced or of another type" in {
      val good = text("kubernetes/nodes.yaml")
      for ((from, to) <- Seq(
          "replicas: 3" -> "replica: 3", "replicas: 3" -> "replicas: three", "containerPort: 7355" -> "containerport: 7355",
          "tcpSocket: {port: artery}" -> "tcp: {port: artery}", "maxUnavailable" -> "maximumUnavailable", "podSelector:" -> "selector:"
        ))
        withClue(s"$to: ")(a[MismatchedInputException] should be thrownBy manifests(good.replace(from, to)))
    }
  }

  "The settings for three machines" should {
    "be settings that there are" in {
      val settings = ClusterSettings.read(examples.resolve("three-machines/cluster.conf"), ConfigFactory.load())
      settings.getDuration("akka.cluster.split-brain-resolver.stable-after").toSeconds shouldBe 10
    }
  }

  "Every command of the examples" should {
    "be one that the program takes" in {
      val commands = for {
        file <- Seq("three-machines/README.md", "three-machines/stillpoint-node.service", "container/README.md")
        line <- text(file).linesIterator
        command <- raw"(?:stillpoint|stillpoint:0\.1\.0) ((?:node|run) .*)".r.findFirstMatchIn(line)
      } yield command.group(1).split(" ").toSeq
      commands should have size 6
      commands.foreach(parsed)
      val conf = "cluster-config/examples/three-machines/cluster.conf"
      commands.flatten.filter(_.endsWith(".conf")).foreach { file =>
        Files.exists(FakeMachine.root.resolve(file.stripPrefix("/opt/stillpoint/"))) shouldBe true
      }
      commands.flatten.count(_.endsWith(conf)) should be >= 4
    }
  }

  "The image" should {
    val lines = text("container/Dockerfile").linesIterator.toSeq
    "start what the launcher starts, with its options for the JVM" in {
      val entry = new ObjectMapper().readValue(lines.find(_.startsWith("ENTRYPOINT")).get.stripPrefix("ENTRYPOINT "), classOf[Array[String]])
      entry.last shouldBe classOf[Main].getName
      val launcher = Files.readString(FakeMachine.root.resolve("stillpoint"))
      for (option <- entry.filter(_.startsWith("-")) if !option.startsWith("-cp") && !option.contains('='))
        withClue(option + ": ")(launcher should include(option))
    }
    "name base images that its user may replace, and copy what is there" in {
      val bases = lines.collect { case line if line.startsWith("FROM") => line.split(" ")(1) }
      bases shouldBe Seq("${BUILD_IMAGE}", "${RUNTIME_IMAGE}")
      for (line <- lines if line.startsWith("COPY") && !line.contains("--from"); name = line.split(" ")(1))
        Files.exists(FakeMachine.root.resolve(name)) shouldBe true
    }
  }
}
