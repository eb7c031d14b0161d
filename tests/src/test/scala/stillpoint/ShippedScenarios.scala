package stillpoint

import java.nio.file.{Files, Path}
import java.util.{List => JavaList}

import scala.jdk.CollectionConverters._

import stillpoint.clusterconfig.{Overrides, Scenario, ScenarioReader}
import stillpoint.kernel.system.MachineSetup
import stillpoint.machine.elf.ElfReader

/** Every scenario of the tree, read anew for each test that asks. */
object ShippedScenarios {
  private val root = Path.of(System.getProperty("stillpoint.root", "."))
  private val reader = new ScenarioReader((name, bytes) => ElfReader.read(name, bytes), JavaList.of(root))

  val files: Seq[Path] = {
    val folder = Files.list(root.resolve("scenarios"))
    try folder.iterator.asScala.filter(_.toString.endsWith(".conf")).toSeq.sortBy(_.toString)
    finally folder.close()
  }

  def scenario(file: Path): Scenario = reader.readFile(file, Overrides.NONE)

  def scenario(name: String, overrides: Overrides): Scenario = reader.readFile(root.resolve("scenarios").resolve(name), overrides)

  def setup(file: Path): MachineSetup = scenario(file).setup

  def setup(name: String): MachineSetup = setup(root.resolve("scenarios").resolve(name))
}
