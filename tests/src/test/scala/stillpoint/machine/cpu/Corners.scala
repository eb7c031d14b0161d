package stillpoint.machine.cpu

import java.nio.file.{Files, Path}

import scala.jdk.CollectionConverters._
import scala.util.matching.Regex

/**
 * One corner of the architecture as its file has it, `each` worked out; corners/README.md says what the parts mean.
 *
 * @param name with the row's texts in it, `template` without
 * @param code address and source of each piece, as written
 * @param after expectations of both byte orders and of each
 */
final case class Corner(
    file: String,
    template: String,
    name: String,
    manual: String,
    orders: Seq[Boolean],
    before: Seq[(String, String)],
    code: Seq[(Long, String)],
    after: Seq[(Option[Boolean], (String, String))]
) {
  def expected(bigEndian: Boolean): Seq[(String, String)] =
    after.collect { case (order, pair) if order.forall(_ == bigEndian) => pair }
}

object Corners {
  val origin = 0xffffffff80010000L
  private val folder =
    Path.of(System.getProperty("stillpoint.root", ".")).resolve("tests/src/test/resources/stillpoint/machine/corners")
  private val key: Regex = """(corner|manual|order|each|before|code|after)(?: ([^:]*))?:(.*)""".r

  lazy val all: Seq[Corner] = {
    val files = Files.list(folder)
    try files.iterator.asScala.filter(_.toString.endsWith(".corners")).toSeq.sortBy(_.toString).flatMap(read)
    finally files.close()
  }

  /** A key, its qualifier, and the lines under it. */
  private final case class Part(key: String, qualifier: String, lines: Vector[String]) {
    def text: String = lines.mkString("\n").trim
  }

  private def read(file: Path): Seq[Corner] = {
    val parts = Files.readAllLines(file).asScala.foldLeft(Vector.empty[Part]) {
      case (done, key(name, qualifier, rest)) => done :+ Part(name, Option(qualifier).getOrElse(""), Vector(rest))
      case (done, line) => done.init :+ done.last.copy(lines = done.last.lines :+ line)
    }
    val starts = parts.indices.filter(parts(_).key == "corner") :+ parts.size
    starts.zip(starts.tail).flatMap { case (from, until) => corners(file.getFileName.toString, parts.slice(from, until)) }
  }

  private def corners(file: String, parts: Seq[Part]): Seq[Corner] = {
    val rows = parts.filter(_.key == "each").flatMap(_.text.linesIterator.filter(_.trim.nonEmpty).map(_.split(';').map(_.trim).toSeq))
    (if (rows.isEmpty) Seq(Seq.empty) else rows).map { row =>
      def filled(text: String): String =
        row.zipWithIndex.foldLeft(text) { case (t, (value, i)) => t.replace(s"{${i + 1}}", value) }
      def of(key: String): Seq[Part] = parts.filter(_.key == key)
      val order = of("order").map(_.text).headOption
      Corner(
        file,
        of("corner").head.text,
        filled(of("corner").head.text),
        filled(of("manual").map(_.text).mkString),
        Seq(true, false).filter(big => order.forall(_ == (if (big) "big" else "little"))),
        of("before").flatMap(part => pairs(filled(part.text))),
        of("code").map(part => address(part.qualifier) -> filled(part.lines.mkString("\n"))),
        of("after").flatMap { part =>
          val only = part.qualifier match { case "" => None; case "big" => Some(true); case "little" => Some(false) }
          pairs(filled(part.text)).map(only -> _)
        }
      )
    }
  }

  private def address(text: String): Long =
    if (text.isEmpty) origin else java.lang.Long.parseUnsignedLong(text.stripPrefix("0x"), 16)

  private def pairs(text: String): Seq[(String, String)] =
    text.split("\\s+").toSeq.filter(_.nonEmpty).map { pair =>
      val at = pair.indexOf('=')
      if (at < 0) throw new IllegalArgumentException(s"'$pair' is no name=value")
      pair.take(at) -> pair.drop(at + 1)
    }
}
