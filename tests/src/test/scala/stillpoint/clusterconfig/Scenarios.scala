package stillpoint.clusterconfig

import java.nio.file.{Files, Path}
import java.util.{List => JList, OptionalInt, OptionalLong}
import stillpoint.machine.elf.ElfImage

/** Reads scenarios in specs. The guest is a file that exists, its image an empty big-endian one. */
object Scenarios {
  val home: Path = {
    val folder = Files.createTempDirectory("scenarios")
    Files.createDirectories(folder.resolve("guest"))
    Seq("functions.elf", "sites.elf", "bad.elf").foreach { name =>
      Files.writeString(folder.resolve("guest").resolve(name), name).toFile.deleteOnExit()
    }
    folder
  }

  val image = new ElfImage(true, true, 0xffffffff80100000L, JList.of(), JList.of())

  val loader: ElfLoader = (name, _) =>
    if (name.contains("bad")) throw new Exception(s"$name is for machine 62, not MIPS") else image

  val reader = new ScenarioReader(loader, JList.of(home))

  def overrides(seed: Option[Long] = None, cpus: Option[Int] = None, set: Seq[String] = Nil): Overrides =
    new Overrides(
      seed.fold(OptionalLong.empty)(OptionalLong.of),
      cpus.fold(OptionalInt.empty)(OptionalInt.of),
      JList.of(set: _*)
    )

  def read(text: String, over: Overrides = Overrides.NONE): Scenario = reader.read("scenarios/x.conf", text, over)

  def refusal(text: String, over: Overrides = Overrides.NONE): String =
    try {
      read(text, over)
      "(read without complaint)"
    } catch { case e: ScenarioError => e.getMessage }

  val hang: String =
    """about = "A hang."
      |seed = 42
      |machine { board = xls416 }
      |kernel  { variant = "stop-machine+wait-ipi", preempt = full }
      |guest   { elf = "guest/functions.elf", run-on = all }
      |script  = [ { at = 100us, on = 5, run = "echo function > /debug/tracing/current_tracer" } ]
      |faults  = []
      |limits  { virtual-time = 60s }
      |expect  { verdict = deadlock, patching-cpu = 0, waits-for = "csd" }
      |""".stripMargin
}
