// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyPy4J

/// The JVM's own REPL of Scala, `scala.tools.nsc.interpreter.IMain`, on one connection: its thread
/// is the one on which the code runs.
///
/// Its classes must exist once for the whole JVM, or a case class that comes back from a task is
/// another class than the REPL's. So they are written to the application's class folder, which
/// Spark serves to executors, and are loaded from there by Spark's own loader, the parent of all
/// others.
struct ScalaREPL: Sendable {
  /// What became of one piece of code.
  enum Result: String {
    case success = "Success"
    case error = "Error"
    case incomplete = "Incomplete"
  }

  /// Text of one source, perhaps without its end.
  struct Shown: Equatable {
    var text: String
    var isCut: Bool
  }

  /// The compilers differ in what they are called and how.
  enum Dialect {
    case scala212, scala213
  }

  let connection: GatewayConnection
  let thread: JavaReference
  let dialect: Dialect
  let interpreter: JavaReference
  /// `StringBuffer`s: what the code printed, and what the REPL said.
  private let printed: JavaReference
  private let said: JavaReference

  /// Runs the code. Its prints and the REPL's words wait to be taken.
  func interpret(_ code: String) async throws(Py4JError) -> Result {
    try await connection.scope { (java) throws(Py4JError) in
      let result = try await java.object(interpreter, "interpret", .text(code))
      let word = try await java.call(result, "toString").asText()
      guard let result = Result(rawValue: word) else {
        throw Py4JError(.unexpectedValue, "the Scala REPL answered \(word)")
      }
      return result
    }
  }

  /// Whether the thread is just now in code of the user's, and not in the compiler or between two
  /// statements. Asked from another connection.
  func isInUserCode(asking control: GatewayConnection) async throws(Py4JError) -> Bool {
    try await control.scope { (java) throws(Py4JError) in
      let frames = try await java.object(thread, "getStackTrace")
      // Only throwables tell their frames as one text.
      let teller = try await java.construct("java.lang.Throwable")
      _ = try await java.call(teller, "setStackTrace", .reference(frames))
      let text = try await java.perform(.stackTrace(teller)).asText()
      // The REPL's name for what it wraps the code of a line in.
      return text.contains("$line")
    }
  }

  /// What running code has printed behind the first `start` units, in whole characters; asked from
  /// another connection. Empty where there is nothing new.
  func printed(
    after start: Int, unitsMax: Int, asking control: GatewayConnection
  ) async throws(Py4JError) -> String {
    guard unitsMax > 0 else { return "" }
    return try await control.scope { (java) throws(Py4JError) in
      let length = try await java.call(printed, "length").asInteger()
      guard length > Int64(start) else { return "" }
      var end = Int32(clamping: min(length, Int64(start) + Int64(unitsMax)))
      // Half of a character that takes two units.
      let last = try await java.call(printed, "codePointBefore", .int(end)).asInteger()
      if (0xD800...0xDBFF).contains(last) { end -= 1 }
      return try await java.call(
        printed, "substring", .int(Int32(clamping: start)), .int(end)
      ).asText()
    }
  }

  func takePrinted(unitsMax: Int) async throws(Py4JError) -> Shown {
    try await take(printed, unitsMax: unitsMax)
  }

  func takeSaid(unitsMax: Int) async throws(Py4JError) -> Shown {
    try await take(said, unitsMax: unitsMax)
  }

  private func take(
    _ buffer: JavaReference, unitsMax: Int
  ) async throws(Py4JError) -> Shown {
    try await connection.scope { (java) throws(Py4JError) in
      let length = try await java.call(buffer, "length").asInteger()
      guard length > 0 else { return Shown(text: "", isCut: false) }
      let units = Int32(clamping: min(length, Int64(unitsMax)))
      let text = try await java.call(buffer, "substring", .int(0), .int(units)).asText()
      _ = try await java.call(buffer, "setLength", .int(0))
      let isCut = Int64(units) < length
      if isCut { _ = try await java.call(buffer, "trimToSize") }
      return Shown(text: text, isCut: isCut)
    }
  }
}

// MARK: Making one

extension ScalaREPL {
  /// Starts the compiler, which takes seconds, and runs the prelude.
  static func start(
    on connection: GatewayConnection, for application: SparkApplication
  ) async throws(Py4JError) -> ScalaREPL {
    let repl = try await connection.scope { (java) throws(Py4JError) in
      let thread = try await java.callStatic("java.lang.Thread", "currentThread").asReference()
      let loader = try await java.object(thread, "getContextClassLoader")
      let settings = try await java.settings(classes: application.classFolder, parent: loader)
      let said = try await java.construct("java.io.StringWriter")
      let writer = try await java.construct("java.io.PrintWriter", .reference(said), .bool(true))
      let dialect = try await java.dialect()
      let interpreter = try await java.interpreter(dialect, settings, writer)
      let printed = try await java.construct("java.io.StringWriter")
      try await java.print(to: printed)
      return ScalaREPL(
        connection: connection, thread: java.keep(thread), dialect: dialect,
        interpreter: java.keep(interpreter),
        printed: java.keep(try await java.object(printed, "getBuffer")),
        said: java.keep(try await java.object(said, "getBuffer")))
    }
    try await repl.runPrelude()
    return repl
  }

  private func runPrelude() async throws(Py4JError) {
    let lines = String(decoding: PackageResources.scala_prelude_scala, as: UTF8.self)
    let unitsMax = 4_000
    for line in lines.split(separator: "\n") {
      let result = try await interpret(String(line))
      let words = try await takeSaid(unitsMax: unitsMax).text
      guard result == .success else {
        throw Py4JError(.unexpectedValue, "\(line): \(words)")
      }
    }
    _ = try await takePrinted(unitsMax: unitsMax)
  }
}

extension JavaScope {
  /// `scala.tools.nsc.Settings`, with Spark's loader as the parent of the REPL's.
  fileprivate func settings(
    classes folder: JavaReference, parent loader: JavaReference
  ) async throws(Py4JError) -> JavaReference {
    let path = try await classPath(of: loader)
    let location = try await object(folder, "toURI")
    try await addURL(try await object(location, "toURL"), to: loader)
    let folderPath = try await call(folder, "getPath").asText()
    let settings = try await construct("scala.tools.nsc.Settings")
    let options = try await scalaList([
      "-Yrepl-class-based", "-Yrepl-outdir", folderPath, "-usejavacp", "-classpath", path,
    ])
    _ = try await call(settings, "processArguments", .reference(options), .bool(true))
    _ = try await call(settings, "embeddedDefaults", .reference(loader))
    return settings
  }

  /// The jars that Spark added to the program's own ones: a compiler reads files, not loaders.
  private func classPath(of loader: JavaReference) async throws(Py4JError) -> String {
    let urls = try await object(loader, "getURLs")
    var paths: [String] = []
    for index in 0..<(try await length(of: urls)) {
      let url = try await element(index, of: urls).asReference()
      guard try await call(url, "getProtocol").asText() == "file" else { continue }
      let place = try await object(url, "toURI")
      let file = try await construct("java.io.File", .reference(place))
      paths.append(try await call(file, "getPath").asText())
    }
    return paths.joined(separator: ":")
  }

  private func addURL(
    _ url: JavaReference, to loader: JavaReference
  ) async throws(Py4JError) {
    do {
      _ = try await call(loader, "addURL", .reference(url))
    } catch {
      guard error.code == .gateway else { throw error }
      throw Py4JError(
        .gateway, "the JVM's class loader is not one of Spark's that can be added to")
    }
  }

  fileprivate func dialect() async throws(Py4JError) -> ScalaREPL.Dialect {
    let version = try await callStatic("scala.util.Properties", "versionNumberString").asText()
    return version.hasPrefix("2.12.") ? .scala212 : .scala213
  }

  fileprivate func interpreter(
    _ dialect: ScalaREPL.Dialect, _ settings: JavaReference, _ writer: JavaReference
  ) async throws(Py4JError) -> JavaReference {
    let main = "scala.tools.nsc.interpreter.IMain"
    if dialect == .scala212 {
      let interpreter = try await construct(main, .reference(settings), .reference(writer))
      _ = try await call(interpreter, "initializeSynchronous")
      return interpreter
    }
    // 2.13 finds fault with calls that 2.12 took as they are, and its words would stand in results
    // that clients read line by line.
    let options = try await scalaList(["-Wconf:cat=deprecation:s"])
    _ = try await call(settings, "processArguments", .reference(options), .bool(true))
    let reporter = try await construct(
      "scala.tools.nsc.interpreter.shell.ReplReporterImpl", .reference(settings),
      .reference(writer))
    let interpreter = try await construct(main, .reference(settings), .reference(reporter))
    _ = try await call(interpreter, "initializeCompiler")
    return interpreter
  }

  /// From here on, what Scala prints on this connection's thread goes to `writer`.
  fileprivate func print(to writer: JavaReference) async throws(Py4JError) {
    let bufferBytes: Int32 = 8_192
    let bytes = try await construct(
      "org.apache.commons.io.output.WriterOutputStream", .reference(writer), "UTF-8",
      .int(bufferBytes), .bool(true))
    let stream = try await construct("java.io.PrintStream", .reference(bytes), .bool(true), "UTF-8")
    let console = try await scalaObject("scala.Console$")
    _ = try await call(console, "setOutDirect", .reference(stream))
    _ = try await call(console, "setErrDirect", .reference(stream))
  }

  private func scalaList(_ elements: [String]) async throws(Py4JError) -> JavaReference {
    var list = try await scalaObject("scala.collection.immutable.Nil$")
    for element in elements.reversed() {
      list = try await construct(
        "scala.collection.immutable.$colon$colon", .text(element), .reference(list))
    }
    return list
  }

  private func scalaObject(_ className: String) async throws(Py4JError) -> JavaReference {
    try await perform(.staticField(className: className, field: "MODULE$")).asReference()
  }
}
