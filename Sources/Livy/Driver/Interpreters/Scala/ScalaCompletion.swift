// SPDX-License-Identifier: Apache-2.0

internal import LivyPy4J

/// Completion by the compiler that the REPL has. It knows the session's names and their types.
extension ScalaREPL {
  /// What may stand in place of the word before `cursor`, a number of UTF-16 units. Nothing where
  /// the compiler finds nothing to say.
  func candidates(
    for code: String, cursor: Int, max countMax: Int
  ) async throws(Py4JError) -> [String] {
    let place = Int32(clamping: min(max(0, cursor), code.utf16.count))
    let lines = try await connection.scope { (java) throws(Py4JError) in
      let list =
        switch dialect {
        case .scala212: try await candidates212(code, place, java)
        case .scala213: try await candidates213(code, place, java)
        }
      guard let list else { return "" }
      let first = try await java.object(list, "take", .int(Int32(clamping: countMax)))
      return try await java.call(first, "mkString", "\n").asText()
    }
    // Scala 2.13 tells each overload by itself.
    var seen: Set<Substring> = []
    return lines.split(separator: "\n").filter { seen.insert($0).inserted }.map { String($0) }
  }

  private func candidates212(
    _ code: String, _ place: Int32, _ java: JavaScope
  ) async throws(Py4JError) -> JavaReference? {
    let completer = try await java.construct(
      "scala.tools.nsc.interpreter.PresentationCompilerCompleter", .reference(interpreter))
    let found = try await java.object(completer, "complete", .text(code), .int(place))
    return try await java.object(found, "candidates")
  }

  /// A failure means that the code makes no sense to the compiler.
  private func candidates213(
    _ code: String, _ place: Int32, _ java: JavaScope
  ) async throws(Py4JError) -> JavaReference? {
    let attempt = try await java.object(
      interpreter, "presentationCompile", .int(place), .text(code))
    guard try await java.call(attempt, "isRight").asBool() else { return nil }
    let compiled = try await java.object(java.object(attempt, "right"), "get")
    // Of names alone, not of their types.
    let found = try await java.object(compiled, "candidates", .int(0))
    let list = try await java.object(found, "_2")
    _ = try await java.call(compiled, "cleanup")
    return list
  }
}
