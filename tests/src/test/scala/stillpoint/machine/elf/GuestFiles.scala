package stillpoint.machine.elf

import java.nio.file.{Files, Path}

/** The guest programs of the tree. */
object GuestFiles {
  private val root = Path.of(System.getProperty("stillpoint.root", "."))

  val Names: Seq[String] = Seq("functions.elf", "sites.elf")

  def path(name: String): Path = root.resolve("guest").resolve(name)

  def bytes(name: String): Array[Byte] = Files.readAllBytes(path(name))

  def image(name: String): ElfImage = ElfReader.read("guest/" + name, bytes(name))
}
