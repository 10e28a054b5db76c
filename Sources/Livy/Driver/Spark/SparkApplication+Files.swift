// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyPy4J

/// What is brought to an application while it runs.
extension SparkApplication {
  /// Returns when the driver has it; executors fetch it before their next task.
  func add(_ resource: AddedResource) async throws(Py4JError) {
    // Of its own: Spark may have to fetch it from far away.
    let connection = try await gateway.open()
    do throws(Py4JError) {
      try await connection.scope { (java) throws(Py4JError) in
        switch resource {
        case .file(let uri): try await addFile(uri, by: java)
        case .jar(let uri): try await addJar(uri, by: java)
        case .pythonFile(let uri):
          try await addFile(uri, by: java)
          pythonFiles.add(Self.fileName(of: uri))
        }
      }
      await connection.close()
    } catch {
      await connection.close()
      throw error
    }
  }

  private func addFile(_ uri: String, by java: JavaScope) async throws(Py4JError) {
    _ = try await java.call(context, "addFile", .text(uri))
  }

  /// For executors by Spark's own way, and for the driver's class loader where it takes jars.
  private func addJar(_ uri: String, by java: JavaScope) async throws(Py4JError) {
    _ = try await java.call(context, "addJar", .text(uri))
    let thread = try await java.callStatic("java.lang.Thread", "currentThread").asReference()
    guard case .reference(let loader) = try await java.call(thread, "getContextClassLoader") else {
      return
    }
    let type = try await java.object(loader, "getClass")
    let name = try await java.call(type, "getName").asText()
    guard Self.openLoaders.contains(name) else { return }
    let location: JavaReference
    if uri.hasPrefix("/") {
      let file = try await java.construct("java.io.File", .text(uri))
      location = try await java.object(file, "toURI")
    } else {
      location = try await java.callStatic("java.net.URI", "create", .text(uri)).asReference()
    }
    let url = try await java.object(location, "toURL")
    _ = try await java.call(loader, "addURL", .reference(url))
  }

  /// Spark's class loaders that take jars while they run.
  private static let openLoaders: Set<String> = [
    "org.apache.spark.util.MutableURLClassLoader",
    "org.apache.spark.util.ChildFirstURLClassLoader",
  ]

  /// The name under which Spark keeps a file that it has brought. A bare path is taken as it is, a
  /// URI is decoded.
  static func fileName(of uri: String) -> String {
    guard !uri.hasPrefix("/") else { return String(uri.split(separator: "/").last ?? "") }
    let path = uri.prefix { $0 != "#" && $0 != "?" }
    var bytes: [UInt8] = []
    var rest = (path.split(separator: "/").last ?? "").utf8
    while let byte = rest.popFirst() {
      let digits = String(rest.prefix(2)) ?? ""
      if byte == UInt8(ascii: "%"), digits.count == 2, let value = UInt8(digits, radix: 16) {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A courtesy: what cannot be cancelled now is cancelled with its process.
  func cancelJobs(in group: String) async {
    guard let connection = try? await gateway.open() else { return }
    _ = try? await connection.perform(
      .call(.object(context), method: "cancelJobGroup", arguments: [.text(group)]))
    await connection.close()
  }
}
