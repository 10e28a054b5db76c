// SPDX-License-Identifier: Apache-2.0

internal import LivyPy4J

/// The JVM's end of SparkR, which the child connects to.
struct RBackend: Sendable {
  /// `org.apache.spark.api.r.RBackend`.
  let reference: JavaReference
  let port: UInt16
  let secret: String

  /// What SparkR reads in place of starting a JVM of its own.
  func variables(library: String) -> [String: String] {
    [
      "EXISTING_SPARKR_BACKEND_PORT": String(port), "SPARKR_BACKEND_AUTH_SECRET": secret,
      "SPARKR_PACKAGE_DIR": library,
    ]
  }
}

extension SparkApplication {
  /// Lets in who knows its secret.
  func openRBackend() async throws(Py4JError) -> RBackend {
    let connection = try await gateway.open()
    do throws(Py4JError) {
      let backend = try await connection.scope { (java) throws(Py4JError) in
        let backend = try await java.construct("org.apache.spark.api.r.RBackend")
        let pair = try await java.object(backend, "init")
        let port = try await java.call(pair, "_1").asInteger()
        let secret = try await java.call(java.object(pair, "_2"), "secret").asText()
        return RBackend(
          reference: java.keep(backend), port: UInt16(clamping: port), secret: secret)
      }
      await connection.close()
      return backend
    } catch {
      await connection.close()
      throw error
    }
  }

  /// A courtesy: what cannot be closed now goes with the JVM.
  func close(_ backend: RBackend) async {
    guard let connection = try? await gateway.open() else { return }
    _ = try? await connection.perform(
      .call(.object(backend.reference), method: "close", arguments: []))
    try? await connection.release(backend.reference)
    await connection.close()
  }
}
