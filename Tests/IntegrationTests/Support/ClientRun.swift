// SPDX-License-Identifier: Apache-2.0

import Foundation
import Livy
import Testing
import Transport

/// A program of the folder `Clients`, which drives a client and checks what it gets.
struct ClientRun {
  /// The variable that names the client's Python.
  let python: String
  /// The file's name, without `.py`.
  let program: String
  var environment: [String: String] = [:]

  /// Runs it to its end. It has to leave no session, and no warning in the server's log.
  func expect(
    on server: ServerProcess, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let clients = try #require(Bundle.module.url(forResource: "Clients", withExtension: nil))
    let folder = "\(server.folder.path)/\(program)"
    // -B: nothing is to be written beside the programs.
    let arguments = ["-B", "\(clients.path)/\(program).py", server.client.url, folder]
    let ran = try await Program.run(
      Surroundings.value(python), arguments, environment: environment, in: server.folder)
    #expect(
      ran.status == .exited(0), "\(ran.errors)\n\(ran.output)", sourceLocation: sourceLocation)
    #expect(
      ran.output.hasSuffix("all is well\n"), "\(ran.output)", sourceLocation: sourceLocation)
    #expect(try await server.client.sessions().total == 0, sourceLocation: sourceLocation)
    await server.expectNoSessionProcess(sourceLocation: sourceLocation)
    let warnings = server.folder.text(of: server.folder.serverLog).split(separator: "\n")
      .filter { $0.contains(#/ (warning|error|critical) livy/#) }
    #expect(warnings.isEmpty, "\(warnings)", sourceLocation: sourceLocation)
  }
}

extension ServerFolder {
  /// Method, path and status of the requests that the server has refused, from its request log.
  var refusedRequests: [String] {
    let logs = state + "/logs"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: logs)) ?? []
    return names.sorted().flatMap { text(of: "\(logs)/\($0)").split(separator: "\n") }
      .compactMap { line in
        guard let found = line.firstMatch(of: /"(\S+ \S+) HTTP[^"]*" ([45]\d\d)/) else {
          return nil
        }
        return "\(found.1) \(found.2)"
      }
  }
}
