// SPDX-License-Identifier: Apache-2.0

internal import LivyAPI
internal import LivyCore
internal import LivyServer

/// Whether the server can do its work, tried at the moment of asking; in the JSON of Dropwizard's
/// health checks.
struct HealthReport: JSONWritable {
  private struct Check {
    var name: String
    /// Nil is well.
    var message: String?
  }

  private let checks: [Check]

  var isHealthy: Bool { checks.allSatisfy { $0.message == nil } }

  init(of directory: SessionDirectory) async {
    checks = [
      await Self.check("sessions") { () async throws(LivyError) in
        try await directory.checkRoom()
      },
      await Self.check("store") { () async throws(LivyError) in
        try await directory.checkStore()
      },
    ]
  }

  private static func check(
    _ name: String, _ body: () async throws(LivyError) -> Void
  ) async -> Check {
    do throws(LivyError) {
      try await body()
      return Check(name: name)
    } catch {
      return Check(name: name, message: error.message)
    }
  }

  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      for check in checks {
        writer.field(check.name) { writer in
          writer.field("healthy", check.message == nil)
          if let message = check.message { writer.field("message", message) }
        }
      }
    }
  }
}
