/** Values of the REPL as JSON, for the magics `%json` and `%table`. Interpreted once in a REPL, when
  * the first magic is used. Compiles in Scala 2.12 and 2.13. What users name as they like must not
  * be meant here: hence the new names of the imports.
  *
  * A result goes to the driver as the system property `livy.magic`, which it takes away at once:
  * `=` and JSON, or `!`, the error's name, a line end, and its text.
  */
object livyMagics {
  import _root_.com.fasterxml.jackson.core.{JsonFactory, JsonGenerator}
  import _root_.java.lang.{Iterable => JavaIterable, Number => JavaNumber, System => JavaSystem}
  import _root_.java.math.{BigDecimal => JavaDecimal, BigInteger => JavaInteger}
  import _root_.java.sql.{Date => SQLDate, Timestamp => SQLTimestamp}
  import _root_.java.time.{Instant => JavaInstant, LocalDate => JavaDay}
  import _root_.java.time.temporal.{ChronoUnit => JavaUnit}
  import _root_.java.util.{Base64 => JavaBase64, Map => JavaMap}
  import _root_.org.apache.spark.rdd.{RDD => SparkRDD}
  import _root_.org.apache.spark.sql.{Dataset => SparkDataset, Row => SparkRow}
  import _root_.scala.{Product => AnyProduct, Vector => Many}
  import _root_.scala.collection.{Iterable => AnyIterable, Iterator => AnyIterator, Map => AnyMap}
  import _root_.scala.collection.mutable.{ArrayBuffer => Buffer, LinkedHashMap => Ordered}
  import _root_.scala.reflect.NameTransformer

  private val property = "livy.magic"
  private val depthMax = 100
  private val nodesMax = 2000000

  private class Refusal(val name: String, text: String)
      extends _root_.java.lang.RuntimeException(text)

  private def tooLarge = new Refusal("Error", "the value is too large to be shown")

  private case class Items(all: Many[Any])
  private case class Fields(all: Many[(String, Any)])
  private case class Day(text: String)
  private case class Moment(text: String)

  def json(rowsMax: Int, charactersMax: Int, value: Any): Unit =
    answer(charactersMax)(new Reader(rowsMax).tree(value, 0))

  def table(rowsMax: Int, charactersMax: Int, value: Any): Unit =
    answer(charactersMax)(tabulated(new Reader(rowsMax).tree(value, 0)))

  private def answer(charactersMax: Int)(tree: => Any): Unit = {
    val answer =
      try {
        val sheet = new Sheet(charactersMax)
        val generator = new JsonFactory().createGenerator(sheet)
        generator.enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN)
        write(tree, generator)
        generator.close()
        "=" + sheet.toString
      } catch {
        case refusal: Refusal => "!" + refusal.name + "\n" + refusal.getMessage
      }
    JavaSystem.setProperty(property, answer)
  }

  private class Sheet(charactersMax: Int) extends _root_.java.io.StringWriter {
    private def check(more: Int): Unit =
      if (more > charactersMax - getBuffer.length) throw tooLarge

    override def write(text: Array[Char], start: Int, count: Int): Unit = {
      check(count)
      super.write(text, start, count)
    }

    override def write(text: String, start: Int, count: Int): Unit = {
      check(count)
      super.write(text, start, count)
    }
  }

  /** Turns a value into the few things that JSON knows. Of what Spark holds it takes the first rows. */
  private class Reader(rowsMax: Int) {
    private var nodes = 0

    def tree(value: Any, depth: Int): Any = {
      nodes += 1
      if (nodes > nodesMax || depth > depthMax) throw tooLarge
      value match {
        case null | None | () => null
        case Some(inner) => tree(inner, depth)
        case flag: Boolean => flag
        case _: Byte | _: Short | _: Int | _: Long => BigInt(value.asInstanceOf[JavaNumber].longValue)
        case number: BigInt => number
        case number: JavaInteger => BigInt(number)
        case number: Float => number.toString.toDouble
        case number: Double => number
        case number: BigDecimal => number.bigDecimal
        case number: JavaDecimal => number
        case day: SQLDate => Day(day.toString)
        case day: JavaDay => Day(day.toString)
        case time: SQLTimestamp => moment(time.toInstant)
        case time: JavaInstant => moment(time)
        case bytes: Array[Byte] => JavaBase64.getEncoder.encodeToString(bytes)
        case _ => collection(value, depth)
      }
    }

    private def moment(time: JavaInstant) = Moment(time.truncatedTo(JavaUnit.SECONDS).toString)

    private def collection(value: Any, depth: Int): Any = value match {
      case rows: SparkDataset[_] => items(rows.take(rowsMax).iterator, depth)
      case rows: SparkRDD[_] => items(rows.take(rowsMax).iterator, depth)
      case row: SparkRow =>
        if (row.schema == null) items(row.toSeq.iterator, depth)
        else fields(row.schema.fieldNames.iterator.zip(row.toSeq.iterator), depth)
      case map: AnyMap[_, _] => fields(map.iterator, depth)
      case map: JavaMap[_, _] =>
        fields(elements(map.entrySet).map(entry => (entry.getKey, entry.getValue)), depth)
      case array: Array[_] => items(array.iterator, depth)
      case many: AnyIterable[_] => items(many.iterator, depth)
      case many: AnyIterator[_] => items(many, depth)
      case many: JavaIterable[_] => items(elements(many), depth)
      case product: AnyProduct => fields(names(product).zip(product.productIterator), depth)
      case other => String.valueOf(other)
    }

    private def elements[Element](many: JavaIterable[Element]): AnyIterator[Element] = {
      val source = many.iterator
      new AnyIterator[Element] {
        def hasNext = source.hasNext
        def next() = source.next()
      }
    }

    private def items(many: AnyIterator[_], depth: Int) = {
      val all = Many.newBuilder[Any]
      while (many.hasNext) all += tree(many.next(), depth + 1)
      Items(all.result())
    }

    private def fields(many: AnyIterator[(_, _)], depth: Int) = {
      val all = Many.newBuilder[(String, Any)]
      while (many.hasNext) {
        val (name, value) = many.next()
        all += ((String.valueOf(name), tree(value, depth + 1)))
      }
      Fields(all.result())
    }

    /** Those of a case class stand first among the fields of its class; else `_1`, `_2`, ... */
    private def names(product: AnyProduct): AnyIterator[String] = {
      val declared = product.getClass.getDeclaredFields.iterator
        .filter(field => !field.isSynthetic && !field.getName.startsWith("$"))
        .map(field => NameTransformer.decode(field.getName))
        .take(product.productArity)
        .toVector
      if (declared.size == product.productArity) declared.iterator
      else AnyIterator.range(1, product.productArity + 1).map("_" + _)
    }
  }

  private def tabulated(tree: Any): Any = {
    val rows = tree match {
      case Items(all) => all
      case one => Many(one)
    }
    val types = Ordered.empty[String, String]
    val cells = rows.map { row =>
      val columns = row match {
        case Items(all) => all.zipWithIndex.map { case (cell, index) => (index.toString, cell) }
        case Fields(all) => all
        case one => Many(("0", one))
      }
      for ((name, cell) <- columns) types(name) = common(types.getOrElse(name, empty), kind(cell))
      columns.toMap
    }
    val isNumbered = types.keys.forall(name => name.nonEmpty && name.length < 9 && name.forall(_.isDigit))
    val names =
      if (isNumbered) types.keys.toVector.sortBy(_.toInt) else types.keys.toVector.sorted
    val headers = names.map(name => Fields(Many("name" -> name, "type" -> types(name))))
    val data = cells.map(row => Items(names.map(name => row.getOrElse(name, null))))
    Fields(Many("headers" -> Items(headers), "data" -> Items(data)))
  }

  private val empty = "NULL_TYPE"

  private def common(one: String, other: String): String =
    if (one == empty || one == other) other
    else if (other == empty) one
    else throw new Refusal("TypeError", "table rows have different types")

  private def kind(cell: Any): String = cell match {
    case null => empty
    case _: Boolean => "BOOLEAN_TYPE"
    case _: BigInt => "BIGINT_TYPE"
    case _: Double => "DOUBLE_TYPE"
    case _: JavaDecimal => "DECIMAL_TYPE"
    case Day(_) => "DATE_TYPE"
    case Moment(_) => "TIMESTAMP_TYPE"
    case Items(all) =>
      all.foldLeft(empty)((known, one) => common(known, kind(one)))
      "ARRAY_TYPE"
    case Fields(_) => "MAP_TYPE"
    case _ => "STRING_TYPE"
  }

  private def write(tree: Any, generator: JsonGenerator): Unit = tree match {
    case null => generator.writeNull()
    case flag: Boolean => generator.writeBoolean(flag)
    case number: BigInt => generator.writeNumber(number.bigInteger)
    case number: JavaDecimal => generator.writeNumber(number)
    case number: Double =>
      if (number.isNaN || number.isInfinite) generator.writeString(number.toString)
      else generator.writeNumber(number)
    case Day(text) => generator.writeString(text)
    case Moment(text) => generator.writeString(text)
    case Items(all) =>
      generator.writeStartArray()
      all.foreach(write(_, generator))
      generator.writeEndArray()
    case Fields(all) =>
      generator.writeStartObject()
      for ((name, value) <- all) {
        generator.writeFieldName(name)
        write(value, generator)
      }
      generator.writeEndObject()
    case text => generator.writeString(text.toString)
  }
}
